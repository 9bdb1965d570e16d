import { selectsCluster } from '../../../route/targets.ts';
import type { Route } from '../../../registry/document.ts';
import { knownParts } from '../../../status/parts.ts';
import { refOf, type TargetStatus } from '../../../status/target.ts';
import type { RouteItem, RouteNamespace, RoutesView } from '../views.ts';
import { seenOf } from './seen.ts';
import { once, targetRows, type World } from './world.ts';

/** Who may get what, and whether the namespaces agreed when vaultcast last looked. */
export function routesView(world: World, now: number): RoutesView {
  return { kind: 'RouteConsent', metadata: seenOf(world, now), items: itemsOf(world) };
}

const itemsOf = once((world: World): RouteItem[] => {
  const rows = Map.groupBy(targetRows(world), ({ route }) => route);
  return world.registry.routes
    .map((route) => itemOf(route, world, rows.get(route.metadata.name) ?? []))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
});

function itemOf({ metadata, spec, ...rest }: Route, world: World, rows: readonly TargetStatus[]): RouteItem {
  const route = { metadata, spec, ...rest };
  const reached = world.registry.clusters
    .filter((cluster) => selectsCluster(route, cluster))
    .map((cluster) => cluster.metadata.name);
  const seen = Map.groupBy(rows, (row) => refOf(row).namespace);
  const namespaces = Array.isArray(spec.namespaces) ? spec.namespaces : [...seen.keys()].sort();
  return {
    name: metadata.name,
    vault: spec.vault,
    prefix: spec.prefix,
    layout: spec.layout,
    paused: spec.paused,
    selector: selectorText(spec.clusters),
    clusters: reached.length,
    namespaces: namespaces.map((one) => consentIn(one, reached, seen.get(one) ?? [])),
  };
}

function selectorText(clusters: Route['spec']['clusters']): string {
  if ('names' in clusters) return clusters.names.join(', ');
  return Object.entries(clusters.matchLabels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}

/** In which clusters the namespace agreed, as the rows of its targets tell it. */
function consentIn(
  namespace: string,
  reached: readonly string[],
  rows: readonly TargetStatus[],
): RouteNamespace {
  const refused = new Set(rows.filter(isRefused).map(({ cluster }) => cluster));
  const accepted = new Set(rows.filter(isAccepted).map(({ cluster }) => cluster));
  return {
    namespace,
    accepted: reached.filter((cluster) => accepted.has(cluster) && !refused.has(cluster)).length,
    refused: reached.filter((cluster) => refused.has(cluster)),
    unknown: reached.filter((cluster) => !accepted.has(cluster) && !refused.has(cluster)).length,
  };
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
