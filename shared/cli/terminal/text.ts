import { styleText } from 'node:util';
import type { Io } from './io.ts';

type Style = 'red' | 'green' | 'yellow' | 'bold' | 'dim';

/** Whether colour may be used was decided at the start (terminal, NO_COLOR), so styleText need not look again. */
export function paint(io: Io, style: Style, text: string): string {
  return io.colour ? styleText(style, text, { validateStream: false }) : text;
}

const STYLES: Readonly<Record<string, Style>> = {
  synced: 'green',
  done: 'green',
  valid: 'green',
  OK: 'green',
  degraded: 'yellow',
  pending: 'yellow',
  paused: 'yellow',
  orphaned: 'yellow',
  left: 'yellow',
  WARN: 'yellow',
  failed: 'red',
  refused: 'red',
  problem: 'red',
  incomplete: 'red',
  FAIL: 'red',
  absent: 'dim',
  unknown: 'dim',
  superseded: 'dim',
};

/** The colour of a state, the same everywhere: green is well, yellow waits, red needs somebody. */
export function styleOf(state: string): Style | undefined {
  return STYLES[state];
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

/** `7 targets: 5 synced, 2 refused`: the counts add up to all. Problems of which none is of a target are just that many. */
export function sumText(what: string, counts: Readonly<Record<string, number>>): string {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const states = Object.entries(counts);
  const parts = states.flatMap(([state, count]) =>
    states.length === 1 && state === what ? [] : [`${count} ${state}`],
  );
  return `${all} ${what}${all === 1 ? '' : 's'}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`;
}
