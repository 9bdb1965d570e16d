import pLimit from 'p-limit';
import type { TargetRow } from '../report/row.ts';
import { NO_CLUSTER } from '../report/row.ts';
import type { Circuit } from '../report/circuit.ts';
import type { BadRow } from '../registry/document.ts';
import type { RegistryView } from './registry-view.ts';
import { secretWord } from './secret-word.ts';

/** Which rows are wanted. */
export interface Filters {
  namespace?: string;
  state?: string;
  route?: string;
  secret?: string;
  /** `NAME` or `NAMESPACE/NAME`. */
  names?: readonly string[];
}

const PARALLEL = 8;

/** A partition per cluster, and one for what has none. */
export function partitionsOf(asked: readonly string[] | undefined, { clusters }: RegistryView): string[] {
  return [...(asked ?? [...clusters.map(({ metadata }) => metadata.name), NO_CLUSTER])];
}

/** One query per partition, a few at a time. */
export async function fromAll<T>(
  partitions: readonly string[],
  query: (partition: string) => Promise<readonly T[]>,
): Promise<T[]> {
  return (await pLimit(PARALLEL).map([...partitions], query)).flat();
}

/** `app-1/pg`; problems without a target say what they are about: `secret team/app-1--pg--password`. */
export function targetText({ cluster, id }: TargetRow): string {
  const [first = '', ...rest] = id.split(':');
  return cluster === NO_CLUSTER ? `${first} ${rest.join('/')}`.trim() : [first, ...rest].join('/');
}

function feeds(row: TargetRow, text: string): boolean {
  const { vault, name } = secretWord(text);
  const sources = row.sources.split(',').map((source) => source.split('@', 1).join(''));
  const about = row.id.startsWith('secret:') ? [row.id.slice('secret:'.length).replace(':', '/')] : [];
  return [...sources, ...about].some((known) =>
    vault === undefined ? known.endsWith(`/${name}`) : known === `${vault}/${name}`,
  );
}

function isNamed(row: TargetRow, names: readonly string[]): boolean {
  const target = targetText(row);
  return names.some((name) => target === name || target.endsWith(`/${name}`));
}

export function selectRows(rows: readonly TargetRow[], filters: Filters): TargetRow[] {
  const { namespace, state, route, secret, names = [] } = filters;
  return rows
    .filter((row) => namespace === undefined || row.id.startsWith(`${namespace}:`))
    .filter((row) => state === undefined || row.state === state)
    .filter((row) => route === undefined || row.route === route)
    .filter((row) => secret === undefined || feeds(row, secret))
    .filter((row) => names.length === 0 || isNamed(row, names))
    .toSorted((a, b) => (`${a.cluster} ${a.id}` < `${b.cluster} ${b.id}` ? -1 : 1));
}

const NOTHING = {
  state: 'problem',
  route: '',
  uid: '',
  resourceVersion: '',
  fingerprint: '',
  sources: '',
  since: 0,
  attempts: 0,
  cause: '',
  readAt: 0,
  removal: '',
} as const;

export function badRowProblem({ kind, name, message }: BadRow): TargetRow {
  const route = kind === 'Route' ? name : '';
  return { ...NOTHING, cluster: NO_CLUSTER, id: `${kind}:${name}`, code: 'BAD_ROW', message, route };
}

export function circuitProblem(cluster: string, { failures, nextProbe }: Circuit): TargetRow {
  const next = new Date(nextProbe).toISOString();
  const message = `it failed ${failures} times in a row; looked at again at ${next}`;
  return { ...NOTHING, cluster, id: '(cluster)', code: 'CLUSTER_PROBED', message, attempts: failures };
}
