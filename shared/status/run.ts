import { randomBytes } from 'node:crypto';
import type { RunStatus } from './target.ts';

/** `20261121T101500Z-3fa9c1`: sorts by time. */
export const RUN_ID = /^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4,12}$/;

/**
 * A run's id: its start, which makes later runs sort later, and something random. The milliseconds stand in hexadecimal
 * before the latter: two runs of one second must not supersede each other the wrong way round.
 */
export function newRunId(now: number): string {
  const start = new Date(now);
  const stamp = start.toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
  const milliseconds = start.getUTCMilliseconds().toString(16).padStart(3, '0');
  return `${stamp}-${milliseconds}${randomBytes(4).toString('hex')}`;
}

/** The row of a run, or of a command, that begins with a cluster. */
export function startedRun(
  cluster: string,
  run: string,
  kind: RunStatus['kind'],
  startedAt: number,
  scope = '',
): RunStatus {
  const nothingYet = { finishedAt: 0, done: 0, total: 0, counts: {}, lines: [] };
  return { cluster, run, kind, scope, state: 'running', startedAt, ...nothingYet };
}

/** Clocks differ: a person's, the app's, and those of its instances. */
const TOLERANCE_MS = 5 * 60_000;

/**
 * Whether a run claims to begin in the future, or at no time at all. Later runs make earlier ones unnecessary, so one such
 * id would keep all others from its clusters until its time has come. `now` in ms.
 */
export function isAhead(run: string, now: number): boolean {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z-/.exec(run) ?? [];
  const start = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return !(start <= now + TOLERANCE_MS);
}
