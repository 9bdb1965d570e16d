import type { Listing } from '../source/source.ts';
import type { Route } from '../registry/document.ts';
import { covers, namespacesOf } from '../route/targets.ts';
import { placeOf } from '../route/placement.ts';
import { hasTags } from '../route/selection.ts';

/** Where a listed secret lands by a route, in every cluster of the route. */
interface Placed {
  source: string;
  namespaces: readonly string[];
  name: string;
}

const known = new WeakMap<Listing, Map<Route, readonly Placed[]>>();

/** The targets that a route makes of a listing. The same for every cluster, so it is found out once per listing. */
export function placesOf(route: Route, listing: Listing): readonly Placed[] {
  const ofListing = known.get(listing) ?? new Map<Route, readonly Placed[]>();
  known.set(listing, ofListing);
  const places =
    ofListing.get(route) ?? [...listing.secrets.keys()].flatMap((name) => placed(route, name, listing));
  ofListing.set(route, places);
  return places;
}

function placed(route: Route, source: string, listing: Listing): Placed[] {
  if (!covers(route, source) || !hasTags(route, listing.secrets.get(source)?.tags ?? {})) return [];
  const place = placeOf(route, source);
  const namespaces = namespacesOf(route, source);
  return typeof place === 'object' && Array.isArray(namespaces)
    ? [{ source, namespaces, name: place.name }]
    : [];
}
