import type { Contribution } from '../read/usable.ts';
import type { SourceVersion } from '../read/source.ts';
import type { Route } from '../registry/document.ts';
import { type Entry, entriesOf } from './entry.ts';
import { RenderRefusal } from './refusal.ts';

/** The data of a Secret as its sources make it. */
export interface Rendered {
  /** Key -> base64, keys sorted. */
  data: Readonly<Record<string, string>>;
  /** The versions whose values stand in `data`. */
  used: ReadonlyMap<string, SourceVersion>;
  /** Keys that were left as found because a source of theirs gave no value now. */
  kept: readonly string[];
  /** The sources behind `kept`. */
  keptSources: readonly string[];
  /** Keys that left the Secret because their source says so (`remove`). */
  removed: readonly string[];
}

/** Kubernetes refuses a Secret whose data is larger. https://kubernetes.io/docs/concepts/configuration/secret/ */
const MAX_BYTES = 1024 * 1024;

/**
 * Renders a target whole. `found` is the data of the live Secret (undefined at creation), from which keys stay whose
 * sources give no value now. The same inputs give the same bytes, whatever their order. Throws RenderRefusal.
 */
export function renderTarget(
  route: Route,
  contributions: ReadonlyMap<string, Contribution>,
  found: Readonly<Record<string, string>> | undefined,
): Rendered {
  const entries = entriesOf(route, [...contributions.keys()]);
  const made = new Map<string, { base64: string; by: string }>();
  const used = new Map<string, SourceVersion>();
  const kept: Entry[] = [];
  const removed: string[] = [];
  for (const entry of entries) {
    const parts = entry.sources.map((source) => contributions.get(source));
    if (parts.some((part) => part !== undefined && 'remove' in part)) removed.push(...(entry.keys ?? []));
    else if (parts.some((part) => part === undefined || 'keep' in part)) kept.push(entry);
    else make(entry, contributions, made, used);
  }
  const keptKeys = keep(kept, made, removed, found);
  const data = Object.fromEntries([...made].map(([key, { base64 }]) => [key, base64] as const).sort(byKey));
  assertSize(data);
  return {
    data,
    used,
    kept: keptKeys,
    keptSources: [...new Set(kept.flatMap((entry) => entry.sources))].sort(),
    removed,
  };
}

function make(
  entry: Entry,
  contributions: ReadonlyMap<string, Contribution>,
  made: Map<string, { base64: string; by: string }>,
  used: Map<string, SourceVersion>,
): void {
  const versions = new Map<string, SourceVersion>();
  for (const source of entry.sources) {
    const part = contributions.get(source);
    if (part !== undefined && 'use' in part) versions.set(source, part.use);
  }
  const by = entry.sources.join(', ');
  for (const [key, bytes] of entry.make(versions)) put(made, key, Buffer.from(bytes).toString('base64'), by);
  for (const [source, version] of versions) used.set(source, version);
}

function put(
  made: Map<string, { base64: string; by: string }>,
  key: string,
  base64: string,
  by: string,
): void {
  const other = made.get(key);
  if (other !== undefined) throw new RenderRefusal(`secrets ${other.by} and ${by} both make the key ${key}`);
  made.set(key, { base64, by });
}

/** Keys as found, for entries without a value now. An entry of unknown keys keeps every key that nothing else makes. */
function keep(
  entries: readonly Entry[],
  made: Map<string, { base64: string; by: string }>,
  removed: readonly string[],
  found: Readonly<Record<string, string>> | undefined,
): string[] {
  const kept: string[] = [];
  for (const entry of entries) {
    const keys =
      entry.keys ?? Object.keys(found ?? {}).filter((key) => !made.has(key) && !removed.includes(key));
    for (const key of keys) {
      const base64 = found !== undefined && Object.hasOwn(found, key) ? found[key] : undefined;
      if (base64 === undefined || made.has(key)) continue;
      made.set(key, { base64, by: entry.sources.join(', ') });
      kept.push(key);
    }
  }
  return kept.sort();
}

function byKey([left]: readonly [string, string], [right]: readonly [string, string]): number {
  return left < right ? -1 : 1;
}

function assertSize(data: Readonly<Record<string, string>>): void {
  const bytes = Object.values(data).reduce((sum, base64) => sum + Buffer.byteLength(base64, 'base64'), 0);
  if (bytes > MAX_BYTES)
    throw new RenderRefusal(`the Secret would hold ${bytes} bytes; Kubernetes allows ${MAX_BYTES}`);
}
