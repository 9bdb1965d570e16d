import { CheckStatus, type Checker, type CheckResult } from '@stryker-mutator/api/check';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { changeOf } from './mutant.ts';
import { sampleOf } from './sample.ts';

const PASSED: CheckResult = { status: CheckStatus.Passed };
const LEFT_OUT: CheckResult = { status: CheckStatus.CompileError, reason: 'not in the sample' };

/**
 * Lets a sample of all mutants through, for Stryker has no other way to run some of them. It gives all of them at once to
 * its checker, of which there is one: see `concurrency` in room-run.ts.
 */
export function createSampling(count: number, seed: string): Checker {
  const sampled = new Set<string>();
  return {
    init: async () => {},
    group: async (mutants) => {
      const all = mutants.map((mutant) => ({ id: mutant.id, change: changeOf(mutant) }));
      for (const { id } of sampleOf(all, count, seed)) sampled.add(id);
      return [mutants.map(({ id }) => id)];
    },
    check: async (mutants) =>
      Object.fromEntries(mutants.map(({ id }) => [id, sampled.has(id) ? PASSED : LEFT_OUT])),
  };
}

/** What Stryker looks for in a plugin. */
export const strykerPlugins = [
  declareFactoryPlugin(PluginKind.Checker, 'sample', () =>
    createSampling(Number(process.env['MUTANTS']), process.env['MUTANTS_SEED'] ?? ''),
  ),
];
