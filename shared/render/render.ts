import type { Route } from '../registry/document.ts';
import type { SourceVersion } from '../source/source.ts';
import { entriesOf } from './entries.ts';
import { entriesIn, type Entry, notesIn, piecesOf, sourcesOf, usedIn } from './entry.ts';
import { RenderRefusal } from './refusal.ts';
import { AS_IT_IS, isJudged, typed } from './secret-type.ts';

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

type Contributions = Parameters<typeof piecesOf>[1];
type Pieces = Awaited<ReturnType<typeof piecesOf>>;
type Found = Readonly<Record<string, string>> | undefined;

/** What stands under a key of a Secret, and the secrets it is made of. */
interface Value {
  bytes: Buffer;
  sources: readonly string[];
}

const NOTHING: ReadonlyMap<string, Value> = new Map();

/** Kubernetes refuses a Secret whose data is larger. https://kubernetes.io/docs/concepts/configuration/secret/ */
const MAX_BYTES = 1024 * 1024;

/**
 * Renders a target whole. `found` is the data of the live Secret (undefined at creation), from which keys stay whose
 * sources give no value now. The same inputs give the same bytes, whatever their order. Rejects with RenderRefusal.
 */
export async function render(route: Route, contributions: Contributions, found: Found): Promise<Rendering> {
  const pieces = await piecesOf(entriesOf(route, [...contributions.keys()]), contributions);
  const broken = pieces.find((piece) => piece.kind === 'broken');
  if (broken !== undefined) throw broken.refusal;
  return folded(route, pieces, contributions, found);
}

/**
 * The same, but a source whose value cannot be made into bytes keeps its keys, like one that cannot be read, and is named in
 * `broken`. Rejects with RenderRefusal only for what concerns the Secret as a whole: its type, its size, a key that two
 * sources make, a template without which it must not be created.
 */
export async function renderTarget(
  route: Route,
  contributions: Contributions,
  found: Found,
): Promise<Rendering & { broken: ReadonlyMap<string, RenderRefusal> }> {
  const pieces = await piecesOf(entriesOf(route, [...contributions.keys()]), contributions);
  return { ...(await folded(route, pieces, contributions, found)), broken: brokenIn(pieces) };
}

/** Where nobody can tell which of several secrets is to blame, each of them is. */
function brokenIn(pieces: Pieces): Map<string, RenderRefusal> {
  const broken = new Map<string, RenderRefusal>();
  for (const piece of pieces) {
    if (piece.kind !== 'broken') continue;
    const { refusal, entry } = piece;
    const sources = refusal.source === undefined ? entry.sources : [refusal.source];
    for (const source of sources) broken.set(source, broken.get(source) ?? refusal);
  }
  return broken;
}

async function folded(
  route: Route,
  pieces: Pieces,
  contributions: Contributions,
  found: Found,
): Promise<Rendering> {
  if (found === undefined) assertWhole(pieces, contributions);
  const made = madeOf(pieces);
  const isWhole = pieces.every(({ kind }) => kind === 'made');
  const removed = isWhole ? [] : removedKeys(pieces, made, found);
  const kept = isWhole ? NOTHING : keptOf(pieces, made, removed, found);
  const values = isWhole ? made : new Map([...made, ...kept]);
  // Most types have nothing to judge, and then nobody waits.
  const isTyped = values.size > 0 && isJudged(route.spec.type);
  const type = isTyped ? await typedOf(route, pieces, values, kept) : AS_IT_IS;
  const sorted = [...values].sort(([left], [right]) => (left < right ? -1 : 1));
  const bytes = sorted.map(([key, { bytes }]) => [key, type.rewritten.get(key) ?? bytes] as const);
  assertSize(bytes.map(([, one]) => one));
  return {
    data: Object.fromEntries(bytes.map(([key, one]) => [key, one.toString('base64')])),
    used: usedIn(pieces),
    kept: [...kept.keys()].sort(),
    keptSources: isWhole ? [] : sourcesOf(entriesIn(pieces, 'kept', 'broken')),
    removed,
    madeFrom: new Map(sorted.map(([key, { sources }]) => [key, sources])),
    notes: [...new Set([...notesIn(pieces), ...type.notes])],
  };
}

