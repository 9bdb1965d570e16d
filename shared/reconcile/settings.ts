import type { Ports } from '../ports.ts';
import { type Problem, settingProblem, subjectOf } from '../status/problem.ts';
import { NO_CLUSTER } from '../status/target.ts';
import { NEVER } from '../time.ts';
import { newsOf } from './problems.ts';

/** Something that was asked for and is not done: an entry of a setting, or a field of a document. */
export interface Unheeded {
  /** The setting, such as `CLUSTER_SCOPES`, or the document, such as `Cluster weu-1`. */
  about: string;
  message: string;
}

/** Tells people what the deployment does not do, for as long as it stands: a line per run and a problem. Never rejects. */
export async function tellOfSettings(
  { status, clock, log }: Pick<Ports, 'status' | 'clock' | 'log'>,
  run: string,
  find: () => Promise<readonly Unheeded[]>,
): Promise<void> {
  try {
    const found = (await find()).map(({ about, message }) => settingProblem(about, message));
    for (const { code, message } of found) log.line({ code, message, runId: run });
    const before = await status.targets(NO_CLUSTER, NEVER);
    const save = newsOf(before, found, { run, now: clock.now() });
    const forget = before.filter(({ id }) => subjectOf(id).kind === 'setting' && !isAmong(found, id));
    if (save.length > 0) await status.saveTargets(save, NEVER);
    if (forget.length > 0) await status.forgetTargets(forget, NEVER);
  } catch (error) {
    log.failure(error);
  }
}

const isAmong = (found: readonly Problem[], id: string): boolean => found.some((one) => one.id === id);
