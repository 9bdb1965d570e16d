import { NO_CLUSTER, refOf, type TargetStatus } from '../../../../shared/status/target.ts';
import type { LiveSecret } from '../../../../shared/target/secret.ts';
import { accepts, isBroken, keyOf, latestOf, type Moment, type State, stateOf } from '../world/history.ts';
import type { Universe } from '../world/shape.ts';
import {
  claimants,
  isLookedInto,
  isPatient,
  isUpToDate,
  ownerOf,
  type Standing,
  standingAt,
} from './reference.ts';
import type { Accuse } from './rules.ts';
import { isOurs, routeOf, sourcesOf } from './secrets.ts';

const { signal } = new AbortController();

/** How the rows are to be judged. */
export interface Judging {
  behindMs: number;
  patienceMs: number;
  /** Clusters of which a run holds removals back. */
  held: ReadonlySet<string>;
  /** Messages were given up by the host, and what people read of them stays for a while. */
  isPoisoned: boolean;
}

/** Nothing is on its way and a quiet run has been: what the rows say is what stands. */
export async function judgeRows(universe: Universe, judging: Judging, accuse: Accuse): Promise<void> {
  const { history, status, fleet } = universe;
  const moment = history.now;
  const isInDoubt = [...moment.routes.values()].some((route) => route.garbled);
  for (const cluster of fleet.clusters) {
    const known = moment.clusters.get(cluster);
    const rows = await status.targets(cluster, signal);
    if (known === undefined && moment.clusters.size > 0 && rows.length > 0)
      accuse('rows', `${rows.length} rows of ${cluster}, which is not registered any more`, [cluster]);
    if (known?.paused === false && !isInDoubt) judgeTargets(universe, cluster, rows, judging, accuse);
  }
  if (!isInDoubt) await judgeProblems(universe, judging, accuse);
}

function judgeTargets(
  universe: Universe,
  cluster: string,
  rows: TargetStatus[],
  judging: Judging,
  accuse: Accuse,
): void {
  for (const row of rows)
    for (const what of lieOf(universe, row, judging))
      accuse('rows', `the row of ${placeOf(row)} ${what}`, [placeOf(row)]);
  missing(universe, cluster, rows, accuse);
}

const placeOf = (row: TargetStatus): string => {
  const { cluster, namespace, name } = refOf(row);
  return `${cluster}/${namespace}/${name}`;
};

/** Every Secret of ours has a row, whatever it says. */
function missing(universe: Universe, cluster: string, rows: TargetStatus[], accuse: Accuse) {
  const { kubernetes, history } = universe;
  const told = new Set(rows.map((row) => row.id));
  for (const secret of kubernetes.people(cluster).secrets()) {
    const { namespace, name } = secret;
    const isSeen =
      history.now.namespaces.get(`${cluster}/${namespace}`) !== '' && isLookedInto(universe, secret);
    if (isOurs(secret) && isSeen && !told.has(`${namespace}:${name}`))
      accuse('rows', `there is no row of ${cluster}/${namespace}/${name}`, [
        `${cluster}/${namespace}/${name}`,
      ]);
  }
}

/**
 * Whether the paused route that made what stood there last keeps the place from others that claim it, too: where nothing
 * stands, and where somebody took its Secret over, of which nobody learns while it is paused.
 */
function keepsPlace({ row, live, target, moment }: Told): boolean {
  const isMaker = ({ name, paused }: { name: string; paused: boolean }) =>
    paused && row.maker.endsWith(`/${name}`);
  if (live !== undefined && !isOurs(live)) return [...moment.routes.values()].some(isMaker);
  return live === undefined && target !== undefined && claimants(target).some(isMaker);
}

interface Told {
  row: TargetStatus;
  live: LiveSecret | undefined;
  target: Standing | undefined;
  moment: Moment;
}

