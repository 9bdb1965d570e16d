import type { LiveSecret } from '../../../../shared/target/secret.ts';
import {
  accepts,
  isBroken,
  keyOf,
  latestOf,
  type ModelRoute,
  type Moment,
  type State,
  stateOf,
} from '../world/history.ts';
import type { Universe } from '../world/shape.ts';
import { isOurs, numberOf, routeOf, sourcesOf, toldBy } from './secrets.ts';

/** Everything that is known of one target. */
export interface Standing {
  cluster: string;
  namespace: string;
  name: string;
  place: string;
  live: LiveSecret | undefined;
  moment: Moment;
  /** By the vault's clock, ms. */
  now: number;
  /** An older version of a source may stand for so long (ms) after it was restored. */
  patienceMs: number;
}

/** What is wrong with a target, in words; nothing when it is right. */
export type Check = (target: Standing) => string[];

export interface Found {
  place: string;
  what: string;
}

interface View {
  moment: Moment;
  /** What the vault's clock is behind, ms. */
  behindMs: number;
  patienceMs?: number;
}

/** The target as the world stands; undefined where nothing is looked after, or a foreign Secret stands. */
export function standingAt(
  { kubernetes, time }: Universe,
  { cluster, namespace, name }: { cluster: string; namespace: string; name: string },
  { moment, behindMs, patienceMs = Infinity }: View,
): Standing | undefined {
  const isThere = moment.namespaces.has(`${cluster}/${namespace}`);
  if (!isThere || moment.clusters.get(cluster)?.paused !== false) return undefined;
  const live = kubernetes.people(cluster).secret(namespace, name);
  if (live !== undefined && !isOurs(live)) return undefined;
  const place = `${cluster}/${namespace}/${name}`;
  return { cluster, namespace, name, place, live, moment, now: time.now() - behindMs, patienceMs };
}

/** Every target of every cluster that is looked after and every namespace that is there; foreign Secrets left out. */
export function standings(universe: Universe, view: Omit<View, 'moment'>): Standing[] {
  const { history, fleet } = universe;
  return fleet.clusters.flatMap((cluster) =>
    fleet.places.flatMap(
      (at) => standingAt(universe, { cluster, ...at }, { moment: history.now, ...view }) ?? [],
    ),
  );
}

export function failing(targets: readonly Standing[], check: Check): Found[] {
  return targets.flatMap((target) =>
    check(target).map((what) => ({ place: target.place, what: `${target.place} ${what}` })),
  );
}

export interface Fed {
  source: string;
  key: string;
  state: State;
  /** What would be written of it is none that its tag promises. */
  broken: 'yes' | 'perhaps' | 'no';
}

/** The sources that a route takes to the target and the namespace accepts; recorded ones even when they are deleted. */
export function fedBy(route: ModelRoute, target: Standing): Fed[] {
  const { live, moment, cluster, namespace, name, now } = target;
  const recorded = routeOf(live) === route.name ? sourcesOf(live) : new Map<string, string>();
  return [...moment.vault.keys()].flatMap((source) => {
    const key = keyOf(route, source, namespace, name);
    const isThere = latestOf(moment, source) !== undefined || recorded.has(source);
    return key !== undefined && isThere && accepts(moment, cluster, namespace, source)
      ? [{ source, key, ...qualityOf(moment, source, now) }]
      : [];
  });
}

function qualityOf(moment: Moment, source: string, now: number): Pick<Fed, 'state' | 'broken'> {
  const state = stateOf(moment, source, now);
  const isOlderUsed = state === 'not-yet-valid' && moment.vault.get(source)?.wasBroken === true;
  const isLatestUsed = state === 'valid' || state === 'expired';
  if (isOlderUsed) return { state, broken: 'perhaps' };
  return { state, broken: isLatestUsed && isBroken(latestOf(moment, source)) ? 'yes' : 'no' };
}

/** The routes that claim the target. */
export function claimants(target: Standing): ModelRoute[] {
  return [...target.moment.routes.values()].filter(
    (route) => !route.garbled && fedBy(route, target).length > 0,
  );
}

/** The route that must own the target; undefined when none does, or when that cannot be told. */
export function ownerOf(target: Standing): ModelRoute | undefined {
  const recorded = routeOf(target.live);
  if (recorded !== undefined && target.moment.routes.get(recorded)?.garbled === true) return undefined;
  const claiming = claimants(target);
  // Several routes that claim what none of them has made keep each other from it.
  return (
    claiming.find((route) => route.name === recorded) ?? (claiming.length === 1 ? claiming[0] : undefined)
  );
}

/** Whether anything tells runs to look into the namespace: its consent, or a row of it, which may have been lost. */
export function isLookedInto(
  { history, lostRows }: Universe,
  { cluster, namespace }: { cluster: string; namespace: string },
): boolean {
  return !lostRows.has(cluster) || history.now.namespaces.get(`${cluster}/${namespace}`) !== '';
}

/** After a quiet run: every valid source stands in its Secret with its latest version, and nothing foreign does. */
export const isUpToDate: Check = (target) => {
  const { live } = target;
  const owner = ownerOf(target);
  if (owner === undefined || owner.paused) return [];
  const fed = fedBy(owner, target);
  const due = fed.filter((one) => isDue(one, owner));
  // Nothing is created without a source that could be there.
  if (live === undefined) return due.length === 0 || fed.some(isDamaged) ? [] : ['is missing'];
  return isBlocked(owner, fed, live, target) ? [] : differences(owner, fed, live, target);
};

