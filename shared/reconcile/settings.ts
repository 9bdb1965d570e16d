import type { Ports } from '../ports.ts';
import { type Problem, subjectOf } from '../status/problem.ts';
import { NO_CLUSTER } from '../status/target.ts';
import { NEVER } from '../time.ts';
import { saveProblems } from './problems.ts';

/**
 * Tells people what was asked for and is not done, for as long as it stands: an entry of a setting such as `CLUSTER_SCOPES`,
 * or a field of a document such as `Cluster weu-1`. A line per run and a problem. Never rejects.
 */
export async function tellOfSettings(
  { status, clock, log }: Pick<Ports, 'status' | 'clock' | 'log'>,
  run: string,
  find: () => Promise<readonly Problem[]>,
): Promise<void> {
  try {
    const found = await find();
    for (const { code, message } of found) log.line({ code, message, runId: run });
    const before = await status.targets(NO_CLUSTER, NEVER);
    const forget = before.filter(({ id }) => subjectOf(id).kind === 'setting' && !isAmong(found, id));
    await saveProblems({ status }, before, found, { run, now: clock.now() });
    if (forget.length > 0) await status.forgetTargets(forget, NEVER);
  } catch (error) {
    log.failure(error);
  }
}

const isAmong = (found: readonly Problem[], id: string): boolean => found.some((one) => one.id === id);
