import type { Cluster, RegistryDocument, Route } from './document.ts';

export const clustersIn = (documents: readonly RegistryDocument[]): Cluster[] =>
  documents.filter((document) => document.kind === 'Cluster');

export const routesIn = (documents: readonly RegistryDocument[]): Route[] =>
  documents.filter((document) => document.kind === 'Route');

export function selects(route: Route, cluster: Cluster): boolean {
  const selector = route.spec.clusters;
  if ('names' in selector) return selector.names.includes(cluster.metadata.name);
  const labels = new Map(Object.entries(cluster.metadata.labels ?? {}));
  return Object.entries(selector.matchLabels).every(([key, value]) => labels.get(key) === value);
}

/** Route name -> names of the clusters it reaches. */
export function reachOf(documents: readonly RegistryDocument[]): Map<string, string[]> {
  const clusters = clustersIn(documents);
  const reached = (route: Route): string[] =>
    clusters.filter((cluster) => selects(route, cluster)).map((cluster) => cluster.metadata.name);
  return new Map(routesIn(documents).map((route) => [route.metadata.name, reached(route)]));
}
