import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stack } from '../local/stack/start.ts';
import { crashAt, SCENARIOS, startCrashStack } from './crash.ts';
import type { Scenario } from './crash.ts';
import type { KillPoint } from './kill.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startCrashStack();
});
afterAll(() => stack.stop());

/** Every point until the work ends before it is reached. */
async function crashEverywhere(scenario: Scenario, moment: KillPoint['moment']): Promise<string[]> {
  const deaths: string[] = [];
  for (let number = 1; ; number += 1) {
    const death = await crashAt(stack, scenario, { number, moment });
    if (death === undefined) return deaths;
    deaths.push(death);
  }
}

describe.each(SCENARIOS)('an instance that dies of $name', (scenario) => {
  it.each(['before', 'after'] as const)(
    'loses and doubles nothing, %s any of its requests',
    async (moment) => {
      const deaths = await crashEverywhere(scenario, moment);
      console.info(
        `${scenario.name}: killed ${moment} each of ${deaths.length} requests\n  ${deaths.join('\n  ')}`,
      );
      // A row that says the same already is not written, and rows of several targets share a request: how many is chance. An
      // event that cannot be queued changes nothing but a Secret.
      const changes = scenario.roleless ? 1 : 2;
      expect(deaths.length).toBeGreaterThanOrEqual(moment === 'before' ? 7 : changes);
    },
    600_000,
  );
});
