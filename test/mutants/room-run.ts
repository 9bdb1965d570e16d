import type { Mutant } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { changeOf } from './mutant.ts';
import type { Room } from './rooms.ts';
import type { Ran } from './verdict.ts';

/** What workers of Stryker are told, which have no other way to hear it. */
interface Sampling {
  count: number;
  seed: string;
  /** Mutants that are tried at a time. */
  workers: number;
}

/** Plants a sample of a room's mutants one by one and runs the tests that reach it. Rejects when the tests fail without any. */
export async function runRoom({ mutate, tests }: Room, { count, seed, workers }: Sampling): Promise<Ran[]> {
  const told = { MUTANTS: String(count), MUTANTS_SEED: seed, MUTANTS_TESTS: tests.join(',') };
  Object.assign(process.env, told);
  const stryker = new Stryker({
    mutate: [...mutate],
    plugins: [import.meta.resolve('@stryker-mutator/vitest-runner'), import.meta.resolve('./checker.ts')],
    checkers: ['sample'],
    testRunner: 'vitest',
    vitest: { configFile: 'test/mutants/vitest.config.ts', related: false },
    coverageAnalysis: 'perTest',
    // It reads the file itself otherwise, with a compiler that this TypeScript does not have.
    tsconfigFile: 'none',
    // One checker, and then as many runners.
    concurrency: workers,
    timeoutMS: 30_000,
    reporters: [],
    allowConsoleColors: false,
    tempDirName: '.stryker-tmp',
    ignorePatterns: ['dist', 'coverage'],
  });
  const results = await stryker.runMutationTest();
  return results
    .filter(({ status }) => status !== 'CompileError')
    .map((one) => ({
      change: changeOf({ ...one, location: fromZero(one.location) }),
      line: one.location.start.line,
      isKilled: one.status !== 'Survived' && one.status !== 'NoCoverage',
      isLate: one.status === 'Timeout',
    }));
}

type Location = Mutant['location'];

/** Results count lines and columns from 1, mutants from 0. */
function fromZero({ start, end }: Location): Location {
  const less = ({ line, column }: Location['start']) => ({ line: line - 1, column: column - 1 });
  return { start: less(start), end: less(end) };
}
