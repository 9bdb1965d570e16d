import { takenBy } from '../deliver/taken.ts';
import type { Failure } from '../errors.ts';
import type { TargetRef } from '../names.ts';
import type { Cluster, Route } from '../registry/document.ts';
import { consentOf, consentRefusal, isAccepted, type Namespace } from '../route/consent.ts';
import { notOwner, ownerOf, routeId } from '../route/owner.ts';
import { fixedSources } from '../route/placement.ts';
import { keepsTags } from '../route/selection.ts';
import { NOTHING_SPECIAL, selectsCluster, sourcesAmong, type Target } from '../route/targets.ts';
import type { Listing, SourceFacts } from '../source/source.ts';
import { stateOf } from '../source/state.ts';
import { refOf, rowId } from '../status/target.ts';
import { recordedOwner, recordedRoute, recordedSources } from '../target/ownership.ts';
import type { SecretMetadata } from '../target/secret.ts';
import type { ClusterSnapshot } from './snapshot.ts';

/** What is needed of a cluster to tell what routes want there. */
type View = Pick<ClusterSnapshot, 'cluster' | 'routes' | 'bad' | 'listings' | 'namespaces' | 'live' | 'rows'>;

/** A target that routes ask for, by the route that gets it, and those that do not. */
export interface Wanted {
  /** Of the owner; where nobody owns it, of the route for which it is looked at all the same. */
  target: Target;
  sources: readonly string[];
  accepted: readonly string[];
  /** Names of other routes that claim the target through a source the namespace accepts. */
  rivals: readonly string[];
  /** Several routes claim what none of them has made: why nobody writes it. */
  contested: Failure | undefined;
  namespace: Namespace | undefined;
}

/** A route's claim to a target, through these sources. */
interface Claim {
  target: Target;
  sources: Set<string>;
}

