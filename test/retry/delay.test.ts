import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { backoffMs, GIVE_UP_AFTER_MS } from '../../shared/retry/delay.ts';
import { reaching, SEED } from '../support/reach.ts';

const MINUTE = 60_000;

describe('how long a failed attempt waits', () => {
  it.each([
    [1, 5000, 10_000],
    [2, 10_000, 20_000],
    [3, 20_000, 40_000],
    [8, 640_000, 1_280_000],
    [9, 15 * MINUTE, 30 * MINUTE],
    [50, 15 * MINUTE, 30 * MINUTE],
    [10_000, 15 * MINUTE, 30 * MINUTE],
  ])('is after attempt %i between %i and %i ms', (attempt, shortest, longest) => {
    expect(backoffMs(attempt, undefined, 0)).toBe(shortest);
    expect(backoffMs(attempt, undefined, 0.999_999_999)).toBeCloseTo(longest, -2);
  });

  it('is never less than the other side asked for, and spread a little above it', () => {
    expect(backoffMs(1, 120_000, 0)).toBe(120_000);
    expect(backoffMs(1, 120_000, 1)).toBe(132_000);
    expect(backoffMs(5, 1000, 0)).toBe(80_000);
  });

  it('is a whole number of milliseconds, at most half an hour unless asked otherwise', ({ task }) =>
    reaching(task, { growing: 'often', 'at its longest': 'often' }, (saw) => {
      const random = fc.double({ min: 0, max: 0.999_999, noNaN: true });
      const attempts = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 9, max: 10_000 }));
      const property = fc.property(attempts, random, (attempt, jitter) => {
        const wait = backoffMs(attempt, undefined, jitter);
        saw('growing', attempt < 9);
        saw('at its longest', attempt >= 9);
        expect(Number.isInteger(wait)).toBe(true);
        expect(wait).toBeGreaterThanOrEqual(5000);
        expect(wait).toBeLessThanOrEqual(30 * MINUTE);
      });
      fc.assert(property, { seed: SEED });
    }));

  it('allows many attempts within the 24 hours after which work is given up', () => {
    let waited = 0;
    let attempt = 0;
    while (waited < GIVE_UP_AFTER_MS) waited += backoffMs((attempt += 1), undefined, 0.5);
    expect(attempt).toBeGreaterThan(60);
    expect(attempt).toBeLessThan(100);
  });
});
