import type { Style } from '../terminal/text.ts';

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

/** The colour of a state, the same in every table: green is well, yellow waits, red needs somebody. */
export function styleOf(state: string): Style | undefined {
  return STYLES[state];
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