function madeOf(pieces: Pieces): Map<string, Value> {
  const made = new Map<string, Value>();
  for (const piece of pieces) {
    if (piece.kind !== 'made') continue;
    const { sources } = piece.entry;
    for (const [key, bytes] of piece.made.keys) {
      const other = made.get(key);
      if (other !== undefined)
        throw new RenderRefusal(
          `secrets ${other.sources.join(', ')} and ${sources.join(', ')} both make the key ${key}`,
        );
      made.set(key, { bytes: Buffer.from(bytes), sources });
    }
  }
  return made;
}

/** At creation a template waits for all of its secrets: without it the Secret would be a part of what was asked for. */
function assertWhole(pieces: Pieces, contributions: Contributions): void {
  for (const piece of pieces)
    if (piece.kind === 'broken' && piece.entry.indispensable === true) throw piece.refusal;
  const entry = entriesIn(pieces, 'orphaned', 'removed', 'kept').find((one) => one.indispensable);
  const source = entry?.sources.find((one) => !('use' in (contributions.get(one) ?? {})));
  if (entry === undefined || source === undefined) return;
  const part = contributions.get(source);
  const state = part === undefined ? 'no source of this target' : Object.values(part).join();
  throw new RenderRefusal(
    `the template of key ${(entry.keys ?? []).join(', ')} needs secret ${source}, which is ${state}`,
  );
}

const isOpen = (entry: Entry): boolean => entry.keys === undefined;
const namedBy = (entries: readonly Entry[]): string[] => entries.flatMap(({ keys }) => keys ?? []);

/** Entries of unknown keys take every key with them that nothing else makes, unless one of those must stay. */
function removedKeys(pieces: Pieces, made: ReadonlyMap<string, Value>, found: Found): string[] {
  const gone = entriesIn(pieces, 'removed');
  const staying = entriesIn(pieces, 'kept', 'broken');
  const known = namedBy(gone);
  if (!gone.some(isOpen) || staying.some(isOpen)) return known;
  const taken = new Set([...made.keys(), ...namedBy(staying), ...known]);
  return [...known, ...Object.keys(found ?? {}).filter((key) => !taken.has(key))];
}

/** Keys as found, for entries without a value now. An entry of unknown keys keeps every key that nothing else makes. */
function keptOf(
  pieces: Pieces,
  made: ReadonlyMap<string, Value>,
  removed: readonly string[],
  found: Found = {},
): Map<string, Value> {
  const kept = new Map<string, Value>();
  const staying = entriesIn(pieces, 'kept', 'broken');
  for (const { keys, sources } of staying.toSorted(
    (left, right) => Number(isOpen(left)) - Number(isOpen(right)),
  ))
    for (const key of keys ?? Object.keys(found).filter((one) => !removed.includes(one))) {
      const base64 = Object.hasOwn(found, key) ? found[key] : undefined;
      if (base64 === undefined || made.has(key) || kept.has(key)) continue;
      kept.set(key, { bytes: Buffer.from(base64, 'base64'), sources });
    }
  return kept;
}

/** The type is judged by the clock of the vault that was read last. */
function typedOf(
  { spec }: Route,
  pieces: Pieces,
  values: ReadonlyMap<string, Value>,
  kept: ReadonlyMap<string, Value>,
) {
  const silent = sourcesOf(entriesIn(pieces, 'orphaned', 'removed', 'kept', 'broken'));
  const because = silent.length === 0 ? '' : `; no value now from ${silent.join(', ')}`;
  const now = Math.max(0, ...[...usedIn(pieces).values()].map(({ readAt }) => readAt));
  const data = new Map([...values].map(([key, { bytes }]) => [key, bytes]));
  const madeFrom = (key: string) => values.get(key)?.sources ?? [];
  return typed(spec.type, data, { kept: new Set(kept.keys()), madeFrom, because, now });
}

function assertSize(values: readonly Buffer[]): void {
  const bytes = values.reduce((sum, { length }) => sum + length, 0);
  if (bytes <= MAX_BYTES) return;
  const message = `the Secret would be larger than Kubernetes allows (${MAX_BYTES} bytes): spread it over several`;
  throw new RenderRefusal(message, { detail: `${message}; it would hold ${bytes}` });
}
