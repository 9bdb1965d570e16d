import { defineConfig } from 'vitest/config';
import { figures } from '../fuzz/figures.ts';
import { SLOW } from '../slow.ts';
import { KEPT_CODE } from '../support/children.ts';
import { DEPLOYED_ARGUMENTS } from '../support/deployed.ts';
import { RETRIES, secondTries } from '../support/second-tries.ts';

/** Another seed every time; FUZZ_SEED repeats one that found something. */
const { FUZZ_RUNS = '100000', FUZZ_SEED = String(Date.now() % 2 ** 31) } = process.env;

const HOSTILE = 'test/hostile/**/*.test.ts';

/** Thoroughness: models, fuzzing, crashes and chaos, and the stand-ins' own tests. */
export default defineConfig({
  test: {
    env: { ...KEPT_CODE, FUZZ_RUNS, FUZZ_SEED },
    reporters: ['default', figures(), secondTries()],
    testTimeout: 900_000,
    hookTimeout: 120_000,
    // A second, the default, is what a busy machine may take for one line of a host.
    expect: { poll: { timeout: 20_000 } },
    maxWorkers: 2,
    retry: RETRIES,
    projects: [
      {
        extends: true,
        test: {
          name: 'deep',
          include: ['test/deep/**/*.test.ts', 'test/fuzz/**/*.test.ts', 'test/local/**/*.test.ts', ...SLOW],
          exclude: [HOSTILE],
        },
      },
      // Measures what it does to memory, which depends on how Node is started.
      { extends: true, test: { name: 'hostile', include: [HOSTILE], execArgv: DEPLOYED_ARGUMENTS } },
    ],
  },
});
