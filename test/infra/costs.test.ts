import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { INFRA } from './bicep/file.ts';

const text = readFileSync(join(INFRA, 'costs.md'), 'utf8');
/** Cells of the rows of the first table. */
const rows = (text.split('## Costs')[1] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('*', '')),
  );
const row = (start: string): number[] =>
  (rows.find(([name = '']) => name.startsWith(start)) ?? []).slice(1).map(Number);

const GB_SECOND = 0.000_026;
const ALWAYS_READY_GB_SECOND = 0.000_004;
const MONTH_SECONDS = 30 * 24 * 3600;
const RUNS = MONTH_SECONDS / 900;
const SHARDS = [1, 5, 50];
const CLUSTERS = [20, 100, 1000];
const rounded = (values: readonly number[]): number[] => values.map((value) => Number(value.toFixed(1)));

it('the sums of the costs are the sums of their lines', () => {
  const lines = rows.slice(
    2,
    rows.findIndex(([name]) => name === 'sum'),
  );
  expect(lines).toHaveLength(7);
  const sums = CLUSTERS.map((_, column) => lines.reduce((sum, cells) => sum + Number(cells[column + 1]), 0));
  expect(rounded(sums)).toEqual(row('sum'));
});

it('the lines are what the text says they are reckoned from', () => {
  expect(row('one instance')).toEqual(
    rounded(CLUSTERS.map(() => 2 * MONTH_SECONDS * ALWAYS_READY_GB_SECOND)),
  );
  const runs = SHARDS.map((shards) => shards * RUNS * 15 * 2 * GB_SECOND);
  for (const [i, cost] of row('runs').entries()) expect(cost / (runs[i] ?? 0)).toBeCloseTo(1, 1);
  const listings = SHARDS.map((shards) => (shards * 40 * RUNS * 0.03) / 10_000);
  for (const [i, cost] of row('Key Vault').entries())
    expect(Math.abs(cost - (listings[i] ?? 0))).toBeLessThan(0.1);
  expect(row('tables')).toEqual(rounded(CLUSTERS.map((count) => (4 * count * RUNS * 0.00036) / 10_000)));
  expect(row('logs')).toEqual(rounded(CLUSTERS.map((count) => count * RUNS * 1.5e-6 * 2.76)));
});
