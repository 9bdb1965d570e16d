import pLimit from 'p-limit';
import { failureOf } from '../../errors.ts';
import type { RegistryAdmin } from '../../registry/admin.ts';
import type { Existing, RegistryPlan } from '../../registry/plan.ts';
import { isChange } from '../../registry/plan.ts';
import { CliError } from '../terminal/failure.ts';
import type { Io } from '../terminal/io.ts';
import { note, say } from '../terminal/io.ts';
import { titleOf } from './plan-text.ts';

type Action = RegistryPlan['actions'][number];

const PARALLEL = 8;

/**
 * Does what a plan says, in its order, and says each thing done: beside the result where a program reads that.
 * @throws CliError after the first group with a failure; applying again goes on from there
 */
export async function carryOut(
  plan: RegistryPlan,
  applied: Existing['applied'],
  registry: RegistryAdmin,
  io: Io,
  isForPeople: boolean,
): Promise<void> {
  const changes = plan.actions.filter(isChange);
  const tell = (text: string): void => (isForPeople ? say(io, text) : note(io, text));
  let done = 0;
  for (const group of groups(changes)) {
    const results = await pLimit(PARALLEL).map(group, (action) =>
      attempt(action, applied, registry, io, tell),
    );
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

async function attempt(
  action: Action,
  applied: Existing['applied'],
  registry: RegistryAdmin,
  io: Io,
  tell: (text: string) => void,
): Promise<boolean> {
  try {
    await perform(action, applied, registry, io.signal);
    tell(`${titleOf(action)} ${DONE[action.do]}`);
    return true;
  } catch (error) {
    note(io, `${titleOf(action)} not ${DONE[action.do]}: ${failureOf(error).message}`);
    return false;
  }
}

function perform(
  action: Action,
  applied: Existing['applied'],
  registry: RegistryAdmin,
  signal: AbortSignal,
): Promise<void> {
  switch (action.do) {
    case 'create':
      return registry.put({ ...action.wanted, applied }, undefined, signal);
    case 'update': {
      // Whoever applies without a set changes what stands, and takes it out of none.
      const { set } = action.existing.applied;
      const kept = set === undefined ? applied : { set, ...applied };
      return registry.put({ ...action.wanted, applied: kept }, action.existing, signal);
    }
    case 'delete':
      return registry.remove(action.existing, signal);
    case 'unchanged':
      return Promise.resolve();
  }
}
