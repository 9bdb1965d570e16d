import type { Io } from '../terminal/io.ts';
import { tableText } from '../terminal/columns.ts';
import { harmless, paint, styleOf } from '../terminal/text.ts';

/** A column of a table that fits the terminal. */
export interface Column<T> {
  heading: string;
  of: (row: T) => string;
  /** It is shortened no further than this; default: not at all. */
  least?: number;
  /** Where the rest still does not fit, columns leave in this order, 1 first; default: it stays. */
  leaves?: number;
  /** It has the colour of this state. */
  state?: (row: T) => string;
}

const GAP = 2;

/** A table as wide as the terminal; where nobody looks, such as in a pipe, or with `wide`, nothing is shortened. */
export function fittedTable<T>(
  io: Io,
  columns: readonly Column<T>[],
  rows: readonly T[],
  wide = false,
): string {
  const width = wide || io.width === undefined ? Number.POSITIVE_INFINITY : io.width;
  const { kept, widths } = layout(columns, rows, width);
  const heading = kept.map((column, at) => shortened(column.heading, widths[at] ?? 0));
  const body = rows.map((row) => kept.map((column, at) => cell(io, column, row, widths[at] ?? 0)));
  return tableText([heading.map((word) => paint(io, 'bold', word)), ...body]);
}

function cell<T>(io: Io, { of, state }: Column<T>, row: T, width: number): string {
  const text = shortened(harmless(of(row)), width);
  const how = state && styleOf(state(row));
  return how === undefined ? text : paint(io, how, text);
}

interface Layout<T> {
  kept: readonly Column<T>[];
  widths: number[];
}

/** Columns that can be are shortened, the widest first; then the least needed leaves, and all is measured again. */
function layout<T>(columns: readonly Column<T>[], rows: readonly T[], width: number): Layout<T> {
  const widths = columns.map(({ heading, of }) =>
    Math.max(heading.length, ...rows.map((row) => harmless(of(row)).length)),
  );
  squeeze(columns, widths, width);
  const least = columns.reduce<Column<T> | undefined>(leavesFirst, undefined);
  if (totalOf(widths) <= width || least === undefined) return { kept: columns, widths };
  return layout(
    columns.filter((column) => column !== least),
    rows,
    width,
  );
}

function leavesFirst<T>(first: Column<T> | undefined, column: Column<T>): Column<T> | undefined {
  if (column.leaves === undefined) return first;
  return first?.leaves === undefined || column.leaves < first.leaves ? column : first;
}

function totalOf(widths: readonly number[]): number {
  return widths.reduce((sum, one) => sum + one, 0) + GAP * (widths.length - 1);
}

function squeeze<T>(columns: readonly Column<T>[], widths: number[], width: number): void {
  const floor = columns.map(({ heading, least = Number.POSITIVE_INFINITY }) =>
    Math.max(least, heading.length),
  );
  for (let over = totalOf(widths) - width; over > 0 && Number.isFinite(over); over -= 1) {
    const widest = widestOver(widths, floor);
    if (widest === undefined) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}

/** The column that is widest of those that can still be shortened. */
function widestOver(widths: readonly number[], floor: readonly number[]): number | undefined {
  let found: number | undefined;
  for (const [at, width] of widths.entries())
    if (width > (floor[at] ?? 0) && (found === undefined || width > (widths[found] ?? 0))) found = at;
  return found;
}

/** In the middle: names differ at their ends. */
export function shortened(text: string, width: number): string {
  if (text.length <= width) return text;
  const kept = Math.max(0, width - 1);
  const left = Math.ceil(kept / 2);
  return `${text.slice(0, left)}…${text.slice(text.length - (kept - left))}`;
}
