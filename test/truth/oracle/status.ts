import type { Output } from '../../../shared/output/json-schema.ts';
import type { Truth } from './expected.ts';
import type { Row } from './rows.ts';

/** What the three lists say of the same moment. */
export interface Lists {
  rows: readonly Row[];
  targets: readonly Output<'Target'>[];
  problems: readonly Output<'Problem'>[];
  report: Output<'StatusReport'>;
}

const STUCK = new Set(['degraded', 'pending', 'refused', 'failed']);

/** What `get targets`, `get problems` and `/api/status` say that is not so. `away`: ids of problems that there must be besides. */
export function untrueLists(lists: Lists, truths: readonly Truth[], besides: ReadonlySet<string>): string[] {
  const stuck = truths.flatMap(({ goal, said }) =>
    said !== undefined && STUCK.has(said.state) && goal.claim !== 'rival'
      ? [`target:${goal.cluster}:${goal.namespace}:${goal.name} ${said.state}`]
      : [],
  );
  const ofTargets = lists.problems.filter(({ spec }) => spec.about === 'target');
  const others = lists.problems.filter(({ spec }) => spec.about !== 'target');
  return [
    ...differences(
      'get targets',
      lists.targets.map(
        ({ metadata, status }) => `${Object.values(metadata).join('/')} ${status.state} ${status.stands}`,
      ),
      lists.rows.flatMap((row) => placed(row)),
    ),
    ...differences(
      'get problems',
      ofTargets.map(({ metadata, status }) => `${metadata.name} ${status.state}`),
      stuck,
    ),
    ...differences(
      'get problems',
      others.map(({ metadata }) => metadata.name),
      [...besides],
    ),
    ...differences(
      '/api/status problems',
      lists.report.status.problems.map(({ metadata }) => metadata.name),
      lists.problems.map(({ metadata }) => metadata.name),
    ),
    ...differences('/api/status counts', countsIn(lists.report), countsOf(truths, lists.rows)),
  ];
}

function placed({ partitionKey, rowKey, state, stands }: Row): string[] {
  if (partitionKey === '-') return [];
  return [`${partitionKey}/${rowKey.replace(':', '/')} ${state} ${stands}`];
}

function countsIn({ metadata, status }: Output<'StatusReport'>): string[] {
  const clusters = status.clusters.map(({ name, targets }) => [name, targets] as const);
  return [['all', metadata.counts] as const, ...clusters].flatMap(([where, counts]) =>
    Object.entries(counts).map(([state, count]) => `${where} ${state} ${count}`),
  );
}

/** A target whose row has gone is counted no more. */
function countsOf(truths: readonly Truth[], rows: readonly Row[]): string[] {
  const recorded = new Set(rows.map(({ partitionKey, rowKey }) => `${partitionKey}/${rowKey}`));
  const words = truths.flatMap(({ goal: { cluster, namespace, name, claim }, said }) =>
    said === undefined || claim === 'rival' || !recorded.has(`${cluster}/${namespace}:${name}`)
      ? []
      : [`all ${said.state}`, `${cluster} ${said.state}`],
  );
  return [...Map.groupBy(words, (word) => word)].map(([word, all]) => `${word} ${all.length}`);
}

function differences(where: string, said: readonly string[], known: readonly string[]): string[] {
  const [found, wanted] = [new Set(said), new Set(known)];
  return [
    ...[...found.difference(wanted)].map((one) => `${where}: says ${one}`),
    ...[...wanted.difference(found)].map((one) => `${where}: does not say ${one}`),
  ];
}
