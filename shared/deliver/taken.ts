import type { Route } from '../registry/document.ts';
import { perObject } from '../remember.ts';
import { placementOf } from '../route/placement.ts';
import { covers } from '../route/targets.ts';
import type { Listing } from '../source/source.ts';
import { rowId } from '../status/target.ts';

const takenFrom = perObject((listing: Listing) => perObject((route: Route) => byPlace(route, listing)));

/**
 * The listed secrets that a route takes, by where they land (`namespace:name`): the same for all targets of a delivery and for
 * all clusters of a run, so it is found out once.
 */
export function takenBy(route: Route, listing: Listing): ReadonlyMap<string, readonly string[]> {
  return takenFrom(listing)(route);
}

function byPlace(route: Route, listing: Listing): Map<string, string[]> {
  const places = new Map<string, string[]>();
  for (const [source, { tags }] of listing.secrets) {
    const placement = covers(route, source) ? placementOf(route, source, tags) : undefined;
    if (placement?.kind !== 'placed') continue;
    for (const namespace of placement.namespaces) {
      const id = rowId({ namespace, name: placement.name });
      const names = places.get(id);
      if (names === undefined) places.set(id, [source]);
      else names.push(source);
    }
  }
  return places;
}
