import type { RunStatus } from '../status/run.ts';
import type { TargetStatus } from '../status/target.ts';
import { countsOf, isoTime, present } from './fields.ts';
import type { ClusterStatus } from './schema.ts';

interface Known {
  name: string;
  paused: boolean;
  rows: readonly TargetStatus[];
  /** Newest first. */
  runs: readonly RunStatus[];
  /** Of a cluster in back-off. */
  backOff: { failures: number; nextTry: number } | undefined;
}

/** A cluster at a glance: its targets by state, its last run, and when it is tried next if it keeps failing. */
export function clusterStatusOf({ name, paused, rows, runs: [last], backOff }: Known): ClusterStatus {
  const lastRun = last && {
    name: last.run,
    state: last.state,
    ...present({ finishedAt: isoTime(last.finishedAt) }),
  };
  return {
    name,
    paused,
    targets: countsOf(rows.map(({ state }) => state)),
    ...present({
      lastRun,
      backOff: backOff && {
        failures: backOff.failures,
        nextTry: new Date(backOff.nextTry).toISOString(),
      },
    }),
  };
}
