import type { SourceVersion } from '../source/source.ts';
import { RenderRefusal } from './refusal.ts';

/** What an entry came to. */
export interface Made {
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
