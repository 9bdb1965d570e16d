import type { Shard } from '../retry/message.ts';
import { isAhead, type RunStatus } from '../status/run.ts';

/** How earlier runs bear on this one. */
interface Earlier {
  /** This very run looked at the cluster already: its message came twice. */
  isRepeated: boolean;
  /** A newer whole run makes this one unnecessary; runs for one route, and plans, neither supersede nor are superseded. */
  isSuperseded: boolean;
  /** The run whose removals a person confirmed. */
  confirmed: RunStatus | undefined;
}

/** `now` in ms. */
export function earlierRuns(shard: Shard, runs: readonly RunStatus[], now: number): Earlier {
  const isWhole = shard.route === undefined && !shard.dryRun;
  return {
    isRepeated: runs.some((row) => row.run === shard.run && row.state === 'done'),
    isSuperseded: isWhole && runs.some((row) => isNewer(row, shard.run, now)),
    confirmed: runs.find((row) => row.run === shard.confirmRemovals),
  };
}

function isNewer({ kind, scope, run }: RunStatus, than: string, now: number): boolean {
  return kind === 'reconcile' && scope === '' && run > than && !isAhead(run, now);
}
