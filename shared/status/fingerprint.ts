import { digestOf } from '../digest.ts';
import type { Route } from '../registry/document.ts';
import { perObject } from '../remember.ts';
import { keepsTags } from '../route/selection.ts';
import { latestOf, type SourceFacts, type SourceStatus } from '../source/source.ts';
import type { Outcome } from './outcome.ts';

/** The tags that change what is written; others may change without a push. */
function relevantTags(route: Route, tags: Readonly<Record<string, string>>): [string, string][] {
  if (Object.keys(tags).length === 0) return [];
  const wanted = new Set(['file-encoding', ...Object.keys(route.spec.match?.tags ?? {})]);
  return Object.entries(tags)
    .filter(([key]) => wanted.has(key.toLowerCase()) || wanted.has(key))
    .sort(([left], [right]) => (left < right ? -1 : 1));
}

/**
 * Names everything a target is computed from except its bytes: what rendering depends on of the route, and of every source
 * its name, when it was last updated, the tags that matter, and its state (which tells whether the namespace accepts it and
 * whether its not-before date has passed). Equal fingerprints mean that nothing changed; an edit of the route that changes
 * none of its Secrets changes none of their fingerprints. The digest only bounds its length: no value, and no hash of one,
 * is in it.
 */
export function fingerprintOf(route: Route, sources: readonly SourceFacts[]): string {
  return `${FORMAT}${digestOf(JSON.stringify([renderDigest(route), partsOf(route, sources)]))}`;
}

const FORMAT = '2:';

/** Whether a row's fingerprint is in the format of an earlier release, in which the whole route counted. */
export function isOldFingerprint(fingerprint: string): boolean {
  return fingerprint !== '' && !fingerprint.startsWith(FORMAT);
}

/** Whether a row's fingerprint is of these facts. */
export function isFingerprintOf(fingerprint: string, route: Route, sources: readonly SourceFacts[]): boolean {
  if (!isOldFingerprint(fingerprint)) return fingerprint === fingerprintOf(route, sources);
  return fingerprint === digestOf(JSON.stringify([routeDigest(route), partsOf(route, sources)]));
}

function partsOf(route: Route, sources: readonly SourceFacts[]) {
  return sources
    .map(({ name, state, properties }) => [
      name,
      state,
      properties?.updated ?? 0,
      properties === undefined ? [] : relevantTags(route, properties.tags),
    ])
    .sort(([left], [right]) => (String(left) < String(right) ? -1 : 1));
}

/** The fingerprint of what a push looked at; empty when it looked at no source. */
export function fingerprintOfLook(route: Route, look: Outcome['look']): string {
  if (look.at !== 'sources') return '';
  const refused = look.refused.map((name): SourceFacts => ({
    name,
    state: 'refused',
    properties: undefined,
  }));
  // A listing leaves out secrets whose tags the route does not ask for; so must this.
  const fed = [...look.sources].filter(([, source]) => keepsTags(route, latestOf(source)));
  return fingerprintOf(route, [...fed.map(factsOf), ...refused]);
}

/** Of a disabled secret a read tells nothing, so nothing but its state counts, here as in a listing. */
function factsOf([name, source]: [string, SourceStatus]): SourceFacts {
  return { name, state: source.state, properties: latestOf(source) };
}

/** Key Vault's clock at the oldest read behind a look, Unix seconds; 0 when nothing was read. */
export function readAtOf(look: Outcome['look']): number {
  if (look.at !== 'sources') return 0;
  const times = [...look.sources.values()].flatMap((source) => latestOf(source)?.readAt ?? []);
  return times.length === 0 ? 0 : Math.min(...times);
}

/** Whether two documents read at different times say the same. */
export function isSameRoute(left: Route, right: Route): boolean {
  return routeDigest(left) === routeDigest(right);
}

/** A route is one of many targets' inputs: its digests are computed once per document read. */
const routeDigest = perObject((route: Route) => canonicalDigest(route));

function canonicalDigest(value: unknown): string {
  return digestOf(JSON.stringify(canonical(value)));
}

/**
 * Of a route without what only decides which targets and sources there are (those stand in the fingerprint themselves), and when. A
 * field that is not named here counts.
 */
const renderDigest = perObject(({ metadata, spec: whole }: Route) => {
  const {
    clusters: _clusters,
    exclude: _exclude,
    paused: _paused,
    debounce: _debounce,
    match,
    namespaces,
    ...spec
  } = whole;
  const segment = 'fromSegment' in namespaces ? namespaces.fromSegment : undefined;
  return canonicalDigest({ name: metadata.name, spec, segment, tags: match?.tags });
});

/** JSON with sorted keys: a document that only lists its fields in another order is the same route. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, inner]) => [key, canonical(inner)]);
}
