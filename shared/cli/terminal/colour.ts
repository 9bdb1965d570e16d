import { styleText } from 'node:util';
import type { Io } from './io.ts';

type Style = 'red' | 'green' | 'yellow' | 'bold' | 'dim';

/** Whether colour may be used was decided at the start (terminal, NO_COLOR), so styleText need not look again. */
export function paint(io: Io, style: Style, text: string): string {
  return io.colour ? styleText(style, text, { validateStream: false }) : text;
}

/** Names of rows written by other hands may hold anything, escape sequences included. */
export function harmless(text: string): string {
  return text.replaceAll(/\p{C}/gu, '?');
}
