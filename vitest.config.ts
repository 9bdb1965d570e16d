import { defineConfig } from 'vitest/config';
import { figures } from './test/fuzz/figures.ts';
import { SLOW } from './test/slow.ts';

/** What `npm run test:browser`, `npm run test:deep` and `npm run e2e` run. */
const ELSEWHERE = ['test/browser/**', 'test/deep/**', 'test/e2e/**', 'test/local/**', ...SLOW];

/** Tests over fakes alone. */
const PURE = ['deliver', 'reconcile', 'retry', 'schedules', 'status', 'target'].map(
  (room) => `test/${room}/**/*.test.ts`,
);

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', figures()],
    coverage: {
      provider: 'v8',
      include: ['shared/**/*.ts', 'functions/**/*.ts'],
      reporter: ['text-summary'],
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: [...ELSEWHERE, ...PURE, 'test/stack/**'],
          // Many wait for sockets and timers, not for the processor.
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'rooms',
          include: PURE,
          // They patch nothing global: loading every module anew for each file would cost more than the tests.
          isolate: false,
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
