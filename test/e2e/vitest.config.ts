import { defineConfig } from 'vitest/config';
import { RETRIES, secondTries } from '../support/second-tries.ts';

export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    pool: 'forks',
    // The API servers of one file take the cores and the memory of a small machine.
    fileParallelism: false,
    testTimeout: 60_000,
    // The first file to run may have to build the control plane.
    hookTimeout: 20 * 60_000,
    reporters: ['default', secondTries()],
    retry: RETRIES,
  },
});
