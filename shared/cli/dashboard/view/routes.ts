import { perObject } from '../../../remember.ts';
import { selectsCluster } from '../../../route/targets.ts';
import type { Route } from '../../../registry/document.ts';
import { knownParts } from '../../../status/parts.ts';
import { refOf, type TargetStatus } from '../../../status/target.ts';
import type { Views } from '../views.ts';
import { seenOf } from './seen.ts';
import { clusterNames, rowsOf, type World } from './world.ts';

/** Who may get what, and whether the namespaces agreed when vaultcast last looked. */
export function routesView(world: World, now: number): Views['routes'] {
  return { kind: 'RouteConsent', metadata: seenOf(world, now), items: itemsOf(world) };
}

/** Of a namespace in one cluster, as the rows of its targets tell it; `unknown`: there is a target, and nobody was asked. */
type Consent = 'accepted' | 'refused' | 'unknown';

/** In one cluster, by route and namespace. */
type Consents = ReadonlyMap<string, ReadonlyMap<string, Consent>>;

type RouteItem = Views['routes']['items'][number];

const itemsOf = perObject((world: World): RouteItem[] => {
  const seen = new Map(clusterNames(world).map((name) => [name, consentsIn(rowsOf(world, name))]));
  return world.registry.routes
    .map((route) => itemOf(route, world, seen))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
});

const RANK: readonly Consent[] = ['unknown', 'accepted', 'refused'];

/** What the rows of one cluster tell. */
export const consentsIn = perObject((rows: readonly TargetStatus[]): Consents => {
  const routes = new Map<string, Map<string, Consent>>();
  for (const row of rows) {
    const { namespace } = refOf(row);
    const route = routes.get(row.route) ?? new Map<string, Consent>();
    routes.set(row.route, route);
    const [before, said] = [route.get(namespace) ?? 'unknown', saidIn(row)];
    // One target that is refused says more than others that were delivered before.
    route.set(namespace, RANK.indexOf(said) > RANK.indexOf(before) ? said : before);
  }
  return routes;
});

function itemOf(route: Route, world: World, seen: ReadonlyMap<string, Consents>): RouteItem {
  const { metadata, spec } = route;
  const reached = world.registry.clusters
    .filter((cluster) => selectsCluster(route, cluster))
    .map((cluster) => cluster.metadata.name);
  const own = new Map([...seen].map(([cluster, routes]) => [cluster, routes.get(metadata.name)]));
  const known = new Set([...own.values()].flatMap((namespaces) => [...(namespaces?.keys() ?? [])]));
  const namespaces = Array.isArray(spec.namespaces) ? spec.namespaces : [...known].sort();
  return {
    name: metadata.name,
    vault: spec.vault,
    prefix: spec.prefix,
    layout: spec.layout,
    paused: spec.paused,
    selector: selectorText(spec.clusters),
    clusters: reached.length,
    namespaces: namespaces.map((namespace) =>
      consentOf(namespace, reached, (cluster) => own.get(cluster)?.get(namespace) ?? 'unknown'),
    ),
  };
}

function selectorText(clusters: Route['spec']['clusters']): string {
  if ('names' in clusters) return clusters.names.join(', ');
  return Object.entries(clusters.matchLabels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}

function consentOf(
  namespace: string,
  reached: readonly string[],
  said: (cluster: string) => Consent,
): RouteItem['namespaces'][number] {
  const count = (consent: Consent): number => reached.filter((cluster) => said(cluster) === consent).length;
  return {
    namespace,
    accepted: count('accepted'),
    refused: reached.filter((cluster) => said(cluster) === 'refused'),
    unknown: count('unknown'),
  };
}

function saidIn(row: TargetStatus): Consent {
  if (isRefused(row)) return 'refused';
  return isAccepted(row) ? 'accepted' : 'unknown';
}

/** The whole target, or one of its sources. */
function isRefused({ code, parts }: TargetStatus): boolean {
  return (
    code === 'NOT_ACCEPTED' ||
    code === 'NAMESPACE_MISSING' ||
    knownParts(parts).some(({ state }) => state === 'refused')
  );
}

/** A Secret was written, or would have been: consent is asked before anything else that can go wrong there. */
function isAccepted({ stands, state }: TargetStatus): boolean {
  return stands === 'yes' && (state === 'synced' || state === 'degraded');
}
