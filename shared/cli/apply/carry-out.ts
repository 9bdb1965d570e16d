import pLimit from 'p-limit';
import type { RegistryAdmin } from '../../registry/admin.ts';
import type { Action, RegistryPlan } from '../../registry/plan.ts';
import { isChange } from '../../registry/plan.ts';
import { CliError } from '../terminal/failure.ts';
import type { Io } from '../terminal/io.ts';
import { note, say } from '../terminal/io.ts';
import { failureOf } from '../../errors.ts';
import { titleOf } from './plan-text.ts';

const PARALLEL = 8;
const DONE = { create: 'created', update: 'updated', delete: 'deleted', unchanged: 'unchanged' } as const;

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

/**
 * Does what a plan says, in its order, and says each thing done.
 * @throws CliError after the first group with a failure; applying again goes on from there
 */
export async function carryOut(plan: RegistryPlan, registry: RegistryAdmin, io: Io): Promise<void> {
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
