import { defineConfig } from 'vitest/config';
import { figures } from './test/fuzz/figures.ts';
import { ALONE, SLOW } from './test/slow.ts';
import { KEPT_CODE } from './test/support/children.ts';
import { RETRIES, secondTries } from './test/support/second-tries.ts';

/** What `npm run test:browser`, `npm run test:deep` and `npm run e2e` run. */
const ELSEWHERE = ['test/browser/**', 'test/deep/**', 'test/e2e/**', 'test/local/**', ...SLOW];

export default defineConfig({
  test: {
    env: KEPT_CODE,
    // No module keeps state, and whoever patches something global puts it back: loading every module anew for each file
    // would cost more than the tests.
    isolate: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
    retry: RETRIES,
    // A second, the default, is what a busy machine may take for one line of a host.
    expect: { poll: { timeout: 20_000 } },
    reporters: ['default', figures(), secondTries()],
    coverage: {
      provider: 'v8',
      include: ['shared/**/*.ts', 'functions/**/*.ts'],
      reporter: ['text-summary'],
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'alone',
          include: ALONE,
          isolate: true,
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: [...ELSEWHERE, ...ALONE, 'test/stack/**'],
          // Many wait for sockets and timers, not for the processor.
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'stack',
          include: ['test/stack/**/*.test.ts'],
          exclude: SLOW,
          // Whole stacks with a time budget per event: not while everything else competes for the processor.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
