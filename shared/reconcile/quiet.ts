import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import { digestOf, ended } from '../digest.ts';
import { CODES, failureOf } from '../errors.ts';
import { createListBudget } from '../list-budget.ts';
import { prefixCovers } from '../names.ts';
import type { Ports } from '../ports.ts';
import type { Cluster, Route } from '../registry/document.ts';
import { perObject } from '../remember.ts';
import type { Shard } from '../retry/message.ts';
import { explicitSources } from '../route/placement.ts';
import { selectsCluster } from '../route/targets.ts';
import type { Listing } from '../source/source.ts';
import { stateOf } from '../source/state.ts';
import { isComplete, type RunStatus, startOf } from '../status/run.ts';
import { DAY_MS, type TargetStatus } from '../status/target.ts';
import { allEnded } from '../time.ts';
import { version } from '../version.ts';
import { ALL, FORBIDDEN, listsAtOnce } from './homes.ts';
import type { Plan } from './plan.ts';
import type { Recorded } from './rows.ts';
import { type ClusterSnapshot, isUncertain, type Snapshot } from './snapshot.ts';

/*
 * What a run does about a cluster follows from what it looks at, and from the time. A run that found nothing to do, and nothing
 * that time alone changes, leaves digests of all it looked at; the next one compares, byte by byte and without parsing, and goes on
 * only where something differs. Whatever the digests say, each cluster is looked at itself once a day.
 */

/** The whole run to which this one may compare itself: the last that saw everything, if nothing of it is decided by time. */
export function quietRun(shard: Shard, runs: readonly RunStatus[], now: number): RunStatus | undefined {
  if (shard.route !== undefined || shard.dryRun || shard.recheck) return undefined;
  const last = runs.find(isComplete);
  return last !== undefined && isOfToday(last, now) ? last : undefined;
}

/** What expires next is part of what a run comes to. */
function isOfToday({ quiet, summary }: RunStatus, now: number): boolean {
  if (quiet === undefined || summary === undefined) return false;
  const age = now - startOf(quiet.run);
  const isExpired = summary.expires > 0 && summary.expires * 1000 <= now;
  return age >= 0 && age < DAY_MS && !isExpired;
}

/** Whether a cluster, and all that decides what stands there, is as that run found it. Rejects when it cannot be seen. */
export async function isUnchanged(
  { kubernetes, status }: Pick<Ports, 'kubernetes' | 'status'>,
  { cluster, snapshot, instance }: { cluster: Cluster; snapshot: Snapshot; instance: string },
  { quiet: before }: RunStatus,
  signal: AbortSignal,
): Promise<boolean> {
  if (before?.inputs !== inputsDigest(cluster, snapshot, instance)) return false;
  if (isUncertain({ ...snapshot, cluster })) return false;
  const rows = status.targetsDigest(cluster.metadata.name, signal);
  const lists = hasSameLists(kubernetes, cluster, before, signal);
  await allEnded([lists, rows]);
  return (await lists) && (await rows) === before.targets;
}

async function hasSameLists(
  kubernetes: Ports['kubernetes'],
  cluster: Cluster,
  before: NonNullable<RunStatus['quiet']>,
  signal: AbortSignal,
): Promise<boolean> {
  const namespaces = digestOf(JSON.stringify(await kubernetes.namespaces(cluster, signal)));
  if (namespaces !== before.namespaces) return false;
  const secrets = new Map<string, string | undefined>();
  const budget = createListBudget();
  const list = async (home: string | undefined): Promise<void> => {
    const digest = kubernetes.digest(cluster, home, signal, budget);
    // What cannot be listed is found out, and told, by a look of its own.
    const isForbidden = (error: unknown): boolean => failureOf(error).code === 'CLUSTER_FORBIDDEN';
    secrets.set(home ?? ALL, await digest.catch((error) => (isForbidden(error) ? FORBIDDEN : undefined)));
  };
  const { homes = [undefined] } = before;
  await pLimit(listsAtOnce(homes.length)).map(homes, list);
  return before.secrets === digestOfAll(secrets);
}

