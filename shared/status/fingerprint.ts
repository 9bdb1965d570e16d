import { createHash } from 'node:crypto';
import type { SourceState } from '../source/state.ts';
import type { SourceProperties } from '../source/source.ts';
import type { Route } from '../registry/document.ts';

/** What is known of one source of a target without its value. */
export interface SourceFacts {
  name: string;
  /** `refused`: the namespace does not accept it. */
  state: SourceState | 'refused' | 'unreadable';
  properties: SourceProperties | undefined;
}

/** The tags that change what is written; others may change without a push. */
function relevantTags(route: Route, tags: Readonly<Record<string, string>>): [string, string][] {
  const wanted = new Set(['file-encoding', ...Object.keys(route.spec.match?.tags ?? {})]);
  return Object.entries(tags)
    .filter(([key]) => wanted.has(key.toLowerCase()) || wanted.has(key))
    .sort(([left], [right]) => (left < right ? -1 : 1));
}

/**
 * Names everything a target is computed from except its bytes: the route, and of every source its name, when it was last
 * updated, the tags that matter, and its state (which tells whether the namespace accepts it and whether its not-before
 * date has passed). Equal fingerprints mean that nothing changed. The digest only bounds its length: no value, and no hash
 * of one, is in it.
 */
export function fingerprintOf(route: Route, sources: readonly SourceFacts[]): string {
  const parts = sources
    .map(({ name, state, properties }) => [
      name,
      state,
      properties?.updated ?? 0,
      properties === undefined ? [] : relevantTags(route, properties.tags),
    ])
    .sort(([left], [right]) => (String(left) < String(right) ? -1 : 1));
  return digest(JSON.stringify([digestOf(route), parts]));
}

/** Whether two documents read at different times say the same. */
export function isSameRoute(left: Route, right: Route): boolean {
  return digestOf(left) === digestOf(right);
}

const routeDigests = new WeakMap<Route, string>();

/** A route is one of many targets' inputs: its digest is computed once per document read. */
function digestOf(route: Route): string {
  const known = routeDigests.get(route) ?? digest(JSON.stringify(canonical(route)));
  routeDigests.set(route, known);
  return known;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** JSON with sorted keys: a document that only lists its fields in another order is the same route. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, inner]) => [key, canonical(inner)]);
}
