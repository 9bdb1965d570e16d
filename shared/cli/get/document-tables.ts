import type { Cluster, RegistryDocument, Route } from '../../registry/document.ts';
import { clustersIn, routesIn, selects } from '../../registry/reach.ts';

const yesNo = (value: boolean): string => (value ? 'yes' : '');
const pairs = (labels: Readonly<Record<string, string>> = {}): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

/** The name in an ARM id, the host of a server: enough to tell clusters apart. */
function endpointOf({ spec }: Cluster): string {
  if (spec.aks !== undefined) return `aks ${spec.aks.split('/').at(-1) ?? ''}`;
  return spec.server === undefined ? '' : new URL(spec.server).host;
}

/** Rows of text, the heading first. `all`: every document, to count the routes that reach a cluster. */
export function clusterRows(
  shown: readonly RegistryDocument[],
  all: readonly RegistryDocument[],
): string[][] {
  const routes = routesIn(all);
  const rows = clustersIn(shown).map((cluster) => [
    cluster.metadata.name,
    endpointOf(cluster),
    pairs(cluster.metadata.labels),
    String(routes.filter((route) => selects(route, cluster)).length),
    yesNo(cluster.spec.paused),
  ]);
  return [['NAME', 'ENDPOINT', 'LABELS', 'ROUTES', 'PAUSED'], ...rows];
}

function clustersText({ spec: { clusters } }: Route): string {
  return 'names' in clusters ? clusters.names.join(',') : pairs(clusters.matchLabels);
}

function namespacesText({ spec: { namespaces } }: Route): string {
  return Array.isArray(namespaces) ? namespaces.join(',') : `segment ${namespaces.fromSegment}`;
}

export function routeRows(shown: readonly RegistryDocument[]): string[][] {
  const rows = routesIn(shown).map((route) => [
    route.metadata.name,
    route.spec.vault,
    route.spec.prefix === '' ? '(all secrets)' : route.spec.prefix,
    clustersText(route),
    namespacesText(route),
    route.spec.layout,
    yesNo(route.spec.paused),
  ]);
  return [['NAME', 'VAULT', 'PREFIX', 'CLUSTERS', 'NAMESPACES', 'LAYOUT', 'PAUSED'], ...rows];
}
