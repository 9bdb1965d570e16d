import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUGS, caught, copyOfSources, drop } from './plant.ts';

/**
 * Those that a named test catches; the model's take longer, and those of policies need a real API server: `npm run test:bugs`
 * plants all.
 */
const NAMED = BUGS.filter(
  ({ caughtBy }) => caughtBy !== 'any' && caughtBy !== 'calm' && !caughtBy.startsWith('test/e2e/'),
);

describe('a bug that is planted', () => {
  let copy = '';
  beforeAll(async () => {
    copy = await copyOfSources();
  });
  afterAll(() => drop(copy));

  it.each(NAMED.map((bug) => [bug.name, bug] as const))('is caught: %s', async (_name, bug) => {
    expect(await caught(bug, copy)).toMatch(/breaks a rule|FAIL/);
  });
});
