import type { Reporter } from 'vitest/node';

/**
 * How often a test is tried again after it failed. None by default; `.ci/run` grants one, because a
 * machine that stands still for a moment is no fault of the change.
 */
export const RETRIES = Number(process.env['RETRIES'] ?? 0);

/** Prints what passed only when it was tried again: nobody sees it in a green run otherwise, and it is a fault to mend. */
export function secondTries(): Reporter {
  return {
    onTestRunEnd(modules) {
      const tests = modules.flatMap((one) => [...one.children.allTests()]);
      const late = tests.filter((test) => test.diagnostic()?.flaky === true);
      if (late.length === 0) return;
      const lines = late.map((test) => `  ${test.module.relativeModuleId}: ${test.fullName}\n`);
      process.stdout.write(`\nfailed at first, and passed when tried again:\n${lines.join('')}`);
    },
  };
}
