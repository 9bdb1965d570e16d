import type { RegistryAdmin } from '../../registry/admin.ts';
import type { RegistryPlan } from '../../registry/plan.ts';
import { isChange } from '../../registry/plan.ts';
import { carryOut } from './carry-out.ts';
import { confirm } from '../terminal/confirm.ts';
import type { ExitCode, Io } from '../terminal/io.ts';
import { EXIT, note, say } from '../terminal/io.ts';
import { planText, summaryOf } from './plan-text.ts';
import type { Predict } from './predict.ts';

export interface ChangeOptions {
  dryRun?: boolean;
  yes?: boolean;
  /** Names of tables that have to be made first. */
  missing: readonly string[];
  predict: Predict;
  /** What a change brings about; its exit code is the command's. */
  afterwards: (plan: RegistryPlan) => Promise<ExitCode>;
}

/** Shows a plan, asks, does it: the same for every command that changes the registry. */
export async function change(
  plan: RegistryPlan,
  registry: RegistryAdmin,
  io: Io,
  options: ChangeOptions,
): Promise<ExitCode> {
  const text = planText(io, plan);
  if (text !== '') say(io, text);
  if (!plan.actions.some(isChange)) {
    say(io, 'Nothing to change.');
    return EXIT.ok;
  }
  for (const line of ['', ...(await options.predict(plan))]) say(io, line);
  if (options.dryRun === true) return EXIT.differs;
  if (options.yes !== true && !(await confirm(io, `Change the registry: ${summaryOf(plan)}?`))) {
    note(io, 'Nothing was changed.');
    return EXIT.failed;
  }
  if (options.missing.length > 0) await registry.createTables(io.signal);
  await carryOut(plan, registry, io);
  return options.afterwards(plan);
}
