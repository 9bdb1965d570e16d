import { defineConfig } from 'vitest/config';
import { RETRIES, secondTries } from '../support/second-tries.ts';

export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    pool: 'forks',
    // A browser and a whole stack take the cores of a small machine.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A second, the default, is what a busy machine may take for one look at a page.
    expect: { poll: { timeout: 20_000 } },
    reporters: ['default', secondTries()],
    retry: RETRIES,
  },
});
