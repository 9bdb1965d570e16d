import { styleText } from 'node:util';
import { getBorderCharacters, table } from 'table';
import type { Io } from './io.ts';

export type Style = 'red' | 'green' | 'yellow' | 'bold' | 'dim';

/** Whether colour may be used was decided at the start (terminal, NO_COLOR), so styleText need not look again. */
export function paint(io: Io, style: Style, text: string): string {
  return io.colour ? styleText(style, text, { validateStream: false }) : text;
}

/** Rows that others wrote may hold anything, escape sequences included. */
export function harmless(text: string): string {
  return text.replaceAll(/\p{C}/gu, '?');
}

/** `3 min`. */
export function agoText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}

/** Columns two spaces apart, no lines: for eyes, and for `awk`. The first row is the heading. */
export function tableText(rows: readonly (readonly string[])[], longest = Number.POSITIVE_INFINITY): string {
  const cells = rows.map((row) =>
    row.map((cell) => (cell.length > longest ? `${cell.slice(0, longest - 1)}…` : cell)),
  );
  const drawn = table(cells, {
    border: getBorderCharacters('void'),
    columnDefault: { paddingLeft: 0, paddingRight: 2 },
    drawHorizontalLine: () => false,
  });
  return drawn
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd();
}
