import type { LiveSecret } from '../../../shared/target/secret.ts';
import { accepts, keyOf, latestOf, type ModelRoute, type Moment, stateOf } from './history.ts';
import type { Model } from './people.ts';
import { CLUSTERS, NAMESPACES, SECRETS } from './program.ts';
import { isOurs, sourcesOf, toldBy } from './witness.ts';

interface Place {
  cluster: string;
  namespace: string;
  name: string;
}

/** Everything the model knows of one target. */
interface Target {
  place: Place;
  live: LiveSecret | undefined;
  moment: Moment;
  now: number;
}

/** What is wrong with a target, in words; nothing when it is right. */
type Check = (target: Target) => string[];

/** Applies a check to every target of every cluster that is looked after. */
export function wrongTargets({ universe }: Model, check: Check): string[] {
  const { kubernetes, clock } = universe.ports;
  const moment = universe.history.now;
  return CLUSTERS.filter((cluster) => moment.clusters.get(cluster)?.paused === false).flatMap((cluster) =>
    NAMESPACES.filter((namespace) => moment.namespaces.has(`${cluster}/${namespace}`)).flatMap((namespace) =>
      ['pg', 'mq'].flatMap((name) => {
        const live = kubernetes.people(cluster).secret(namespace, name);
        if (live !== undefined && !isOurs(live)) return [];
        const place = { cluster, namespace, name };
        const wrong = check({ place, live, moment, now: clock.now() });
        return wrong.map((what) => `${cluster}/${namespace}/${name} ${what}`);
      }),
    ),
  );
}

interface Fed {
  source: string;
  key: string;
}

/** The sources that a route takes to the target and the namespace accepts; recorded ones even when they are deleted. */
function fedBy(route: ModelRoute, { place, live, moment }: Target): Fed[] {
  const recorded = recordedRoute(live) === route.name ? sourcesOf(live) : new Map<string, string>();
  return SECRETS.flatMap((source) => {
    const key = keyOf(route, source, place.namespace, place.name);
    const isThere = latestOf(moment, source) !== undefined || recorded.has(source);
    return key !== undefined && isThere && accepts(moment, place.cluster, place.namespace, source)
      ? [{ source, key }]
      : [];
  });
}

function recordedRoute(live: LiveSecret | undefined): string | undefined {
  return live?.annotations['vaultcast.dev/route'];
}

/** The route that must own the target; undefined when none does, or when that cannot be told. */
function ownerOf(target: Target): ModelRoute | undefined {
  const { moment, live } = target;
  const recorded = recordedRoute(live);
  if (recorded !== undefined && moment.routes.get(recorded)?.garbled === true) return undefined;
  const claiming = [...moment.routes.values()].filter(
    (route) => !route.garbled && fedBy(route, target).length > 0,
  );
  // Several routes that claim what none of them has made keep each other from it.
  return (
    claiming.find((route) => route.name === recorded) ?? (claiming.length === 1 ? claiming[0] : undefined)
  );
}

/** After a quiet run: every valid source stands in its Secret with its latest version, and nothing foreign does. */
export const isUpToDate: Check = (target) => {
  const { live } = target;
  const owner = ownerOf(target);
  if (owner === undefined || owner.paused) return [];
  const fed = fedBy(owner, target);
  const due = fed.filter(({ source }) => isDue(source, owner, target));
  if (due.length === 0 && live === undefined) return [];
  if (live === undefined) return ['is missing'];
  if (due.length > 0 && recordedRoute(live) !== owner.name) return [`is not owned by route ${owner.name}`];
  const behindhand = due.flatMap((one) => behind(one, live, target));
  // Without any version to record nothing may be written, so nothing can be repaired either.
  const isMute = due.length === 0 && sourcesOf(live).size === 0;
  return isMute ? [] : [...behindhand, ...foreignKeys(live, owner, fed)];
};

function isDue(source: string, owner: ModelRoute, { moment, now }: Target): boolean {
  const state = stateOf(moment, source, now);
  return state === 'valid' || (state === 'expired' && !owner.removes);
}

function behind({ source, key }: Fed, live: LiveSecret, { moment }: Target): string[] {
  const latest = latestOf(moment, source);
  const value = live.data[key] === undefined ? undefined : Buffer.from(live.data[key], 'base64').toString();
  const wrong = value === latest?.value ? [] : [`key ${key} is ${value ?? 'missing'}, not ${latest?.value}`];
  return sourcesOf(live).get(source) === latest?.version ? wrong : [...wrong, `does not record ${source}`];
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

/** After two more quiet runs, an hour apart: what was to leave has left. */
export const isRid: Check = (target) => {
  const { live, moment, place } = target;
  const routes = [...moment.routes.values()];
  if (live === undefined || routes.some((route) => route.garbled)) return [];
  const owner = ownerOf(target);
  if (owner === undefined)
    return isKeptOrphan(routes, moment, place) ? [] : ['is an orphan that should be gone'];
  if (owner.paused || !owner.removes || owner.name !== recordedRoute(live)) return [];
  return fedBy(owner, target).flatMap(({ source, key }) => {
    const state = stateOf(moment, source, target.now);
    const leaves = state === 'disabled' || state === 'deleted' || state === 'expired';
    return leaves && Object.hasOwn(live.data, key) && sourcesOf(live).has(source)
      ? [`still holds key ${key}, whose source is ${state}`]
      : [];
  });
};

function isKeptOrphan(
  routes: readonly ModelRoute[],
  moment: Moment,
  { cluster, namespace, name }: Place,
): boolean {
  if (moment.clusters.get(cluster)?.removesOrphans !== true) return true;
  // Of a cluster and a vault without any route, nothing is removed without a person.
  if (routes.length === 0) return true;
  return routes.some((route) =>
    SECRETS.some((source) => keyOf(route, source, namespace, name) !== undefined),
  );
}

/** Events alone, when all of them were told of and nothing was lost: what is there is whole and of the latest version. */
export const isWholeIfThere: Check = (target) => (target.live === undefined ? [] : isUpToDate(target));
