import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caught, copyOfSources, drop } from './plant.ts';
import { FOREMOST } from './bugs-foremost.ts';
import { FURTHER } from './bugs-further.ts';

/** The same as `npm run test:bugs`. */
describe('a bug that is planted', () => {
  let copy = '';
  beforeAll(async () => {
    copy = await copyOfSources();
  });
  afterAll(() => drop(copy));

  it.each([...FOREMOST, ...FURTHER].map((bug) => [bug.name, bug] as const))(
    'is caught: %s',
    async (_name, bug) => {
      expect(await caught(bug, copy)).toMatch(/breaks a rule|FAIL/);
    },
  );
});
