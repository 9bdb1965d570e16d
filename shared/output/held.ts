import type { RunStatus } from '../status/run.ts';
import { adviceOf } from './advice.ts';
import type { Output } from './json-schema.ts';

/** The newest run of a cluster that held removals back: the one to confirm. Runs are the newest first. */
function holdingRun(runs: readonly RunStatus[]): RunStatus | undefined {
  return runs.find(({ kind, counts }) => kind === 'reconcile' && (counts['REMOVAL_HELD'] ?? 0) > 0);
}

/** Problems of held removals with the run to confirm, as `Runs` has it now: older rows may be gone. */
export async function withRuns(
  problems: readonly Output<'Problem'>[],
  runsOf: (cluster: string) => Promise<readonly RunStatus[]>,
): Promise<Output<'Problem'>[]> {
  return Promise.all(
    problems.map(async (problem) => {
      const { about, cluster } = problem.spec;
      if (about !== 'removals' || cluster === undefined) return problem;
      const run = holdingRun(await runsOf(cluster))?.run;
      if (run === undefined) return problem;
      const { help = '' } = adviceOf('REMOVAL_HELD', { cluster, run });
      return { ...problem, status: { ...problem.status, help } };
    }),
  );
}
