import { Stryker } from '@stryker-mutator/core';
import { changeOfResult, roomOf } from './mutant.ts';
import type { Room } from './rooms.ts';
import type { Ran } from './verdict.ts';

/** What workers of Stryker are told, which have no other way to hear it. */
interface Sampling {
  count: number;
  seed: string;
  /** Mutants that are tried at a time. */
  workers: number;
}

/**
 * Plants a sample of the mutants of rooms that share their tests, one by one, and runs the tests that reach it: what became
 * of them, by room. Rejects when the tests fail without any.
 */
export async function runRooms(
  rooms: readonly Room[],
  { count, seed, workers }: Sampling,
): Promise<ReadonlyMap<string, Ran[]>> {
  const tests = new Set(rooms.flatMap((room) => room.tests));
  const told = { MUTANTS: String(count), MUTANTS_SEED: seed, MUTANTS_TESTS: [...tests].join(',') };
  Object.assign(process.env, told);
  const stryker = new Stryker({
    mutate: rooms.flatMap(({ mutate }) => mutate),
    plugins: [
      import.meta.resolve('@stryker-mutator/vitest-runner'),
      import.meta.resolve('./checker.ts'),
      import.meta.resolve('./reporter.ts'),
    ],
    checkers: ['sample'],
    testRunner: 'vitest',
    vitest: { configFile: 'test/mutants/vitest.config.ts', related: false },
    coverageAnalysis: 'perTest',
    // It reads the file itself otherwise, with a compiler that this TypeScript does not have.
    tsconfigFile: 'none',
    // One checker, and then as many runners.
    concurrency: workers,
    timeoutMS: 30_000,
    // By the clock, and without a mutant: on a busy machine it takes as long as it takes.
    dryRunTimeoutMinutes: 60,
    reporters: ['each'],
    allowConsoleColors: false,
    tempDirName: '.stryker-tmp',
    ignorePatterns: ['dist', 'coverage'],
  });
  const results = await stryker.runMutationTest();
  const ran = results
    .filter(({ status }) => status !== 'CompileError')
    .map((one) => ({
      change: changeOfResult(one),
      line: one.location.start.line,
      isKilled: one.status !== 'Survived' && one.status !== 'NoCoverage',
      isLate: one.status === 'Timeout',
    }));
  return Map.groupBy(ran, ({ change }) => roomOf(change));
}
