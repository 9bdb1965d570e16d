import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUGS, caught, copyOfSources, drop } from './plant.ts';

/** The same as `npm run test:bugs`. */
describe('a bug that is planted', () => {
  let copy = '';
  beforeAll(async () => {
    copy = await copyOfSources();
  });
  afterAll(() => drop(copy));

  it.each(BUGS.map((bug) => [bug.name, bug] as const))('is caught: %s', async (_name, bug) => {
    expect(await caught(bug, copy)).toMatch(/breaks a rule|FAIL/);
  });
});
