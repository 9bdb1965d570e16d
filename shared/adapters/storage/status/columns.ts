/** A string property holds 64 KiB of UTF-16; a margin is left for the service's own count. */
export const TEXT_COLUMN_MAX = 30_000;
/** A Secret's annotations hold 256 KiB in all, and an entity 1 MiB: more cannot be needed, and would not fit twice. */
const COLUMNS_MAX = 8;

const columnName = (name: string, index: number): string => (index === 0 ? name : `${name}${index}`);

/**
 * A long text as columns `name`, `name1`, `name2` ... A text that does not fit is stored as empty: an empty fingerprint
 * equals none, so its target is looked at by every run, while a shortened one might equal another target's past.
 */
export function splitColumns(name: string, text: string): Record<string, string> {
  if (text.length > TEXT_COLUMN_MAX * COLUMNS_MAX) return { [name]: '' };
  const columns = Math.max(1, Math.ceil(text.length / TEXT_COLUMN_MAX));
  return Object.fromEntries(
    Array.from({ length: columns }, (_, index) => [
      columnName(name, index),
      text.slice(index * TEXT_COLUMN_MAX, (index + 1) * TEXT_COLUMN_MAX),
    ]),
  );
}

/** The text again; undefined when its first column is none. */
export function joinColumns(name: string, row: Readonly<Record<string, unknown>>): string | undefined {
  const first = row[name];
  if (typeof first !== 'string') return undefined;
  // Only a full one has another beside it.
  if (first.length < TEXT_COLUMN_MAX) return first;
  const parts = [first];
  for (let index = 1; index < COLUMNS_MAX; index += 1) {
    const part = row[columnName(name, index)];
    if (typeof part !== 'string') break;
    parts.push(part);
  }
  return parts.join('');
}
