import { describe, expect, it } from 'vitest';
import type { Program } from './model/program/program.ts';
import { fault, MINUTE, namespace, pass, rotate, route, run, secret } from './model/program/words.ts';
import type { Step } from './model/program/steps.ts';
import { runProgram } from './model/run.ts';

/** Short programs in which all is well, and which a judge of the model once took for wrong. */
async function wrongsOf(fleet: Program['setting']['fleet'], steps: readonly Step[]): Promise<string[]> {
  const setting = { fleet, skews: [0, 0, 0], vaultBehindMs: 0 };
  const salted = steps.map((step, index) => ({ ...step, salt: index + 1 }));
  const { wrongs } = await runProgram({ kind: 'any', setting, steps: salted });
  return wrongs.map(({ rule, what }) => `${rule}: ${what}`);
}

describe('the judge of what is to leave', () => {
  it('lets keys stay that a run holds back together with those of a namespace that accepts nothing', async () => {
    const deletions = [0, 1, 2, 3, 4, 5].map((which) => secret(which, 'delete'));
    const steps = [route(0, 'remove'), route(1, 'remove'), namespace(0, 1, 'drop'), ...deletions];
    expect(await wrongsOf('wide', steps)).toEqual([]);
  });
});

describe('the judge of dates', () => {
  it('leaves a version to the next run whose date the last one could not read, and of which no event told', async () => {
    const steps = [
      fault('vault reads throttled', 3),
      rotate(2, 0, 'in an hour'),
      run(),
      pass(62 * MINUTE),
      pass(62 * MINUTE),
    ];
    expect(await wrongsOf('two', steps)).toEqual([]);
  });
});
