import pLimit from 'p-limit';
import { failureOf } from '../../errors.ts';
import type { RegistryAdmin } from '../../registry/admin.ts';
import type { Action, RegistryPlan } from '../../registry/plan.ts';
import { isChange } from '../../registry/plan.ts';
import { confirm } from '../terminal/confirm.ts';
import { CliError } from '../terminal/failure.ts';
import type { ExitCode, Io } from '../terminal/io.ts';
import { EXIT, note, say } from '../terminal/io.ts';
import { planText, summaryOf, titleOf } from './plan-text.ts';

interface ChangeOptions {
  dryRun?: boolean;
  yes?: boolean;
  /** Names of tables that have to be made first. */
  missing: readonly string[];
  /** Which targets the change makes appear, change or go, as sentences. */
  predict: () => Promise<string[]>;
  /** What the change brings about; its exit code is the command's. */
  afterwards: () => Promise<ExitCode>;
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
  for (const line of ['', ...(await options.predict())]) say(io, line);
  if (options.dryRun === true) return EXIT.differs;
  if (options.yes !== true && !(await confirm(io, `Change the registry: ${summaryOf(plan)}?`))) {
    note(io, 'Nothing was changed.');
    return EXIT.failed;
  }
  if (options.missing.length > 0) await registry.createTables(io.signal);
  await carryOut(plan, registry, io);
  return options.afterwards();
}

const PARALLEL = 8;

/**
 * Does what a plan says, in its order, and says each thing done.
 * @throws CliError after the first group with a failure; applying again goes on from there
 */
async function carryOut(plan: RegistryPlan, registry: RegistryAdmin, io: Io): Promise<void> {
  const changes = plan.actions.filter(isChange);
  let done = 0;
  for (const group of groups(changes)) {
    const results = await pLimit(PARALLEL).map(group, (action) => attempt(action, registry, io));
    done += results.filter(Boolean).length;
    if (results.includes(false))
      throw new CliError(
        `${done} of ${changes.length} changes made`,
        'Run the command again for the others.',
      );
  }
}

/** Neighbours of one sort can go side by side; the sorts themselves keep the order of the plan. */
function groups(actions: readonly Action[]): Action[][] {
  const sortOf = (action: Action): string => `${action.do} ${titleOf(action).split(' ', 1).join('')}`;
  const result: Action[][] = [];
  for (const action of actions) {
    const last = result.at(-1);
    if (last?.[0] !== undefined && sortOf(last[0]) === sortOf(action)) last.push(action);
    else result.push([action]);
  }
  return result;
}

const DONE = { create: 'created', update: 'updated', delete: 'deleted', unchanged: 'unchanged' } as const;

async function attempt(action: Action, registry: RegistryAdmin, io: Io): Promise<boolean> {
  try {
    await perform(action, registry, io.signal);
    say(io, `${titleOf(action)} ${DONE[action.do]}`);
    return true;
  } catch (error) {
    note(io, `${titleOf(action)} not ${DONE[action.do]}: ${failureOf(error).message}`);
    return false;
  }
}

function perform(action: Action, registry: RegistryAdmin, signal: AbortSignal): Promise<void> {
  switch (action.do) {
    case 'create':
      return registry.put(action.wanted, undefined, signal);
    case 'update':
      return registry.put(action.wanted, action.existing, signal);
    case 'delete':
      return registry.remove(action.existing, signal);
    case 'unchanged':
      return Promise.resolve();
  }
}