function lieOf(universe: Universe, row: TargetStatus, { behindMs, patienceMs }: Judging): string[] {
  const { kubernetes, history } = universe;
  const at = refOf(row);
  const moment = history.now;
  const live = kubernetes.people(at.cluster).secret(at.namespace, at.name);
  const target = standingAt(universe, at, { moment, behindMs, patienceMs });
  const isWanted = isClaimed(moment, at.namespace, at.name, live);
  const isStanding = live !== undefined && isOurs(live);
  if (!isLookedInto(universe, at)) return [];
  if (!isWanted && !isStanding) return [`is of something that is gone (${row.state} ${row.code})`];
  if (isPaused(moment, at, target)) return lieOfPaused(row, isWanted);
  if (row.state === 'paused' && keepsPlace({ row, live, target, moment })) return [];
  const told = { row, live: isStanding ? live : undefined, target, moment };
  return [...standsOf(told), ...LIES[row.state](told)];
}

/** What is deleted and recorded nowhere claims nothing, though a paused route would take it. */
function lieOfPaused({ state }: TargetStatus, isWanted: boolean): string[] {
  const isSo = state === 'paused' || (state === 'orphaned' && !isWanted);
  return isSo ? [] : [`says ${state}, though its route is paused`];
}

/** Whether nobody looks into it, because every route that wants it is paused. */
function isPaused(
  moment: Moment,
  at: { namespace: string; name: string },
  target: Standing | undefined,
): boolean {
  if (target !== undefined && ownerOf(target)?.paused === true) return true;
  const wanting = [...moment.routes.values()].filter((route) =>
    [...moment.vault.keys()].some((source) => keyOf(route, source, at.namespace, at.name) !== undefined),
  );
  // Where nobody's source is accepted, a target stays with the route that made it.
  const maker = wanting.find((route) => route.name === routeOf(target?.live));
  if (target !== undefined && maker?.paused === true && claimants(target).length === 0) return true;
  return wanting.length > 0 && wanting.every((route) => route.paused);
}

/** Whether a route wants it, accepted or not. */
function isClaimed(moment: Moment, namespace: string, name: string, live: LiveSecret | undefined): boolean {
  const recorded = sourcesOf(live);
  return [...moment.routes.values()].some((route) =>
    [...moment.vault.keys()].some(
      (source) =>
        keyOf(route, source, namespace, name) !== undefined &&
        (latestOf(moment, source) !== undefined || (recorded.has(source) && routeOf(live) === route.name)),
    ),
  );
}

const LIES: Readonly<Record<TargetStatus['state'], (told: Told) => string[]>> = {
  synced: (told) => [
    ...(told.live === undefined ? ['is synced, and nothing stands'] : settledLies(told)),
    ...partsOf(told)
      .filter(isLess)
      .map(({ source, state }) => `is synced, and ${source} is ${state}`),
  ],
  degraded: (told) => [
    ...(told.live === undefined ? ['is degraded, and nothing stands'] : settledLies(told)),
    ...(partsOf(told).some(isLess) ? [] : ['is degraded, and no source is less than it could be']),
  ],
  absent: ({ live, row, target }) => [
    ...(live === undefined ? [] : [`is absent, and ${live.uid} stands`]),
    ...(target === undefined
      ? []
      : isUpToDate(target).map((what) => `is absent (${row.code}), and it ${what}`)),
  ],
  paused: () => ['is paused, and its route is not'],
  pending: (told) => (isLookedFor(told) ? [] : [`is still pending: ${told.row.code} ${told.row.message}`]),
  failed: ({ row }) => [`still fails: ${row.message}`],
  problem: ({ row }) => [`is still a problem: ${row.message}`],
  orphaned: ({ live, target }) => {
    if (live === undefined) return ['is an orphan, and nothing stands'];
    return target !== undefined && claimants(target).length > 0
      ? ['is an orphan, and a route claims it']
      : [];
  },
  refused: (told) => (isRefused(told) ? [] : [`is refused: ${told.row.code} ${told.row.message}`]),
};

/** What a row says of existence is so, whatever else it says. */
function standsOf({ row, live }: Told): string[] {
  if (row.stands === 'yes' && live === undefined) return ['says that a Secret stands, and none does'];
  return row.stands === 'no' && live !== undefined ? [`says that none stands, and ${live.uid} does`] : [];
}

