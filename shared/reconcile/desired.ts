import type { TargetRef } from '../names.ts';
import type { NamespaceView, SecretSummary } from '../push/kubernetes-secret.ts';
import { recordedRoute, SOURCES_ANNOTATION } from '../push/ownership.ts';
import { parseProvenance } from '../push/provenance.ts';
import type { Listing } from '../read/source.ts';
import type { Cluster, Route } from '../registry/document.ts';
import { type Acceptance, accepts, parseAccept } from '../route/accept.ts';
import { type Claim, covers, namespacesOf, selectsCluster, sourcesAmong } from '../route/claims.ts';
import { fixedSources, placeOf } from '../route/layout.ts';
import { hasTags } from '../route/selection.ts';

/** Everything a run knows of one cluster, none of it a value. */
export interface ClusterView {
  cluster: Cluster;
  routes: readonly Route[];
  /** By vault; a vault whose listing failed is missing, and nothing is concluded about its secrets. */
  listings: ReadonlyMap<string, Listing>;
  namespaces: ReadonlyMap<string, NamespaceView>;
  /** Secrets of this instance, by `namespace:name`. */
  live: ReadonlyMap<string, SecretSummary>;
}

/** A target that routes ask for, with the claim that gets it and those that do not. */
export interface Wanted {
  target: TargetRef;
  /** The owner's claim; without consent for anyone, the first one's. */
  claim: Claim;
  sources: readonly string[];
  accepted: readonly string[];
  /** Other routes that claim the target through a source the namespace accepts. */
  rivals: readonly string[];
  namespace: NamespaceView | undefined;
}

/** All targets of the cluster that its routes claim, paused ones included, by `namespace:name`. */
export function wantedTargets(view: ClusterView): Map<string, Wanted> {
  const claims = new Map<string, { claim: Claim; sources: string[] }[]>();
  for (const route of view.routes.filter((one) => selectsCluster(one, view.cluster))) {
    for (const [id, found] of claimsOfRoute(route, view)) claims.set(id, [...(claims.get(id) ?? []), found]);
  }
  return new Map([...claims].map(([id, found]) => [id, ownedOf(found, view)]));
}

export function idOf({ namespace, name }: { namespace: string; name: string }): string {
  return `${namespace}:${name}`;
}

/** A route's targets: from the listing, and from live Secrets it made whose sources have left the listing since. */
function claimsOfRoute(route: Route, view: ClusterView): Map<string, { claim: Claim; sources: string[] }> {
  const found = new Map<string, { claim: Claim; sources: string[] }>();
  const listing = view.listings.get(route.spec.vault);
  if (listing === undefined) return found;
  const add = (target: TargetRef, names: readonly string[]): void => {
    const id = idOf(target);
    const known = found.get(id) ?? { claim: { route, cluster: view.cluster, target }, sources: [] };
    found.set(id, { ...known, sources: [...new Set([...known.sources, ...names])].sort() });
  };
  for (const [name, properties] of listing.secrets) {
    if (!hasTags(route, properties.tags)) continue;
    for (const target of targetsOf(route, name, view.cluster))
      add(target, fixedSources(route, target.name) ?? [name]);
  }
  for (const secret of view.live.values()) {
    if (recordedRoute(secret) !== route.metadata.name) continue;
    const target = { cluster: view.cluster.metadata.name, namespace: secret.namespace, name: secret.name };
    const recorded = parseProvenance(secret.annotations[SOURCES_ANNOTATION]).sources.keys();
    const names = sourcesAmong(route, target, recorded).filter((name) => keepsTags(route, listing, name));
    if (names.length > 0) add(target, fixedSources(route, target.name) ?? names);
  }
  return found;
}

function keepsTags(route: Route, listing: Listing, name: string): boolean {
  const properties = listing.secrets.get(name);
  return properties === undefined || hasTags(route, properties.tags);
}

function targetsOf(route: Route, name: string, cluster: Cluster): TargetRef[] {
  if (!covers(route, name)) return [];
  const place = placeOf(route, name);
  const namespaces = namespacesOf(route, name);
  if (typeof place !== 'object' || typeof namespaces === 'string') return [];
  return namespaces.map((namespace) => ({ cluster: cluster.metadata.name, namespace, name: place.name }));
}

function ownedOf(found: readonly { claim: Claim; sources: string[] }[], view: ClusterView): Wanted {
  const [first, ...others] = [...found].sort((left, right) => (routeOf(left) < routeOf(right) ? -1 : 1));
  if (first === undefined) throw new TypeError('a target without a claim');
  const { target } = first.claim;
  const namespace = view.namespaces.get(target.namespace);
  const consent = view.cluster.spec.requireConsent ? parseAccept(namespace?.accept) : undefined;
  const willing = [first, ...others].filter((one) => acceptedOf(one, consent).length > 0);
  const live = view.live.get(idOf(target));
  const recorded = live === undefined ? undefined : recordedRoute(live);
  const owner = willing.find((one) => routeOf(one) === recorded) ?? willing[0] ?? first;
  return {
    target,
    claim: owner.claim,
    sources: owner.sources,
    accepted: acceptedOf(owner, consent),
    rivals: willing.filter((one) => one !== owner).map(routeOf),
    namespace,
  };
}

function routeOf({ claim }: { claim: Claim }): string {
  return claim.route.metadata.name;
}

function acceptedOf(
  { claim, sources }: { claim: Claim; sources: readonly string[] },
  consent: Acceptance | undefined,
): string[] {
  const { vault } = claim.route.spec;
  return sources.filter((name) => consent === undefined || accepts(consent, { vault, name }));
}
