import { defineConfig } from 'vitest/config';

/** Thoroughness: models, fuzzing, crashes and chaos, and the stand-ins' own tests. */
export default defineConfig({
  test: {
    include: ['test/deep/**/*.test.ts', 'test/local/**/*.test.ts'],
    testTimeout: 900_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