function differences(owner: ModelRoute, fed: readonly Fed[], live: LiveSecret, target: Standing): string[] {
  const due = fed.filter((one) => isDue(one, owner));
  if (due.length > 0 && routeOf(live) !== owner.name) return [`is not owned by route ${owner.name}`];
  const behindhand = due.flatMap((one) => behind(one, live, target));
  // Without any version to record nothing may be written, so nothing can be repaired either.
  const isMute = due.length === 0 && sourcesOf(live).size === 0;
  return isMute ? [] : [...behindhand, ...foreignKeys(live, owner, fed), ...shapeOf(live, owner, due)];
}

function isDue({ state, broken }: Fed, { removes }: ModelRoute): boolean {
  return broken === 'no' && (state === 'valid' || (state === 'expired' && !removes));
}

const isDamaged = ({ broken }: Fed): boolean => broken !== 'no';

/**
 * What must be deleted and created anew waits while a key would get lost, while a source is stale, and while a finalizer holds
 * what was deleted.
 */
function isBlocked(owner: ModelRoute, fed: readonly Fed[], live: LiveSecret, target: Standing): boolean {
  const isChangeable = live.type === owner.type && !live.immutable;
  if (isChangeable) return false;
  const isKept = fed.some(
    (one) =>
      isDamaged(one) ||
      (Object.hasOwn(live.data, one.key) && (!isDue(one, owner) || isPatient(one.source, live, target))),
  );
  return isKept || live.finalizers.length > 0;
}

/**
 * Whether the vault was restored, so that what stands is newer than what it shows: it stays for a day, once nothing else keeps
 * it there.
 */
export function isPatient(source: string, live: LiveSecret, { moment, now, patienceMs }: Standing): boolean {
  const secret = moment.vault.get(source);
  if (secret === undefined || secret.restored === 0) return false;
  const sinceMs = Math.max(secret.restored, (secret.latest?.nbf ?? 0) * 1000);
  if (now - sinceMs > patienceMs) return false;
  return numberOf(sourcesOf(live).get(source)) > numberOf(secret.latest?.version);
}

/** Whether any source of it is. */
export function isAnyPatient(target: Standing): boolean {
  const { live, moment } = target;
  return live !== undefined && [...moment.vault.keys()].some((source) => isPatient(source, live, target));
}

function behind({ source, key }: Fed, live: LiveSecret, target: Standing): string[] {
  const latest = latestOf(target.moment, source);
  if (isPatient(source, live, target)) return [];
  const value = live.data[key] === undefined ? undefined : Buffer.from(live.data[key], 'base64').toString();
  const wrong = value === latest?.value ? [] : [`key ${key} is ${value ?? 'missing'}, not ${latest?.value}`];
  return sourcesOf(live).get(source) === latest?.version ? wrong : [...wrong, `does not record ${source}`];
}

function shapeOf(live: LiveSecret, owner: ModelRoute, due: readonly Fed[]): string[] {
  if (due.length === 0) return [];
  return [
    ...(live.type === owner.type ? [] : [`is of type ${live.type}`]),
    ...(live.immutable === owner.immutable ? [] : [`is ${live.immutable ? '' : 'not '}immutable`]),
  ];
}

/** A key whose route or consent is gone may stay until the next write; anything else must be a source's. */
function foreignKeys(live: LiveSecret, owner: ModelRoute, fed: readonly Fed[]): string[] {
  return Object.entries(live.data).flatMap(([key, value]) => {
    if (fed.some((one) => one.key === key)) return [];
    const told = toldBy(value);
    const isLeftover =
      told !== undefined && told.name.startsWith(owner.prefix) && sourcesOf(live).has(told.name);
    return isLeftover ? [] : [`holds key ${key}, which nothing feeds`];
  });
}

/** After more quiet runs, an hour apart: what was to leave has left. */
export const isRid: Check = (target) => {
  const { live, moment } = target;
  if (live === undefined || live.finalizers.length > 0) return [];
  if ([...moment.routes.values()].some((route) => route.garbled)) return [];
  const owner = ownerOf(target);
  if (owner === undefined) return isKeptOrphan(target) ? [] : ['is an orphan that should be gone'];
  if (owner.paused || !owner.removes || owner.name !== routeOf(live)) return [];
  const fed = fedBy(owner, target);
  if (
    isBlocked(
      owner,
      fed.filter(
        (one) => one.state === 'not-yet-valid' || isDamaged(one) || isPatient(one.source, live, target),
      ),
      live,
      target,
    )
  )
    return [];
  return fed.flatMap(({ source, key, state }) =>
    isReason(state) && Object.hasOwn(live.data, key) && sourcesOf(live).has(source)
      ? [`still holds key ${key}, whose source is ${state}`]
      : [],
  );
};

const isReason = (state: State): boolean =>
  state === 'disabled' || state === 'deleted' || state === 'expired';

function isKeptOrphan({ moment, live, cluster, namespace, name }: Standing): boolean {
  if (moment.clusters.get(cluster)?.removesOrphans !== true) return true;
  // Of a cluster and a vault without any route, nothing is removed without a person; nor is what records nothing.
  if (moment.routes.size === 0 || sourcesOf(live).size === 0) return true;
  return [...moment.routes.values()].some((route) =>
    [...moment.vault.keys()].some((source) => keyOf(route, source, namespace, name) !== undefined),
  );
}

/** Whether a run has, or may have, a reason to remove something of it. */
export function mayLeave(target: Standing): boolean {
  const { live, moment } = target;
  if (live === undefined) return false;
  if (ownerOf(target) === undefined && !isKeptOrphan(target)) return true;
  // Whether or not its namespace accepts anything: a run does not write there, but counts what was to leave.
  return [...moment.vault.keys()].some(
    (source) => sourcesOf(live).has(source) && isReason(stateOf(moment, source, target.now)),
  );
}

/** Events alone, when all of them were told of and nothing was lost: what is there is whole and of the latest version. */
export const isWholeIfThere: Check = (target) => (target.live === undefined ? [] : isUpToDate(target));
