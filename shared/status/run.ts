import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { Code } from '../errors.ts';
import { version } from '../version.ts';
import type { quietLook } from './quiet.ts';
import type { runSummary } from './summary.ts';

/** `20261121T101500Z-3fa9c1`: sorts by time. */
export const RUN_ID = /^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4,12}$/;

/**
 * `done`: everything was looked at; `incomplete`: the cluster was, but not everything in it, and the lines say what was not;
 * `failed`: the cluster was not looked at, or the command could not be carried out.
 */
export const RUN_STATES = ['running', 'done', 'incomplete', 'failed', 'superseded'] as const;

type RunState = (typeof RUN_STATES)[number];

/** One row of `Runs`: PartitionKey `cluster`, RowKey sorts newest first. Also holds the results of commands. */
export interface RunStatus {
  cluster: string;
  run: string;
  kind: 'reconcile' | 'plan' | 'push' | 'check' | 'ack';
  /** The route a run was limited to; empty: the whole cluster. */
  scope: string;
  state: RunState;
  startedAt: number;
  /** 0 while it runs. */
  finishedAt: number;
  /** Targets brought up to date so far, of how many; both 0 before the listing ends. At the end, all there is an outcome of. */
  done: number;
  total: number;
  /** Outcomes by code: they add up to the total. `REMOVAL_HELD` says besides how many of these wait for a person. */
  counts: Readonly<Record<string, number>>;
  /** For people: one line per noteworthy outcome, at most 200. */
  lines: readonly string[];
  /** Version of the app that wrote the row; undefined of version 0.1.0, which does not say its own. */
  app: string | undefined;
  /** Who asked for it, as their environment says: claimed. Absent where nobody did, or did not say. */
  by?: string | undefined;
  /** What the rows of the cluster come to after a run; version 0.1.0, plans and commands say nothing of it. */
  summary?: z.output<typeof runSummary> | undefined;
  /** What a whole run that found nothing to do looked at; not kept where it is too long. */
  quiet?: z.output<typeof quietLook> | undefined;
}

/** Whether the row is of a run that was to look at everything, and did. */
export function isComplete({ kind, scope, state }: Pick<RunStatus, 'kind' | 'scope' | 'state'>): boolean {
  return kind === 'reconcile' && scope === '' && state === 'done';
}

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
  return { cluster, run, kind, scope, state: 'running', startedAt, ...nothingYet, app: version() };
}

/** The row of a run that could not look at its cluster, with the one reason. */
export function failedRun(row: RunStatus, code: Code, message: string): RunStatus {
  return { ...row, state: 'failed', counts: { [code]: 1 }, lines: [`${code}: ${message}`] };
}

/** Outcomes by code. */
export function countCodes(outcomes: readonly { code: Code }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { code } of outcomes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

/** Clocks differ: a person's, the app's, and those of its instances. */
const TOLERANCE_MS = 5 * 60_000;

/** When a run began, by its id: ms since the epoch, NaN of what is none. */
export function startOf(run: string): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z-/.exec(run) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/**
 * Whether a run claims to begin in the future, or at no time at all. Later runs make earlier ones unnecessary, so one such
 * id would keep all others from its clusters until its time has come. `now` in ms.
 */
export function isAhead(run: string, now: number): boolean {
  return !(startOf(run) <= now + TOLERANCE_MS);
}
