import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crashAt, SCENARIOS, startCrashStack } from '../deep/crash.ts';
import type { KillPoint } from '../deep/kill.ts';
import type { Stack } from '../local/stack/start.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startCrashStack();
}, 30_000);
afterAll(() => stack.stop());

const at = (name: string, moment: KillPoint['moment'], number: number, dies: RegExp) => ({
  name,
  point: { moment, number },
  dies,
});

/** A few of the points that `npm run test:deep` goes through one by one. */
describe('an instance that dies', () => {
  it.each([
    at('an event that updates Secrets', 'before', 10, /: PUT .*\/secrets\//),
    at('an event that updates Secrets', 'after', 1, /: PUT .*\/secrets\//),
    at('an event while a cluster is down', 'after', 2, /queues: POST/),
    at('a retry that succeeds', 'after', 1, /: PUT .*\/secrets\//),
  ])(
    'of $name, $point.moment request $point.number, loses and doubles nothing',
    async ({ name, point, dies }) => {
      const scenario = SCENARIOS.find((one) => one.name === name);
      if (!scenario) throw new Error(`no scenario ${name}`);
      expect(await crashAt(stack, scenario, point)).toMatch(dies);
    },
    60_000,
  );
});