/** Of a row that says that its Secret is as it should be, at least but for some sources. */
function settledLies({ row, live, target }: Told): string[] {
  const { uid, resourceVersion } = live ?? {};
  if (row.uid !== uid || row.resourceVersion !== resourceVersion)
    return [`knows ${row.uid}@${row.resourceVersion}, and ${uid}@${resourceVersion} stands`];
  const sources = live?.annotations['vaultcast.dev/sources'] ?? '';
  if (row.sources !== sources) return [`says ${row.sources}, and ${sources} stands`];
  return target === undefined ? [] : isUpToDate(target).map((what) => `is ${row.state}, and it ${what}`);
}

/** What a restored vault shows is looked at again and again for a day, from the moment it is used. */
function isLookedFor(told: Told): boolean {
  const { code, nextRetry } = told.row;
  return code === 'STALE_READ' && nextRetry > 0 && partsOf(told).some(({ state }) => state === 'stale');
}

/** The sources that the owner takes to the target, accepted or not, and what each is. */
function partsOf({ target }: Told): { source: string; state: State | 'refused' | 'stale' | 'broken' }[] {
  const owner = target === undefined ? undefined : ownerOf(target);
  if (target === undefined || owner === undefined) return [];
  const { live, moment, cluster, namespace, name } = target;
  const recorded = sourcesOf(live);
  const taken = [...moment.vault.keys()].filter(
    (source) =>
      keyOf(owner, source, namespace, name) !== undefined &&
      (latestOf(moment, source) !== undefined || recorded.has(source)),
  );
  return taken.map((source) => {
    if (!accepts(moment, cluster, namespace, source)) return { source, state: 'refused' };
    if (live !== undefined && isPatient(source, live, target)) return { source, state: 'stale' };
    const state = stateOf(moment, source, target.now);
    const isBytes = !isBroken(latestOf(moment, source)) || (state !== 'valid' && state !== 'expired');
    return { source, state: isBytes ? state : 'broken' };
  });
}

const isLess = ({ state }: { state: string }): boolean => state !== 'valid' && state !== 'not-yet-valid';

function isRefused({ row, target, moment }: Told): boolean {
  const { cluster, namespace, name } = refOf(row);
  const isThere = moment.namespaces.has(`${cluster}/${namespace}`);
  switch (row.code) {
    case 'NAMESPACE_MISSING':
      return !isThere;
    case 'NOT_ACCEPTED':
      return ![...moment.vault.keys()].some(
        (source) =>
          accepts(moment, cluster, namespace, source) &&
          [...moment.routes.values()].some((route) => keyOf(route, source, namespace, name) !== undefined) &&
          latestOf(moment, source) !== undefined,
      );
    case 'NOT_OURS':
      return isThere && target === undefined;
    case 'COLLISION':
      // Where a foreign Secret stands, that several claim it comes first.
      return target === undefined ? isThere : claimants(target).length > 1;
    case 'RENDER_REFUSED':
      return target !== undefined && isUpToDate(target).length === 0;
    case 'PAUSED':
      return [...moment.routes.values()].some((route) => route.paused);
    default:
      return false;
  }
}

/** Problems without a target: each has something that it is about. */
async function judgeProblems(universe: Universe, judging: Judging, accuse: Accuse): Promise<void> {
  const { status, history, fleet } = universe;
  const { clusters, routes } = history.now;
  const awake = fleet.clusters.filter((cluster) => clusters.get(cluster)?.paused === false);
  if (awake.length === 0) return;
  for (const { id, code, message } of await status.targets(NO_CLUSTER, signal)) {
    const [kind = '', about = ''] = id.split(':');
    const reasons: Readonly<Record<string, boolean>> = {
      message: judging.isPoisoned,
      removals: judging.held.has(about),
      stranded: routes.size === 0,
      collision: routes.has('a-rival'),
    };
    // Where a cluster is paused nobody looks: what was wrong stays until somebody does.
    const isTrue = reasons[kind] === true || clusters.get(about)?.paused === true;
    if (!isTrue) accuse('rows', `the problem ${id} is still told: ${code} ${message}`, [about]);
  }
}
