import { styleText } from 'node:util';
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

/** Seconds are enough for people. */
export function dateText(iso: string): string {
  return iso.replace(/\.\d+Z$/, 'Z');
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
