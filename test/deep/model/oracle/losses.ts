import type { LiveSecret } from '../../../../shared/target/secret.ts';
import { accepts, type Judged, keyOf, type State, stateOf } from '../world/history.ts';
import { type Bench, type Change, wrong } from './bench.ts';
import { WHOLE } from './looks.ts';
import { routeOf, sourcesOf, toldBy } from './secrets.ts';

const HOUR_MS = 3_600_000;
/** Clocks of two instances differ by so much at most. */
const SKEW_MS = 190_000;

/** A key may go with its route or consent, or by its route's option when that is proven; what people added goes at once. */
export function judgeLoss(bench: Bench, change: Change, before: LiveSecret, after: LiveSecret): void {
  const route = routeOf(after) ?? '';
  const lost = Object.entries(before.data).filter(([key]) => !Object.hasOwn(after.data, key));
  for (const [key, value] of lost) {
    const told = toldBy(value);
    if (told === undefined) continue;
    const why = reasonOfLoss(bench, change, before, { source: told.name, key, route });
    if (why === 'none')
      wrong(
        bench,
        'proof',
        change,
        `lost key ${key} of ${told.name}, of which nothing was proven`,
        told.name,
      );
    if (why === 'proven') judgeHold(bench, change);
  }
}

interface Lost {
  source: string;
  key: string;
  route: string;
}

function reasonOfLoss(
  bench: Bench,
  change: Change,
  before: LiveSecret,
  { source, key, route }: Lost,
): 'unfed' | 'proven' | 'none' {
  const { cluster, namespace, name: target, judged, since, task } = change;
  const isFed = ({ moment }: Judged): boolean =>
    keyOf(moment.routes.get(route), source, namespace, target) === key &&
    accepts(moment, cluster, namespace, source);
  if (!since.every(isFed) || !judged.every(isFed)) return 'unfed';
  const states = statesOf(bench, judged, source);
  // Where a person took the record of it away, nothing tells that a key had a source which is deleted by now.
  if (!sourcesOf(before).has(source) && states.has('deleted')) return 'unfed';
  if (!judged.some(({ moment }) => moment.routes.get(route)?.removes === true)) return 'none';
  const reasons = (['disabled', 'deleted', 'expired'] as const).filter((state) => states.has(state));
  const { removeNow } = (task.message ?? {}) as { removeNow?: boolean };
  if (removeNow === true && reasons.length > 0) return 'unfed';
  return reasons.some((reason) => isProven(bench, change, before, source, reason)) ? 'proven' : 'none';
}

function statesOf({ behindMs }: Bench, judged: readonly Judged[], source: string): Set<State> {
  return new Set(
    judged.flatMap(({ moment, times }) => times.map((at) => stateOf(moment, source, at - behindMs))),
  );
}

/**
 * Whether a run saw the reason an hour ago, and no look since saw anything else. What somebody else saw after the one that
 * writes had looked itself, in the moment before its write, nobody could tell it.
 */
function isProven(
  { looks, universe }: Bench,
  { place, task }: Change,
  before: LiveSecret,
  source: string,
  state: State | 'orphaned',
): boolean {
  const { run } = (task.message ?? {}) as { run?: string };
  const all = looks.of(place, before, source);
  const own = all.findLast((look) => look.task === task && look.state === state);
  const isKnown = (atMs: number): boolean => own === undefined || atMs <= own.atMs;
  const lastDoubt =
    all.findLast((look) => look.counts && look.state !== state && isKnown(look.atMs))?.atMs ?? -Infinity;
  const now = universe.time.now();
  return all.some(
    (look) =>
      look.run !== undefined &&
      look.run !== run &&
      look.state === state &&
      look.atMs >= lastDoubt &&
      now - look.atMs >= HOUR_MS - SKEW_MS,
  );
}

/** A Secret may go with its last key, as an orphan, or to be created anew with what it needs. */
export function judgeDeletion(bench: Bench, change: Change, before: LiveSecret, wasTried: boolean): void {
  if (wasTried && isUnchangeable(change, before)) return judgeRemake(bench, change, before);
  const keys = keysOf(change, before).map((lost) => reasonOfLoss(bench, change, before, lost));
  if (keys.length > 0 && keys.every((why) => why !== 'none')) {
    if (keys.includes('proven')) judgeHold(bench, change);
    return undefined;
  }
  if (!isOrphan(bench, change, before))
    wrong(bench, 'proof', change, 'deleted the Secret, and nothing was proven of it');
  return judgeHold(bench, change);
}

/** What goes with a Secret: keys by what they tell or what is recorded, and recorded sources whose key somebody took. */
function keysOf({ judged, namespace, name }: Change, before: LiveSecret): Lost[] {
  const route = routeOf(before) ?? '';
  const keyAt = (source: string, { moment }: Judged): string | undefined =>
    keyOf(moment.routes.get(route), source, namespace, name);
  const recorded = [...sourcesOf(before).keys()].flatMap((source) => {
    const keys = new Set(judged.flatMap((one) => keyAt(source, one) ?? []));
    return [...keys].map((key) => ({ source, key, route }));
  });
  const told = Object.entries(before.data).flatMap(([key, value]) => {
    const source = toldBy(value)?.name;
    return source === undefined ? [] : [{ source, key, route }];
  });
  const isNew = (one: Lost): boolean =>
    !recorded.some(({ source, key }) => source === one.source && key === one.key);
  return [...recorded, ...told.filter(isNew)];
}

function isUnchangeable({ since }: Change, { immutable, type, annotations }: LiveSecret): boolean {
  const route = routeOf({ annotations }) ?? '';
  return (
    immutable ||
    since.some(({ moment }) => [...moment.routes.values()].some((one) => one.type !== type)) ||
    since.some(({ moment }) => moment.routes.get(route)?.type !== type)
  );
}

/** A message that looks again must wait before the Secret goes. */
function judgeRemake(bench: Bench, change: Change, before: LiveSecret): void {
  const { place, task } = change;
  const isWaiting = bench.universe.queue.waiting('push').some(({ message }) => {
    const { kind, cluster, namespace, name } = message as Record<string, string>;
    return kind === 'target' && `${cluster}/${namespace}/${name}` === place;
  });
  if (!isWaiting)
    wrong(bench, 'absent', change, 'deleted the Secret to create it anew with no message queued');
  bench.anew.set(place, { task, secret: before, atMs: bench.universe.time.now() });
}

function isOrphan(bench: Bench, change: Change, before: LiveSecret): boolean {
  const { judged, since, cluster, namespace, name } = change;
  const isUnclaimed = ({ moment }: Judged): boolean => {
    const routes = [...moment.routes.values()];
    return (
      !routes.some((route) => route.garbled) &&
      routes.length > 0 &&
      !routes.some((route) =>
        [...moment.vault.keys()].some((source) => keyOf(route, source, namespace, name) !== undefined),
      )
    );
  };
  const isAsked = since.some(({ moment }) => moment.clusters.get(cluster)?.removesOrphans === true);
  return isAsked && judged.some(isUnclaimed) && isProven(bench, change, before, WHOLE, 'orphaned');
}

/** What a run held back goes only by the hand of a person. */
function judgeHold(bench: Bench, change: Change): void {
  const { cluster, task } = change;
  const { confirmRemovals } = (task.message ?? {}) as { confirmRemovals?: string };
  if (bench.held.has(cluster) && confirmRemovals === undefined)
    wrong(bench, 'held', change, 'removed what was held back, and nobody confirmed it');
}
