import type { Route } from '../registry/document.ts';
import type { Entry } from './entry.ts';
import { explicitEntry } from './explicit.ts';
import { wholeEntry } from './whole.ts';

/** The entries of a target, in a fixed order. `sources` are those that feed it. */
export function entriesOf(route: Route, sources: readonly string[]): Entry[] {
  if (route.spec.layout !== 'explicit') return [...sources].sort().map((source) => wholeEntry(route, source));
  return Object.entries(route.spec.data ?? {})
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, entry]) => explicitEntry(route, key, entry));
}
