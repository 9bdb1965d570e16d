import type { Contribution } from '../source/contribution.ts';
import type { SourceVersion } from '../source/source.ts';
import { RenderRefusal } from './refusal.ts';

/** What an entry came to. */
interface Made {
  keys: ReadonlyMap<string, Uint8Array>;
  /** What a person should know of it, such as a certificate that was left out. Never a value. */
  notes?: readonly string[];
}

/**
 * A piece of a Secret's data: which sources it needs and how their values become keys. `keys` is undefined when only the
 * values can tell (a JSON document expanded to keys).
 */
export interface Entry {
  sources: readonly string[];
  keys: readonly string[] | undefined;
  /** Whether a Secret must not be created without it: a template is a whole made of parts. */
  indispensable?: boolean;
  /**
   * Throws or rejects with RenderRefusal when the values cannot be made into bytes. Heavy libraries are loaded only in here.
   * `time` is what the templates of a target, all together, may still take of the processor.
   */
  make(versions: ReadonlyMap<string, SourceVersion>, time: { leftMs: number }): Made | Promise<Made>;
}

export function oneKey(key: string, bytes: Uint8Array): Made {
  return { keys: new Map([[key, bytes]]) };
}

export function versionOf(versions: ReadonlyMap<string, SourceVersion>, source: string): SourceVersion {
  const version = versions.get(source);
  if (version === undefined) throw new RenderRefusal(`secret ${source} was not read`);
  return version;
}

type Contributions = ReadonlyMap<string, Contribution>;

/** What an entry is in this rendering. */
type Piece =
  | { kind: 'made'; entry: Entry; made: Made; versions: ReadonlyMap<string, SourceVersion> }
  /** A source of it gives no value now: its keys stay as found. */
  | { kind: 'kept'; entry: Entry }
  /** Its values cannot be made into bytes: its keys stay as found, too. */
  | { kind: 'broken'; entry: Entry; refusal: RenderRefusal }
  /** A source of it says that its keys leave. */
  | { kind: 'removed'; entry: Entry }
  /** A source of it no longer feeds the target: the route or the consent is gone. Its keys leave quietly. */
  | { kind: 'orphaned'; entry: Entry };

/** Milliseconds of processor that all templates of one target may take. */
const TEMPLATES_MS = 1000;

/** Makes every entry, one after the other. A refusal is a piece like any other; what is no refusal rejects. */
export async function piecesOf(entries: readonly Entry[], contributions: Contributions): Promise<Piece[]> {
  const time = { leftMs: TEMPLATES_MS };
  const pieces: Piece[] = [];
  for (const entry of entries) pieces.push(await pieceOf(entry, contributions, time));
  return pieces;
}

async function pieceOf(entry: Entry, contributions: Contributions, time: { leftMs: number }): Promise<Piece> {
  const parts = entry.sources.map((source) => contributions.get(source));
  if (parts.includes(undefined)) return { kind: 'orphaned', entry };
  if (parts.some((part) => part !== undefined && 'remove' in part)) return { kind: 'removed', entry };
  if (parts.some((part) => part !== undefined && 'keep' in part)) return { kind: 'kept', entry };
  const versions = versionsOf(entry, contributions);
  try {
    return { kind: 'made', entry, made: await entry.make(versions, time), versions };
  } catch (refusal) {
    if (refusal instanceof RenderRefusal) return { kind: 'broken', entry, refusal };
    throw refusal;
  }
}

function versionsOf({ sources }: Entry, contributions: Contributions): Map<string, SourceVersion> {
  const versions = new Map<string, SourceVersion>();
  for (const source of sources) {
    const part = contributions.get(source);
    if (part !== undefined && 'use' in part) versions.set(source, part.use);
  }
  return versions;
}

/** The entries of some kinds, in order. */
export function entriesIn(pieces: readonly Piece[], ...kinds: readonly Piece['kind'][]): Entry[] {
  return pieces.filter(({ kind }) => kinds.includes(kind)).map(({ entry }) => entry);
}

/** Each secret behind the entries once, sorted. */
export function sourcesOf(entries: readonly Entry[]): string[] {
  return [...new Set(entries.flatMap(({ sources }) => sources))].sort();
}

/** What a person should know of those that were made. */
export const notesIn = (pieces: readonly Piece[]): string[] =>
  pieces.flatMap((piece) => (piece.kind === 'made' ? (piece.made.notes ?? []) : []));

/** The versions whose values were made into keys. */
export function usedIn(pieces: readonly Piece[]): Map<string, SourceVersion> {
  const used = new Map<string, SourceVersion>();
  for (const piece of pieces)
    if (piece.kind === 'made') for (const [source, version] of piece.versions) used.set(source, version);
  return used;
}
