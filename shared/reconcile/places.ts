import { KEPT_OF_SECRET } from '../list-budget.ts';
import type { Cluster, Route } from '../registry/document.ts';
import { placementOf } from '../route/placement.ts';
import { covers, selectsCluster } from '../route/targets.ts';
import type { Listing } from '../source/source.ts';
import { namespaceOf, type TargetStatus } from '../status/target.ts';

/** Where a listed secret lands by a route, in every cluster of the route. */
interface Place {
  source: string;
  namespaces: readonly string[];
  name: string;
}

const known = new WeakMap<Listing, Map<Route, readonly Place[]>>();

/** The places that a route makes of a listing. The same for every cluster, so it is found out once per listing. */
export function placesOf(route: Route, listing: Listing): readonly Place[] {
  const ofListing = known.get(listing) ?? new Map<Route, readonly Place[]>();
  known.set(listing, ofListing);
  const places =
    ofListing.get(route) ??
    [...listing.secrets].flatMap(([name, { tags }]) => {
      const placement = covers(route, name) ? placementOf(route, name, tags) : undefined;
      if (placement?.kind !== 'placed') return [];
      return [{ source: name, namespaces: placement.namespaces, name: placement.name }];
    });
  ofListing.set(route, places);
  return places;
}

/**
 * By namespace, what a list may keep of the Secrets that stand there as far as rows tell, and of those that routes ask for. What
 * is written on an orphan nobody asked for, so its row says only that there is one.
 */
export function expectedCharacters(
  cluster: Cluster,
  { routes, listings }: { routes: readonly Route[]; listings: ReadonlyMap<string, Listing> },
  rows: readonly Pick<TargetStatus, 'id' | 'state' | 'sources'>[],
): Map<string, number> {
  const expected = new Map<string, number>();
  const add = (namespace: string, characters: number): void =>
    void expected.set(namespace, (expected.get(namespace) ?? 0) + characters);
  for (const { id, state, sources } of rows)
    add(namespaceOf({ id }), KEPT_OF_SECRET + (state === 'orphaned' ? 0 : sources.length));
  for (const route of routes) {
    const listing = selectsCluster(route, cluster) ? listings.get(route.spec.vault) : undefined;
    if (listing === undefined) continue;
    for (const { namespaces } of placesOf(route, listing))
      for (const namespace of namespaces) add(namespace, KEPT_OF_SECRET);
  }
  return expected;
}
