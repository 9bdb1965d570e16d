import type { Ports } from '../ports.ts';
import type { Shard } from '../retry/message.ts';
import { selectsCluster } from '../route/targets.ts';
import type { Outcome } from '../status/outcome.ts';
import {
  badRowProblem,
  collisionProblem,
  heldProblem,
  namespaceProblem,
  type Problem,
  problemRecord,
  strandedProblem,
  subjectOf,
  vaultProblem,
} from '../status/problem.ts';
import { NO_CLUSTER, type TargetStatus } from '../status/target.ts';
import { NEVER } from '../time.ts';
import type { Plan } from './plan.ts';
import { forgetRows } from './rows.ts';
import type { ClusterSnapshot, Snapshot } from './snapshot.ts';

/** What became of one cluster: its problems, and the secrets of which a target failed, as `vault:name`. */
interface ClusterEnd {
  cluster: string;
  problems: Problem[];
  failing: string[];
  isDone: boolean;
}

/** What a run found wrong in a cluster it could look at. */
export function problemsIn(snapshot: ClusterSnapshot, plan: Plan): Problem[] {
  const cluster = snapshot.cluster.metadata.name;
  const namespaces = [...snapshot.unlisted].map(([namespace, { code, message }]) =>
    namespaceProblem(cluster, namespace, code, message),
  );
  const orphans = plan.orphans.length;
  const isStranded = orphans > 0 && !snapshot.routes.some((route) => selectsCluster(route, snapshot.cluster));
  const held = plan.removals.held.size;
  return [
    ...namespaces,
    ...collisionProblems(cluster, [...plan.collisions, ...plan.refused.filter(isCollision).map(placed)]),
    ...(held > 0 ? [heldProblem(cluster, held)] : []),
    ...(isStranded ? [strandedProblem(cluster, orphans)] : []),
  ];
}

function isCollision({ code }: Outcome): boolean {
  return code === 'COLLISION';
}

/** A target's own message does not name it. */
function placed(outcome: Outcome): Outcome {
  const { namespace, name } = outcome.target.ref;
  return { ...outcome, message: `${namespace}/${name}: ${outcome.message}` };
}

function collisionProblems(cluster: string, found: readonly Outcome[]): Problem[] {
  const byOwner = new Map<string, string[]>();
  for (const { target, message } of found) {
    const owner = target.route.metadata.name;
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), message]);
  }
  return [...byOwner].map(([owner, messages]) => collisionProblem(cluster, owner, messages));
}

/** What a shard may call mended: what it looked at itself. */
interface Scope {
  /** Listed by this shard, or spoken of by no route any more. */
  isMendedVault(vault: string): boolean;
  /** Looked at from end to end; one that failed, or was left to another run, has nothing mended. */
  clusters: readonly string[];
  /** False for a run limited to one route: what it did not find may be another route's. */
  isWhole: boolean;
  /** Secrets whose vault was listed and of which no target failed, as `vault:name`. */
  isSound(secret: string): boolean;
}

/** Brings the problems that people read up to date: what this shard found, and what it found mended. */
export async function keepProblems(
  ports: Ports,
  { run, route }: Shard,
  snapshot: Snapshot,
  ends: readonly ClusterEnd[],
): Promise<void> {
  const found = [
    ...snapshot.bad.map(badRowProblem),
    ...[...snapshot.failures].map(([vault, { code, message }]) => vaultProblem(vault, code, message)),
    ...ends.flatMap((end) => end.problems),
  ];
  const scope = scopeOf(snapshot, ends, route === undefined);
  try {
    const before = await ports.status.targets(NO_CLUSTER, NEVER);
    const ids = new Set(found.map(({ id }) => id));
    const forget = before.filter((row) => !ids.has(row.id) && isMended(row.id, scope));
    await saveProblems(ports, before, found, { run, now: ports.clock.now() });
    await forgetRows(ports, forget);
  } catch (error) {
    ports.log.failure(error);
  }
}

/** Writes the problems that are new, or say something new. Who loses to another shard's write has nothing better to say. */
export async function saveProblems(
  { status }: Pick<Ports, 'status'>,
  before: readonly TargetStatus[],
  found: readonly Problem[],
  attempt: { run: string; now: number },
): Promise<void> {
  const writes = newsOf(before, found, attempt);
  if (writes.length > 0) await status.saveTargets(writes, NEVER);
}

function scopeOf({ routes, bad, listings }: Snapshot, ends: readonly ClusterEnd[], isWhole: boolean): Scope {
  const failing = new Set(ends.flatMap((end) => end.failing));
  const routed = new Set(routes.map((one) => one.spec.vault));
  const done = ends.filter((end) => end.isDone);
  const isUnused = (vault: string): boolean => bad.length === 0 && !routed.has(vault);
  return {
    isMendedVault: (vault) => listings.has(vault) || isUnused(vault),
    clusters: done.map((end) => end.cluster),
    isWhole,
    isSound: (secret) => {
      if (!isWhole || done.length === 0 || failing.has(secret)) return false;
      // Of a vault that no route speaks of any more nobody waits for a secret.
      return listings.has(vaultOf(secret)) || isUnused(vaultOf(secret));
    },
  };
}

function vaultOf(secret: string): string {
  return secret.slice(0, secret.indexOf(':'));
}

function newsOf(
  before: readonly TargetStatus[],
  found: readonly Problem[],
  attempt: { run: string; now: number },
) {
  const known = new Map(before.map((row) => [row.id, row]));
  // The names of two bad rows may come to the same key.
  const unique = new Map(found.map((one) => [one.id, one]));
  return [...unique.values()]
    .map((problem) => ({
      row: problemRecord(problem, known.get(problem.id), attempt),
      over: known.get(problem.id),
    }))
    .filter(({ row, over }) => isNews(row, over));
}

/** That a cluster was left to its next try tells less than why it is in back-off. */
function isNews(row: TargetStatus, old: TargetStatus | undefined): boolean {
  if (old === undefined) return true;
  return row.code !== 'CLUSTER_BACKOFF' && (old.code !== row.code || old.message !== row.message);
}

function isMended(id: string, scope: Scope): boolean {
  const { kind, about, rest, ofCluster, ofWhole } = subjectOf(id);
  if (ofWhole && !scope.isWhole) return false;
  if (ofCluster) return scope.clusters.includes(about);
  if (kind === 'vault') return scope.isMendedVault(about);
  if (kind === 'secret') return scope.isSound(`${about}:${rest}`);
  return kind === 'row';
}
