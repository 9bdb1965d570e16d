import type { Cluster, Route } from '../registry/document.ts';
import { namespaceName } from '../registry/fields.ts';
import { fixedSources, placeOf } from './placement.ts';
import { prefixCovers, segmentsOf, type SecretRef, type TargetRef } from '../names.ts';
import { isSelected } from './selection.ts';

/** A route asks for a target. Whether it gets it is decided by consent and ownership. */
export interface Claim {
  route: Route;
  cluster: Cluster;
  target: TargetRef;
}

/** Why a route that covers a secret makes no target of it. */
export interface Unplaced {
  route: Route;
  code: 'BAD_NAME' | 'RENDER_REFUSED' | 'PAUSED';
  message: string;
}

export interface Claims {
  claims: Claim[];
  unplaced: Unplaced[];
}

/** All targets that routes of the secret's vault want it for. Paused routes and clusters ask for nothing now. */
export function claimsOf(secret: SecretRef, routes: readonly Route[], clusters: readonly Cluster[]): Claims {
  const result: Claims = { claims: [], unplaced: [] };
  for (const route of routes) {
    if (route.spec.vault !== secret.vault || !covers(route, secret.name)) continue;
    const place = placeOf(route, secret.name);
    if (place === undefined) continue;
    const namespaces = namespacesOf(route, secret.name);
    if (typeof place === 'string') result.unplaced.push({ route, code: 'RENDER_REFUSED', message: place });
    else if (typeof namespaces === 'string')
      result.unplaced.push({ route, code: 'BAD_NAME', message: namespaces });
    else if (route.spec.paused)
      result.unplaced.push({ route, code: 'PAUSED', message: 'the route is paused' });
    else claimAt(result, route, clusters, namespaces, place.name);
  }
  return result;
}

function claimAt(
  result: Claims,
  route: Route,
  clusters: readonly Cluster[],
  namespaces: readonly string[],
  name: string,
): void {
  for (const cluster of clusters.filter((one) => selectsCluster(route, one))) {
    const at = cluster.metadata.name;
    if (cluster.spec.paused)
      result.unplaced.push({ route, code: 'PAUSED', message: `cluster ${at} is paused` });
    else
      for (const namespace of namespaces)
        result.claims.push({ route, cluster, target: { cluster: at, namespace, name } });
  }
}

/** Whether the route takes the secret, its tags aside. A name whose segments are malformed is nobody's. */
export function covers(route: Route, name: string): boolean {
  return segmentsOf(name) !== undefined && prefixCovers(route.spec.prefix, name) && isSelected(route, name);
}

export function selectsCluster(route: Route, cluster: Cluster): boolean {
  const selector = route.spec.clusters;
  if ('names' in selector) return selector.names.includes(cluster.metadata.name);
  const labels = cluster.metadata.labels ?? {};
  return Object.entries(selector.matchLabels).every(([key, value]) => labels[key] === value);
}

/** The namespaces of a secret, or why it has none. */
export function namespacesOf(route: Route, name: string): readonly string[] | string {
  const { namespaces } = route.spec;
  if (!('fromSegment' in namespaces)) return namespaces;
  const segment = segmentsOf(name)?.[namespaces.fromSegment - 1];
  if (segment === undefined)
    return `the name has no segment ${namespaces.fromSegment} to take the namespace from`;
  return namespaceName.safeParse(segment).success ? [segment] : `segment ${segment} is not a namespace name`;
}

/** The secrets among `names` that feed the target through the route. */
export function sourcesAmong(route: Route, target: TargetRef, names: Iterable<string>): string[] {
  const fixed = fixedSources(route, target.name);
  const candidates = fixed === undefined ? [...names] : [...names].filter((name) => fixed.includes(name));
  return candidates.filter((name) => feeds(route, target, name)).sort();
}

function feeds(route: Route, target: TargetRef, name: string): boolean {
  if (!covers(route, name)) return false;
  const place = placeOf(route, name);
  const namespaces = namespacesOf(route, name);
  return (
    typeof place === 'object' &&
    place.name === target.name &&
    Array.isArray(namespaces) &&
    namespaces.includes(target.namespace)
  );
}

/** Whether a route could claim the target at all, judged without a listing. Paused routes keep their claims. */
export function mayClaim(route: Route, claim: Claim): boolean {
  const { spec } = route;
  if (!selectsCluster(route, claim.cluster)) return false;
  if (!('fromSegment' in spec.namespaces) && !spec.namespaces.includes(claim.target.namespace)) return false;
  if (spec.layout === 'explicit') return spec.name === claim.target.name;
  return spec.layout === 'service' || covers(route, claim.target.name);
}
