import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { COSTS } from '../bench/costs.ts';
import { INFRA } from './bicep/file.ts';
import { deployMain, ofType } from './deployed.ts';
import { plain } from './bicep/deferred.ts';

const text = readFileSync(join(INFRA, 'costs.md'), 'utf8');

const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('*', ''));

/** Cells of the rows of the first table below a heading. */
function rowsBelow(heading: string): string[][] {
  const lines = text.split('\n');
  const start = lines.findIndex((line, at) => at > lines.indexOf(heading) && line.startsWith('|'));
  const end = lines.findIndex((line, at) => at > start && !line.startsWith('|'));
  return lines.slice(start, end).map(cellsOf);
}
const rows = rowsBelow('## Costs');
const row = (start: string): number[] =>
  (rows.find(([name = '']) => name.startsWith(start)) ?? []).slice(1).map(Number);
/** The numbers of a price. */
const price = (start: string): number[] =>
  (rowsBelow('### Prices').find(([name = '']) => name.startsWith(start))?.[1] ?? '').split(',').map(Number);

const MONTH_SECONDS = 30 * 24 * 3600;
const RUNS = MONTH_SECONDS / 900;
const CLUSTERS = [20, 100, 1000];
const SHARDS = CLUSTERS.map((count) => count / 20);
const rounded = (values: readonly number[]): number[] => values.map((value) => Number(value.toFixed(1)));
const [ALWAYS = NaN] = price('an instance');
const [WORKING = NaN] = price('another instance');
const [SECRETS = NaN] = price('secrets');
const [TABLES = NaN] = price('tables');
const [QUEUES = NaN] = price('queues');
const [LOGS = NaN] = price('logs');
const [OFTEN = NaN, SELDOM = NaN] = price('a log rule');

/** Requests to tables in a run of two clusters where nothing changed since the run before. */
const ofTables = Object.entries(COSTS['a run that finds all as that run did'] ?? {}).flatMap(
  ([what, count]) =>
    what.startsWith('table') ? [{ isWrite: !what.startsWith('table GET'), count: Number(count) }] : [],
);
const total = (counts: readonly { count: number }[]): number =>
  counts.reduce((sum, { count }) => sum + count, 0);

it('the sums of the costs are the sums of their lines', () => {
  const end = rows.findIndex(([name]) => name === 'sum');
  const lines = rows.slice(2, end);
  expect(lines).toHaveLength(8);
  const sums = CLUSTERS.map((_, column) => lines.reduce((sum, cells) => sum + Number(cells[column + 1]), 0));
  expect(rounded(sums)).toEqual(row('sum'));
});

it('the line that dominates is the largest one', () => {
  const lines = rows.slice(2, -2);
  const largest = CLUSTERS.map((_, column) =>
    lines
      .toSorted((one, other) => Number(other[column + 1]) - Number(one[column + 1]))
      .at(0)
      ?.at(0),
  );
  expect(
    largest.map((name = '') => (name.startsWith('one instance') ? 'always-ready' : name.split(':')[0])),
  ).toEqual(rows.at(-1)?.slice(1));
});

it('the lines are what the text says they are reckoned from', () => {
  const perCluster = CLUSTERS.map((count) => count * RUNS);
  const perShard = SHARDS.map((count) => count * RUNS);
  expect(row('one instance')).toEqual(rounded(CLUSTERS.map(() => 2 * MONTH_SECONDS * ALWAYS)));
  expect(row('queues')).toEqual(rounded(CLUSTERS.map(() => (6 * MONTH_SECONDS * QUEUES) / 10_000)));
  expect(row('runs')).toEqual(rounded(perShard.map((count) => count * 15 * 2 * WORKING)));
  expect(row('Key Vault')).toEqual(rounded(perShard.map((count) => (count * 40 * SECRETS) / 10_000)));
  expect(row('tables')).toEqual(rounded(perCluster.map((count) => (count * 10.5 * TABLES) / 10_000)));
  expect(row('audit')).toEqual(rounded(perCluster.map((count) => count * 1e-6 * LOGS)));
  expect(row('logs')).toEqual(rounded(perCluster.map((count) => count * 1.5e-6 * LOGS)));
});

it('a run asks the tables as often as the lines say', () => {
  expect(total(ofTables) / 2).toBe(10.5);
  // One of the writes is of the run itself.
  expect((total(ofTables.filter(({ isWrite }) => isWrite)) - 1) / 2).toBe(1);
});

it('the rules are those of the template, at their prices', () => {
  const often = ofType(deployMain(), 'Microsoft.Insights/scheduledQueryRules').map(
    ({ body }) =>
      (plain(body['properties']) as { evaluationFrequency: string }).evaluationFrequency === 'PT5M',
  );
  expect(often).toHaveLength(16);
  const prices = often.map((isOften) => (isOften ? OFTEN : SELDOM));
  expect(row('log alerts')).toEqual(CLUSTERS.map(() => prices.reduce((sum, one) => sum + one, 0)));
});

it('the six queues are those of the template', () => {
  const queues = ofType(deployMain(), 'Microsoft.Storage/storageAccounts/queueServices/queues');
  expect(queues).toHaveLength(6);
});
