import pLimit from 'p-limit';
import type { TargetStatus } from '../../status/target.ts';
import { NO_CLUSTER } from '../../status/target.ts';
import type { BackOff } from '../../retry/back-off.ts';
import type { BadRow, Route } from '../../registry/document.ts';
import { sourcesAmong } from '../../route/targets.ts';
import type { RegistryView } from '../connect/registry.ts';
import { secretWord } from '../terminal/words.ts';

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
export function targetText({ cluster, id }: TargetStatus): string {
  const [first = '', ...rest] = id.split(':');
  return cluster === NO_CLUSTER ? `${first} ${rest.join('/')}`.trim() : [first, ...rest].join('/');
}

/** What is recorded, and what the row's route would take: what was refused has no sources recorded. */
function feeds(row: TargetStatus, text: string, routes: readonly Route[]): boolean {
  const { vault, name } = secretWord(text);
  const isMeant = (known: string): boolean =>
    vault === undefined ? known.endsWith(`/${name}`) : known === `${vault}/${name}`;
  const recorded = row.sources.split(',').map((source) => source.split('@', 1).join(''));
  const about = row.id.startsWith('secret:') ? [row.id.slice('secret:'.length).replace(':', '/')] : [];
  if ([...recorded, ...about].some(isMeant)) return true;
  const route = routes.find(({ metadata }) => metadata.name === row.route);
  const [namespace = '', target = ''] = row.id.split(':');
  if (route === undefined || !isMeant(`${route.spec.vault}/${name}`)) return false;
  return sourcesAmong(route, { namespace, name: target }, [name]).length > 0;
}

function isNamed(row: TargetStatus, names: readonly string[]): boolean {
  const target = targetText(row);
  return names.some((name) => target === name || target.endsWith(`/${name}`));
}

export function selectRows(
  rows: readonly TargetStatus[],
  filters: Filters,
  routes: readonly Route[],
): TargetStatus[] {
  const { namespace, state, route, secret, names = [] } = filters;
  return rows
    .filter((row) => namespace === undefined || row.id.startsWith(`${namespace}:`))
    .filter((row) => state === undefined || row.state === state)
    .filter((row) => route === undefined || row.route === route)
    .filter((row) => secret === undefined || feeds(row, secret, routes))
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

export function badRowProblem({ kind, name, message }: BadRow): TargetStatus {
  const route = kind === 'Route' ? name : '';
  return { ...NOTHING, cluster: NO_CLUSTER, id: `${kind}:${name}`, code: 'BAD_ROW', message, route };
}

export function backOffProblem(cluster: string, { failures, nextTry }: BackOff): TargetStatus {
  const next = new Date(nextTry).toISOString();
  const message = `it failed ${failures} times in a row; looked at again at ${next}`;
  return { ...NOTHING, cluster, id: '(cluster)', code: 'CLUSTER_PROBED', message, attempts: failures };
}
