import { defineConfig } from 'vitest/config';
import { ALONE, SLOW } from '../slow.ts';

/** The tests of one room of rooms.ts, as run.ts names them: folders and files, by commas. */
const { MUTANTS_TESTS = '' } = process.env;

/** They look for rare orders for as long as they are given: too long to be asked about each mutant. */
const SEARCHES = [
  'test/reconcile/model-sample.test.ts',
  'test/reconcile/long-runs.test.ts',
  'test/schedules/late-wave.test.ts',
];

/** They serve what the build makes, which mutants are not copied with. */
const BUILT = ['test/cli/dashboard/dashboard.test.ts'];

export default defineConfig({
  test: {
    include: MUTANTS_TESTS.split(',').map((one) => (one.endsWith('.ts') ? one : `${one}/**/*.test.ts`)),
    exclude: [...SLOW, ...ALONE, ...SEARCHES, ...BUILT],
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
