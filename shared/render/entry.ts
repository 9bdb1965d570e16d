import type { Route } from '../registry/document.ts';
import type { SourceVersion } from '../read/source.ts';
import { placeOf } from '../route/layout.ts';
import { RenderRefusal } from './refusal.ts';
import { textBytes } from './bytes.ts';

/**
 * A piece of a Secret's data: which sources it needs and how their values become keys. `keys` is undefined when only the
 * values can tell (a JSON document expanded to keys).
 */
export interface Entry {
  sources: readonly string[];
  keys: readonly string[] | undefined;
  /** Throws RenderRefusal when the values cannot be made into bytes. */
  make(versions: ReadonlyMap<string, SourceVersion>): ReadonlyMap<string, Uint8Array>;
}

/** The entries of a target, in a fixed order. `sources` are those that feed it. */
export function entriesOf(route: Route, sources: readonly string[]): Entry[] {
  if (route.spec.layout !== 'explicit')
    return [...sources].sort().map((source) => wholeSecret(route, source));
  return Object.entries(route.spec.data ?? {})
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([key, entry]) => ('secret' in entry ? [oneKey(key, entry.secret)] : []));
}

function wholeSecret(route: Route, source: string): Entry {
  const place = placeOf(route, source);
  const key = typeof place === 'object' ? place.key : undefined;
  if (key === undefined) throw new RenderRefusal(`secret ${source} has no key in this layout`);
  return oneKey(key, source);
}

function oneKey(key: string, source: string): Entry {
  return {
    sources: [source],
    keys: [key],
    make: (versions) => new Map([[key, textBytes(versionOf(versions, source).value, source)]]),
  };
}

function versionOf(versions: ReadonlyMap<string, SourceVersion>, source: string): SourceVersion {
  const version = versions.get(source);
  if (version === undefined) throw new RenderRefusal(`secret ${source} was not read`);
  return version;
}
