import type { Code } from '../errors.ts';
import type { RunStatus } from '../status/target.ts';
import { isAhead, startedRun } from '../status/run.ts';
import type { Shard } from '../retry/message.ts';

/** The row of a run that begins with a cluster. */
export function startedRow(shard: Shard, cluster: string, startedAt: number): RunStatus {
  return startedRun(cluster, shard.run, shard.dryRun ? 'plan' : 'reconcile', startedAt, shard.route);
}

/** The row of a cluster that the run could not look at, with the one reason. */
export function failedRow(row: RunStatus, code: Code, message: string): RunStatus {
  return { ...row, state: 'failed', counts: { [code]: 1 }, lines: [`${code}: ${message}`] };
}

/** The removals that a run held back and that a person confirmed. */
export interface Confirmed {
  run: string;
  /** When that run began with the cluster, ms since the epoch. */
  at: number;
  count: number;
}

/** How an earlier run bears on this one. */
export interface Earlier {
  /** This very run looked at the cluster already: its message came twice. */
  isRepeated: boolean;
  /** A newer whole run makes this one unnecessary; runs for one route, and plans, neither supersede nor are superseded. */
  isSuperseded: boolean;
  confirmed: Confirmed | undefined;
}

/** `now` in ms. */
export function earlierRuns(shard: Shard, runs: readonly RunStatus[], now: number): Earlier {
  const isWhole = shard.route === undefined && !shard.dryRun;
  const held = runs.find((row) => row.run === shard.confirmRemovals);
  return {
    isRepeated: runs.some((row) => row.run === shard.run && row.state === 'done'),
    isSuperseded: isWhole && runs.some((row) => isNewer(row, shard.run, now)),
    confirmed: held && { run: held.run, at: held.startedAt, count: held.counts['REMOVAL_HELD'] ?? 0 },
  };
}

function isNewer({ kind, scope, run }: RunStatus, than: string, now: number): boolean {
  return kind === 'reconcile' && scope === '' && run > than && !isAhead(run, now);
}
