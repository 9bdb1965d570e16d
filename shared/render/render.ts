import type { SourceVersion } from '../source/source.ts';
import type { Contribution } from '../source/contribution.ts';
import type { Route } from '../registry/document.ts';
import { entriesOf } from './entries.ts';
import type { Entry } from './entry.ts';
import { RenderRefusal } from './refusal.ts';
import { assertType } from './secret-type.ts';

/** The data of a Secret as its sources make it. */
export interface Rendering {
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
  /** The sources that each key of `data` is made of. */
  madeFrom: ReadonlyMap<string, readonly string[]>;
  /** What a person should know, such as a certificate that was left out. Never a value. */
  notes: readonly string[];
}

type Contributions = ReadonlyMap<string, Contribution>;
type Found = Readonly<Record<string, string>> | undefined;

interface Value {
  base64: string;
  sources: readonly string[];
}

/** What is known of a target while its entries are made. */
interface Draft {
  made: Map<string, Value>;
  used: Map<string, SourceVersion>;
  kept: Entry[];
  gone: Entry[];
  /** Entries with a source that no longer feeds the target: the route or the consent is gone. Their keys leave quietly. */
  orphaned: Entry[];
  notes: string[];
}

/** Kubernetes refuses a Secret whose data is larger. https://kubernetes.io/docs/concepts/configuration/secret/ */
const MAX_BYTES = 1024 * 1024;

/**
 * Renders a target whole. `found` is the data of the live Secret (undefined at creation), from which keys stay whose
 * sources give no value now. The same inputs give the same bytes, whatever their order. Rejects with RenderRefusal.
 */
export async function render(route: Route, contributions: Contributions, found: Found): Promise<Rendering> {
  const draft: Draft = { made: new Map(), used: new Map(), kept: [], gone: [], orphaned: [], notes: [] };
  for (const entry of entriesOf(route, [...contributions.keys()])) await take(entry, contributions, draft);
  if (found === undefined) assertWhole(draft, contributions);
  const removed = removedKeys(draft, found);
  const kept = keep(draft, removed, found);
  const data = Object.fromEntries(
    [...draft.made].map(([key, { base64 }]) => [key, base64] as const).sort(byKey),
  );
  const keptSources = sourcesOf(draft.kept);
  assertSize(data);
  if (draft.made.size > 0)
    assertType(route.spec.type, data, because([...draft.orphaned, ...draft.gone, ...draft.kept]));
  const madeFrom = new Map([...draft.made].map(([key, { sources }]) => [key, sources] as const));
  return { data, used: draft.used, kept, keptSources, removed, madeFrom, notes: draft.notes };
}

/** Makes an entry, or notes why not: a source that says so takes its keys away, one without a value leaves them. */
async function take(entry: Entry, contributions: Contributions, draft: Draft): Promise<void> {
  const parts = entry.sources.map((source) => contributions.get(source));
  if (parts.includes(undefined)) draft.orphaned.push(entry);
  else if (parts.some((part) => part !== undefined && 'remove' in part)) draft.gone.push(entry);
  else if (parts.some((part) => part !== undefined && 'keep' in part)) draft.kept.push(entry);
  else await make(entry, contributions, draft);
}

async function make(entry: Entry, contributions: Contributions, draft: Draft): Promise<void> {
  const versions = new Map<string, SourceVersion>();
  for (const source of entry.sources) {
    const part = contributions.get(source);
    if (part !== undefined && 'use' in part) versions.set(source, part.use);
  }
  const { keys, notes = [] } = await entry.make(versions);
  for (const [key, bytes] of keys) put(draft.made, key, bytes, entry.sources);
  for (const [source, version] of versions) draft.used.set(source, version);
  draft.notes.push(...notes);
}

function put(made: Map<string, Value>, key: string, bytes: Uint8Array, sources: readonly string[]): void {
  const other = made.get(key);
  if (other !== undefined)
    throw new RenderRefusal(
      `secrets ${other.sources.join(', ')} and ${sources.join(', ')} both make the key ${key}`,
    );
  made.set(key, { base64: Buffer.from(bytes).toString('base64'), sources });
}

/** At creation a template waits for all of its secrets: without it the Secret would be a part of what was asked for. */
function assertWhole({ kept, gone, orphaned }: Draft, contributions: Contributions): void {
  const entry = [...orphaned, ...gone, ...kept].find((one) => one.indispensable);
  const source = entry?.sources.find((one) => !('use' in (contributions.get(one) ?? {})));
  if (entry === undefined || source === undefined) return;
  const part = contributions.get(source);
  const state = part === undefined ? 'no source of this target' : Object.values(part).join();
  throw new RenderRefusal(
    `the template of key ${(entry.keys ?? []).join(', ')} needs secret ${source}, which is ${state}`,
  );
}

/** Entries of unknown keys take every key with them that nothing else makes, unless one of those must stay. */
function removedKeys({ gone, kept, made }: Draft, found: Found): string[] {
  const known = gone.flatMap((entry) => entry.keys ?? []);
  const isUnknown = (entry: Entry): boolean => entry.keys === undefined;
  if (!gone.some(isUnknown) || kept.some(isUnknown)) return known;
  const staying = new Set([...made.keys(), ...kept.flatMap((entry) => entry.keys ?? []), ...known]);
  return [...known, ...Object.keys(found ?? {}).filter((key) => !staying.has(key))];
}

/** Keys as found, for entries without a value now. An entry of unknown keys keeps every key that nothing else makes. */
function keep({ kept, made }: Draft, removed: readonly string[], found: Found = {}): string[] {
  const result: string[] = [];
  const known = kept.filter((entry) => entry.keys !== undefined);
  const unknown = kept.filter((entry) => entry.keys === undefined);
  for (const entry of [...known, ...unknown]) {
    const keys = entry.keys ?? Object.keys(found).filter((key) => !removed.includes(key));
    for (const key of keys) {
      const base64 = Object.hasOwn(found, key) ? found[key] : undefined;
      if (base64 === undefined || made.has(key)) continue;
      made.set(key, { base64, sources: entry.sources });
      result.push(key);
    }
  }
  return result.sort();
}

const sourcesOf = (entries: readonly Entry[]): string[] =>
  [...new Set(entries.flatMap((entry) => entry.sources))].sort();

function because(silent: readonly Entry[]): string {
  return silent.length === 0 ? '' : `; no value now from ${sourcesOf(silent).join(', ')}`;
}

function byKey([left]: readonly [string, string], [right]: readonly [string, string]): number {
  return left < right ? -1 : 1;
}

function assertSize(data: Readonly<Record<string, string>>): void {
  const bytes = Object.values(data).reduce((sum, base64) => sum + Buffer.byteLength(base64, 'base64'), 0);
  if (bytes > MAX_BYTES)
    throw new RenderRefusal(`the Secret would hold ${bytes} bytes; Kubernetes allows ${MAX_BYTES}`);
}