/** All targets of the cluster that its routes claim, paused ones included, by `namespace:name`. */
export function wantedTargets(view: View): Map<string, Wanted> {
  const claims = new Map<string, Claim[]>();
  const made = byRoute(view.live.values());
  for (const route of view.routes.filter((one) => selectsCluster(one, view.cluster))) {
    for (const [id, claim] of claimsOf(route, made.get(route.metadata.name) ?? [], view)) {
      const rivals = claims.get(id);
      if (rivals === undefined) claims.set(id, [claim]);
      else rivals.push(claim);
    }
  }
  const wanted = new Map<string, Wanted>();
  for (const [id, rivals] of claims)
    if (!isWithheld(view.live.get(id), view)) wanted.set(id, wantedBy(id, rivals, view));
  return wanted;
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
function isWithheld(live: SecretMetadata | undefined, view: View): boolean {
  const recorded = live === undefined ? undefined : recordedRoute(live);
  if (live === undefined || recorded === undefined) return false;
  if (view.bad.some(({ kind, name }) => kind === 'Route' && name === recorded)) return true;
  const owner = view.routes.find(
    (route) => route.metadata.name === recorded && routeId(route) === recordedOwner(live, route.spec.vault),
  );
  if (owner === undefined || !selectsCluster(owner, view.cluster)) return false;
  return !view.listings.has(owner.spec.vault);
}

/** A route's claims: from the listing, and from live Secrets it made whose sources have left the listing since. */
function claimsOf(route: Route, made: readonly SecretMetadata[], view: View): Map<string, Claim> {
  const found = new Map<string, Claim>();
  const listing = view.listings.get(route.spec.vault);
  if (listing === undefined) return found;
  const add = (id: string, names: readonly string[]): void => {
    const ref = refOf({ cluster: view.cluster.metadata.name, id });
    const known = found.get(id) ?? { target: targetIn(view.cluster, route, ref), sources: new Set<string>() };
    for (const name of fixedSources(route, ref.name) ?? names) known.sources.add(name);
    found.set(id, known);
  };
  for (const [id, names] of takenBy(route, listing)) add(id, names);
  for (const secret of made) {
    const id = rowId(secret);
    const listed = found.get(id)?.sources;
    const others = [...recordedSources(secret, route.spec.vault).keys()].filter((name) => !listed?.has(name));
    // Of nearly all there is nothing that the listing did not say.
    if (others.length === 0) continue;
    const names = sourcesAmong(route, secret, others).filter((source) =>
      keepsTags(route, listing.secrets.get(source)),
    );
    if (names.length > 0) add(id, names);
  }
  return found;
}

function targetIn(cluster: Cluster, route: Route, ref: TargetRef): Target {
  return { ref, route, cluster, asked: { by: 'run', listed: [] }, allowed: NOTHING_SPECIAL };
}

function wantedBy(id: string, claims: readonly Claim[], view: View): Wanted {
  const [first, ...others] = claims.length === 1 ? claims : inOrder(claims, view.live.get(id));
  if (first === undefined) throw new TypeError('a target without a claim');
  const namespace = view.namespaces.get(first.target.ref.namespace);
  const consent = consentOf(view.cluster, namespace);
  const acceptedOf = ({ target, sources }: Claim): string[] =>
    [...sources].filter((name) => isAccepted(consent, { vault: target.route.spec.vault, name }));
  const willing = [first, ...others].filter((one) => acceptedOf(one).length > 0);
  const live = view.live.get(id);
  const vault = first.target.route.spec.vault;
  const made = view.rows.get(id)?.maker || undefined;
  const ownership = ownerOf(willing.map(idOf), live === undefined ? made : recordedOwner(live, vault));
  const isOwner = (one: Claim): boolean =>
    ownership?.kind === 'contested' || (ownership?.kind === 'owned' && idOf(one) === ownership.by);
  const owner = willing.find(isOwner) ?? first;
  const sources = [...owner.sources].sort();
  return {
    target: { ...owner.target, asked: { by: 'run', listed: sources } },
    sources,
    accepted: acceptedOf(owner).sort(),
    rivals: willing.filter((one) => one !== owner).map(routeOf),
    contested: ownership?.kind === 'contested' ? notOwner(ownership) : undefined,
    namespace,
  };
}

/**
 * For whom a target is looked at while nobody owns it: the route that made it, then those that are awake. A paused one among
 * them keeps nobody from being told why nothing is written.
 */
function inOrder(claims: readonly Claim[], live: SecretMetadata | undefined): Claim[] {
  const rank = (claim: Claim): string => {
    const { route } = claim.target;
    const isMaker = live !== undefined && recordedOwner(live, route.spec.vault) === idOf(claim);
    return `${isMaker ? 0 : route.spec.paused ? 2 : 1} ${idOf(claim)}`;
  };
  return [...claims].sort((left, right) => (rank(left) < rank(right) ? -1 : 1));
}

function idOf({ target }: Claim): string {
  return routeId(target.route);
}

function routeOf({ target }: Claim): string {
  return target.route.metadata.name;
}

/** Why a target is not even looked at, in the words of a push. */
export function refusalOf(wanted: Wanted, snapshot: ClusterSnapshot): Failure | undefined {
  const { target, namespace, accepted, sources, contested } = wanted;
  const refused = accepted.length > 0 ? undefined : sources[0];
  return (
    consentRefusal(target, namespace, refused) ?? snapshot.unlisted.get(target.ref.namespace) ?? contested
  );
}

/** What the listing says of each source of a target, without those whose tags the route does not ask for, as in a push. */
export function factsOf({ target, sources, accepted }: Wanted, listing: Listing): SourceFacts[] {
  return sources
    .filter((name) => !accepted.includes(name) || keepsTags(target.route, listing.secrets.get(name)))
    .map((name) => {
      if (!accepted.includes(name)) return { name, state: 'refused', properties: undefined };
      const properties = listing.secrets.get(name);
      if (properties === undefined) return { name, state: 'deleted', properties };
      const state = stateOf(properties, listing.readAt);
      return { name, state, properties: state === 'disabled' ? undefined : properties };
    });
}
