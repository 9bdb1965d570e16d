import { KEPT_OF_SECRET } from '../list-budget.ts';
import type { Cluster, Route } from '../registry/document.ts';
import { placementOf } from '../route/placement.ts';
import { covers, selectsCluster } from '../route/targets.ts';
import type { Listing } from '../source/source.ts';
import type { TargetStatus } from '../status/target.ts';

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

/** Of the Secrets that stand in a cluster as far as rows tell, and of those that routes ask for: what a list may keep of them. */
export function expectedCharacters(
  cluster: Cluster,
  { routes, listings }: { routes: readonly Route[]; listings: ReadonlyMap<string, Listing> },
  rows: readonly Pick<TargetStatus, 'sources'>[],
): number {
  let characters = 0;
  for (const { sources } of rows) characters += KEPT_OF_SECRET + sources.length;
  for (const route of routes) {
    const listing = selectsCluster(route, cluster) ? listings.get(route.spec.vault) : undefined;
    if (listing === undefined) continue;
    for (const { namespaces } of placesOf(route, listing)) characters += namespaces.length * KEPT_OF_SECRET;
  }
  return characters;
}
