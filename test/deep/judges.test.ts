import { describe, expect, it } from 'vitest';
import type { Program } from './model/program/program.ts';
import {
  event,
  fault,
  HOUR,
  lag,
  MINUTE,
  namespace,
  pass,
  rotate,
  route,
  run,
  secret,
} from './model/program/words.ts';
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

describe('the judge of the order of versions', () => {
  it('takes a version for older for a day although a newer one was there between two looks', async () => {
    const isRestored = [rotate(0), pass(HOUR), secret(0, 'restore'), event(0)];
    const nobodySaw = [pass(12 * HOUR), rotate(0), secret(0, 'restore'), pass(13 * HOUR)];
    expect(await wrongsOf('two', [...isRestored, ...nobodySaw])).toEqual([]);
  });

  it('takes a version for older for a day when a replica stood still before the restore, and nobody looked in between', async () => {
    const meetsOlder = [pass(5 * MINUTE), lag(5000), rotate(3), rotate(1), run()];
    const isRestored = [pass(MINUTE), pass(10 * MINUTE), secret(1, 'restore'), event(1), pass(25 * HOUR)];
    expect(await wrongsOf('two', [...meetsOlder, ...isRestored])).toEqual([]);
  });
});

describe('the judge of what waits', () => {
  it('counts the day from the end of the wait for a date, whatever failed before it', async () => {
    const failsFirst = [
      rotate(3, 1, 'in an hour'),
      fault('cluster writes fail', 100_000, 1, 27 * HOUR),
      pass(62 * MINUTE),
    ];
    const failsAfterwards = [secret(3, 'postpone'), pass(25 * HOUR), run(), pass(MINUTE)];
    expect(await wrongsOf('two', [...failsFirst, ...failsAfterwards])).toEqual([]);
  });
});
