import { LATEST_MS } from '../time.ts';

/** As every document says which release's shape it has. */
export const API_VERSION = 'vaultcast.dev/v1';

/** ISO 8601; 0 stands for "not known", and so does what is no time at all: rows and vaults may say anything. */
export function isoTime(ms: number): string | undefined {
  return ms !== 0 && Math.abs(ms) <= LATEST_MS ? new Date(ms).toISOString() : undefined;
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Without what is undefined: what is not known is absent. */
export function present<T extends object>(fields: T): Present<T> {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as Present<T>;
}

/** The text, unless there is none. */
export function textOrNone(text: string): string | undefined {
  return text === '' ? undefined : text;
}

/** How many there are of each word, in the order of the alphabet. */
export function countsOf(words: readonly string[]): Record<string, number> {
  const groups = Map.groupBy(words, (word) => word);
  return Object.fromEntries([...groups].map(([word, all]) => [word, all.length] as const).toSorted(byWord));
}

function byWord([a]: readonly [string, number], [b]: readonly [string, number]): number {
  return a < b ? -1 : 1;
}

/** A list of documents; `counts` add up to all of its items. */
export function listOf<K extends string, T>(
  kind: K,
  items: readonly T[],
  states: readonly string[],
  now: number,
) {
  const metadata = { readAt: new Date(now).toISOString(), counts: countsOf(states) };
  return { apiVersion: API_VERSION, kind, metadata, items: [...items] } as const;
}
