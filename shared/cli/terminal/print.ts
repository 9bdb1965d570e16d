import { stringify } from 'yaml';
import type { Io } from './io.ts';
import { note, say } from './io.ts';
import { tableText } from './columns.ts';

/** No line is folded and no alias is made: what was written comes back, for people to edit and programs to read. */
export function yamlText(documents: readonly unknown[]): string {
  const options = { lineWidth: 0, aliasDuplicateObjects: false };
  return documents.map((document) => stringify(document, options).trimEnd()).join('\n---\n');
}

/** The first row of `cells` is the heading; without rows `none` is said, and not on stdout. */
export function printRows(
  io: Io,
  output: string,
  rows: readonly unknown[],
  cells: () => string[][],
  none: string,
): void {
  if (output === 'json') return say(io, JSON.stringify(rows, undefined, 2));
  if (rows.length === 0) return note(io, none);
  if (output === 'yaml') return say(io, yamlText(rows));
  const [heading = [], ...body] = cells();
  say(io, tableText([heading, ...body]));
}
