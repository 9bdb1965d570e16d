import { createHash, hash } from 'node:crypto';
import pLimit from 'p-limit';
import { CODES } from '../errors.ts';
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
import type { QuietLook } from '../status/quiet.ts';
import { isUnfinished } from '../status/outcome.ts';
import { isComplete, type RunStatus, startOf } from '../status/run.ts';
import { DAY_MS, type TargetStatus } from '../status/target.ts';
import { allEnded } from '../time.ts';
import { version } from '../version.ts';
import { ALL, type Digests, listsAtOnce } from './homes.ts';
import type { Plan } from './plan.ts';
import type { Recorded } from './rows.ts';
import type { Rest } from './summary.ts';
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
  before: QuietLook,
  signal: AbortSignal,
): Promise<boolean> {
  if ((await kubernetes.digest(cluster, 'namespaces', signal)) !== before.namespaces) return false;
  const secrets = new Map<string, string | undefined>();
  const budget = createListBudget();
  const list = async (home: string | undefined): Promise<void> => {
    const digest = kubernetes.digest(cluster, { secretsOf: home }, signal, budget);
    // What cannot be listed is found out, and told, by a look of its own.
    secrets.set(home ?? ALL, await digest.catch(() => undefined));
  };
  const { homes = [undefined] } = before;
  await pLimit(listsAtOnce(homes.length)).map(homes, list);
  return before.secrets === digestOfAll(secrets);
}

/** What a run came to, as far as it matters here. */
interface Found {
  snapshot: ClusterSnapshot;
  plan: Plan;
  delivered: readonly unknown[];
  refused: readonly Recorded[];
  orphans: readonly unknown[];
}

/** What the next run may compare itself to; undefined when there was something to do, or time alone will change something. */
export function quietLookOf(did: Found, rest: Rest, instance: string, run: string): QuietLook | undefined {
  const { snapshot } = did;
  const { namespaces, targets, secrets } = snapshot.digests;
  const digest = digestOfAll(secrets);
  if (namespaces === undefined || targets === undefined || digest === undefined) return undefined;
  if (!foundNothing(did, rest) || isUncertain(snapshot)) return undefined;
  if ([...snapshot.rows.values()].some(isDecidedByTime)) return undefined;
  const homes = secrets.has(ALL) ? undefined : [...secrets.keys()].sort();
  return {
    run,
    inputs: inputsDigest(snapshot.cluster, snapshot, instance),
    namespaces,
    targets,
    secrets: digest,
    homes,
  };
}

/** One that could not see everything is not complete, and so none that another compares itself to. */
function foundNothing({ plan, delivered, refused, orphans }: Found, { updates, forget }: Rest): boolean {
  const { proofs, due, held } = plan.removals;
  const work = [delivered, refused.filter(isToBeTold), orphans, plan.collisions, updates, forget];
  return work.every(({ length }) => length === 0) && [proofs, due, held].every(({ size }) => size === 0);
}

/** What is refused without a look stands in the namespace, which is digested; collisions are told as problems, too. */
function isToBeTold({ isNews, outcome }: Recorded): boolean {
  return isNews || isUnfinished(outcome) || outcome.code === 'COLLISION';
}

/** A proof grows old enough, and some refusals are looked at again after an hour. */
function isDecidedByTime({ removal, state, code }: TargetStatus): boolean {
  return removal !== '' || (state === 'refused' && CODES[code].recheck === 'hourly');
}

function digestOfAll(lists: Digests['secrets']): string | undefined {
  const sorted = [...lists].sort(([left], [right]) => (left < right ? -1 : 1));
  return sorted.some(([, digest]) => digest === undefined) ? undefined : short(JSON.stringify(sorted));
}

/** Everything that decides what is to stand in a cluster and is not in it; `now` counts in the states of sources. */
function inputsDigest(cluster: Cluster, { routes, listings }: Snapshot, instance: string): string {
  const sources = routes.flatMap((route) => {
    const listing = selectsCluster(route, cluster) ? listings.get(route.spec.vault) : undefined;
    return listing === undefined ? [] : [sourcesDigest(listing)(route)];
  });
  return short(JSON.stringify([version(), instance, cluster, routesDigest(routes), sources]));
}

const short = (text: string): string => hash('sha256', text).slice(0, 32);

const routesDigest = perObject((routes: readonly Route[]) => short(JSON.stringify(routes)));

/** Of all that a route may take of a listing: the same for all clusters of a shard. */
const sourcesDigest = perObject((listing: Listing) =>
  perObject((route: Route) => {
    const named = new Set(explicitSources(route));
    const digest = createHash('sha256');
    for (const name of [...listing.secrets.keys()].sort()) {
      const properties = listing.secrets.get(name);
      if (properties === undefined || !(named.has(name) || prefixCovers(route.spec.prefix, name))) continue;
      digest.update(JSON.stringify([stateOf(properties, listing.readAt), properties]));
    }
    return digest.digest('hex').slice(0, 32);
  }),
);
