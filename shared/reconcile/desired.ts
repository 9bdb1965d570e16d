import type { TargetRef } from '../names.ts';
import type { Namespace, SecretMetadata } from '../target/secret.ts';
import { recordedRoute, recordedSources } from '../target/ownership.ts';
import type { Listing } from '../source/source.ts';
import type { Cluster, Route } from '../registry/document.ts';
import { type Consent, isAccepted } from '../deliver/sources.ts';
import { consentOf } from '../route/consent.ts';
import { type Claim, selectsCluster, sourcesAmong } from '../route/targets.ts';
import { fixedSources } from '../route/placement.ts';
import { hasTags } from '../route/selection.ts';
import { placesOf } from './places.ts';

/** Everything a run knows of one cluster, none of it a value. */
export interface ClusterView {
  cluster: Cluster;
  routes: readonly Route[];
  /** By vault; a vault whose listing failed is missing, and nothing is concluded about its secrets. */
  listings: ReadonlyMap<string, Listing>;
  namespaces: ReadonlyMap<string, Namespace>;
  /** Secrets of this instance, by `namespace:name`. */
  live: ReadonlyMap<string, SecretMetadata>;
  /** Names of routes whose rows cannot be read: what they made stays theirs. */
  unreadable: ReadonlySet<string>;
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
  namespace: Namespace | undefined;
}

interface Found {
  claim: Claim;
  sources: string[];
}

/** All targets of the cluster that its routes claim, paused ones included, by `namespace:name`. */
export function wantedTargets(view: ClusterView): Map<string, Wanted> {
  const claims = new Map<string, Found[]>();
  const made = byRoute(view.live.values());
  for (const route of view.routes.filter((one) => selectsCluster(one, view.cluster))) {
    for (const [id, found] of claimsOfRoute(route, made.get(route.metadata.name) ?? [], view))
      claims.set(id, [...(claims.get(id) ?? []), found]);
  }
  const certain = [...claims].filter(([id]) => !isWithheld(view.live.get(id), view));
  return new Map(certain.map(([id, found]) => [id, ownedOf(found, view)]));
}

export function idOf({ namespace, name }: { namespace: string; name: string }): string {
  return `${namespace}:${name}`;
}

function byRoute(secrets: Iterable<SecretMetadata>): Map<string, SecretMetadata[]> {
  const made = new Map<string, SecretMetadata[]>();
  for (const secret of secrets) {
    const route = recordedRoute(secret) ?? '';
    const others = made.get(route);
    if (others === undefined) made.set(route, [secret]);
    else others.push(secret);
  }
  return made;
}

/** What a route made stays with it while its row, or its vault, cannot be read: no other route takes it over meanwhile. */
function isWithheld(live: SecretMetadata | undefined, view: ClusterView): boolean {
  const recorded = live === undefined ? undefined : recordedRoute(live);
  if (recorded === undefined) return false;
  if (view.unreadable.has(recorded)) return true;
  const owner = view.routes.find(({ metadata }) => metadata.name === recorded);
  if (owner === undefined || !selectsCluster(owner, view.cluster)) return false;
  return !view.listings.has(owner.spec.vault);
}

/** A route's targets: from the listing, and from live Secrets it made whose sources have left the listing since. */
function claimsOfRoute(route: Route, made: readonly SecretMetadata[], view: ClusterView): Map<string, Found> {
  const found = new Map<string, Found>();
  const listing = view.listings.get(route.spec.vault);
  if (listing === undefined) return found;
  const cluster = view.cluster.metadata.name;
  const add = (namespace: string, name: string, names: readonly string[]): void => {
    const id = idOf({ namespace, name });
    const known = found.get(id);
    if (known !== undefined) known.sources.push(...names);
    else {
      const claim = { route, cluster: view.cluster, target: { cluster, namespace, name } };
      found.set(id, { claim, sources: [...names] });
    }
  };
  for (const { source, namespaces, name } of placesOf(route, listing))
    for (const namespace of namespaces) add(namespace, name, fixedSources(route, name) ?? [source]);
  for (const secret of made) {
    const target = { cluster, namespace: secret.namespace, name: secret.name };
    const recorded = recordedSources(secret, route.spec.vault).keys();
    const names = sourcesAmong(route, target, recorded).filter((name) => keepsTags(route, listing, name));
    if (names.length > 0) add(target.namespace, target.name, fixedSources(route, target.name) ?? names);
  }
  return found;
}

/** Whether a source feeds the route as far as tags go. A push reads none of a deleted or disabled one: it keeps its place. */
export function keepsTags(route: Route, listing: Listing, name: string): boolean {
  const properties = listing.secrets.get(name);
  return properties === undefined || !properties.enabled || hasTags(route, properties.tags);
}

function ownedOf(found: readonly Found[], view: ClusterView): Wanted {
  const [first, ...others] = [...found].sort((left, right) => (routeOf(left) < routeOf(right) ? -1 : 1));
  if (first === undefined) throw new TypeError('a target without a claim');
  const { target } = first.claim;
  const namespace = view.namespaces.get(target.namespace);
  const consent = consentOf({ work: { claim: first.claim, source: undefined }, namespace, live: undefined });
  const willing = [first, ...others].filter((one) => acceptedOf(one, consent).length > 0);
  const live = view.live.get(idOf(target));
  const recorded = live === undefined ? undefined : recordedRoute(live);
  const owner = willing.find((one) => routeOf(one) === recorded) ?? willing[0] ?? first;
  return {
    target,
    claim: owner.claim,
    sources: [...new Set(owner.sources)].sort(),
    accepted: acceptedOf(owner, consent),
    rivals: willing.filter((one) => one !== owner).map(routeOf),
    namespace,
  };
}

function routeOf({ claim }: Found): string {
  return claim.route.metadata.name;
}

function acceptedOf({ claim, sources }: Found, consent: Consent): string[] {
  const { vault } = claim.route.spec;
  const accepted = sources.filter((name) => isAccepted(consent, { vault, name }));
  return [...new Set(accepted)].sort();
}
