import type { Code } from '../errors.ts';
import type { ClusterRun } from './cluster.ts';
import type { BadRow } from '../registry/document.ts';
import { selectsCluster } from '../route/targets.ts';
import { rowText } from '../status/text.ts';
import { NO_CLUSTER, type TargetStatus } from '../status/target.ts';

/** Something that is wrong and is no target's: a row of partition `-`, kept until a run finds it mended. */
export interface Problem {
  id: string;
  code: Code;
  message: string;
}

/** What a table takes in no key of its own; names of bad rows come from a table and may be written by anyone. */
const FORBIDDEN_IN_KEYS = /[/\\#?%+\p{Cc}]/gu;
const NAME_MAX = 250;

export function badRowProblem({ kind, name, message }: BadRow): Problem {
  const key = name.slice(0, NAME_MAX).replace(FORBIDDEN_IN_KEYS, '_').toWellFormed();
  return { id: `row:${kind}:${key}`, code: 'BAD_ROW', message: `${kind} ${name}: ${message}` };
}

export function vaultProblem(vault: string, code: Code, message: string): Problem {
  return { id: `vault:${vault}`, code, message };
}

export function clusterProblem(cluster: string, code: Code, message: string): Problem {
  return { id: `cluster:${cluster}`, code, message };
}

/** What a run found wrong in a cluster it could look at. */
export function problemsIn(cluster: string, { seen, plan }: ClusterRun): Problem[] {
  const namespaces = [...seen.unlisted].map(([namespace, { code, message }]) => ({
    id: `namespace:${cluster}:${namespace}`,
    code,
    message: `namespace ${namespace} of cluster ${cluster}: ${message}`,
  }));
  const isStranded =
    plan.orphans.length > 0 && !seen.routes.some((route) => selectsCluster(route, seen.cluster));
  return [
    ...namespaces,
    ...collisions(cluster, plan.collisions),
    ...heldBack(cluster, plan.held),
    ...(isStranded ? [stranded(cluster, plan.orphans.length)] : []),
  ];
}

function stranded(cluster: string, orphans: number): Problem {
  const message = `no route selects cluster ${cluster} any more, which still holds ${orphans} Secrets`;
  return { id: `stranded:${cluster}`, code: 'ORPHANED', message };
}

const SHOWN = 5;

/** One row per owner: a route that is shadowed as a whole must not fill the table. */
function collisions(cluster: string, found: ClusterRun['plan']['collisions']): Problem[] {
  const byOwner = new Map<string, string[]>();
  for (const { work, message } of found) {
    const owner = work.claim.route.metadata.name;
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), message]);
  }
  return [...byOwner].map(([owner, messages]) => {
    const more = messages.length > SHOWN ? [`and ${messages.length - SHOWN} more`] : [];
    const message = [...messages.sort().slice(0, SHOWN), ...more].join('; ');
    return { id: `collision:${cluster}:${owner}`, code: 'COLLISION', message };
  });
}

function heldBack(cluster: string, held: number): Problem[] {
  const message = `${held} removals in cluster ${cluster} wait for a person; vaultcast get runs names the run to confirm`;
  return held > 0 ? [{ id: `removals:${cluster}`, code: 'REMOVAL_HELD', message }] : [];
}

/** What a shard may call mended: what it looked at itself. */
export interface Scope {
  /** Listed by this shard, or spoken of by no route any more. */
  isMendedVault(vault: string): boolean;
  /** Looked at from end to end; one that failed, or was left to another run, has nothing mended. */
  clusters: readonly string[];
  /** False for a run limited to one route: what it did not find may be another route's. */
  isWhole: boolean;
  /** Secrets whose vault was listed and of which no target failed, as `vault:name`. */
  isSound(secret: string): boolean;
}

/** The rows to write and to drop, given those there are: only what changed. */
export function problemChanges(
  before: readonly TargetStatus[],
  found: readonly Problem[],
  scope: Scope,
  { run, now }: { run: string; now: number },
): { save: TargetStatus[]; forget: TargetStatus[] } {
  const known = new Map(before.map((row) => [row.id, row]));
  // The names of two bad rows may come to the same key.
  const ids = new Map(found.map((one) => [one.id, one]));
  const save = [...ids.values()]
    .map((problem) => rowOf(problem, known.get(problem.id), run, now))
    .filter((row) => isNews(row, known.get(row.id)));
  return { save, forget: before.filter((row) => !ids.has(row.id) && isOf(row.id, scope)) };
}

/** That a cluster was left to its probe tells less than why it has to be probed. */
function isNews(row: TargetStatus, old: TargetStatus | undefined): boolean {
  if (old === undefined) return true;
  return row.code !== 'CLUSTER_PROBED' && (old.code !== row.code || old.message !== row.message);
}

/** Kinds of problems that name a cluster; those of a cluster that is registered no more are forgotten. */
export const OF_CLUSTER: ReadonlySet<string> = new Set([
  'cluster',
  'namespace',
  'collision',
  'removals',
  'stranded',
]);

/** Those of them that only a look at all routes finds, and finds mended. */
const OF_ALL_ROUTES: ReadonlySet<string> = new Set(['collision', 'removals', 'stranded']);

function isOf(id: string, scope: Scope): boolean {
  const [kind = '', about = '', ...rest] = id.split(':');
  if (OF_ALL_ROUTES.has(kind) && !scope.isWhole) return false;
  if (OF_CLUSTER.has(kind)) return scope.clusters.includes(about);
  if (kind === 'vault') return scope.isMendedVault(about);
  if (kind === 'secret') return scope.isSound([about, ...rest].join(':'));
  return kind === 'row';
}

function rowOf(problem: Problem, before: TargetStatus | undefined, run: string, now: number): TargetStatus {
  return {
    cluster: NO_CLUSTER,
    ...problem,
    message: rowText(problem.message),
    state: 'problem',
    route: '',
    uid: '',
    resourceVersion: '',
    fingerprint: '',
    sources: '',
    since: before?.code === problem.code ? before.since : now,
    attempts: 0,
    cause: run,
    readAt: 0,
    removal: '',
  };
}