/** What a run came to, as far as it matters here. */
interface Found {
  snapshot: ClusterSnapshot;
  plan: Pick<Plan, 'collisions' | 'orphans' | 'forget'>;
  delivered: readonly Recorded[];
  refused: readonly Recorded[];
}

/** What the next run may compare itself to; undefined when there was something to do, or time alone will change something. */
export function quietLookOf(
  did: Found,
  instance: string,
  { run, route, now }: Pick<Shard, 'run' | 'route'> & { now: number },
): RunStatus['quiet'] {
  const { cluster, digests, rows, namespaces } = did.snapshot;
  const { targets, secrets } = digests;
  const digest = digestOfAll(secrets);
  if (targets === undefined || digest === undefined || route !== undefined) return undefined;
  if (!foundNothing(did) || isUncertain(did.snapshot)) return undefined;
  if ([...rows.values()].some((row) => isDecidedByTime(row, now))) return undefined;
  return {
    run,
    inputs: inputsDigest(cluster, did.snapshot, instance),
    namespaces: digestOf(JSON.stringify([...namespaces.values()])),
    targets,
    secrets: digest,
    homes: secrets.has(ALL) ? undefined : [...secrets.keys()].sort(),
  };
}

/**
 * Nothing to look into, to forget or to tell as a problem. What it wrote needs no word: it changes a digest. Nor does what it could
 * not see: it is not complete then, and none that another compares itself to.
 */
function foundNothing({ snapshot, plan, delivered, refused }: Found): boolean {
  const isContested =
    plan.collisions.length > 0 || refused.some(({ outcome }) => outcome.code === 'COLLISION');
  const isStranded =
    plan.orphans.length > 0 && !snapshot.routes.some((one) => selectsCluster(one, snapshot.cluster));
  return delivered.length === 0 && plan.forget.length === 0 && !isContested && !isStranded;
}

/**
 * A proof grows old enough, some refusals are looked at again after an hour, and what somebody saw later than this run was not its
 * to say.
 */
function isDecidedByTime({ removal, state, code, lookedAt }: TargetStatus, now: number): boolean {
  return removal !== '' || (state === 'refused' && CODES[code].recheck === 'hourly') || lookedAt > now;
}

function digestOfAll(lists: ReadonlyMap<string, string | undefined>): string | undefined {
  const sorted = [...lists].sort(([left], [right]) => (left < right ? -1 : 1));
  return sorted.some(([, digest]) => digest === undefined) ? undefined : digestOf(JSON.stringify(sorted));
}

/** Everything that decides what is to stand in a cluster and is not in it; `now` counts in the states of sources. */
function inputsDigest(cluster: Cluster, { routes, listings }: Snapshot, instance: string): string {
  const sources = routes.flatMap((route) => {
    const listing = selectsCluster(route, cluster) ? listings.get(route.spec.vault) : undefined;
    return listing === undefined ? [] : [sourcesDigest(listing)(route)];
  });
  return digestOf(JSON.stringify([version(), instance, cluster, routesDigest(routes), sources]));
}

/** Computed once for all clusters of a shard. */
const routesDigest = perObject((routes: readonly Route[]) => digestOf(JSON.stringify(routes)));

/** Of all that a route may take of a listing: the same for all clusters of a shard. */
const sourcesDigest = perObject(({ secrets, readAt }: Listing) => {
  const sorted = [...secrets.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
  return perObject((route: Route) => {
    const named = new Set(explicitSources(route));
    const digest = createHash('sha256');
    for (const one of sorted)
      if (named.has(one.name) || prefixCovers(route.spec.prefix, one.name))
        digest.update(JSON.stringify([stateOf(one, readAt), one]));
    return ended(digest);
  });
});
