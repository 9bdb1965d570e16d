import fc from 'fast-check';
import { expect } from 'vitest';
import type { TaskMeta } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** What a property was tried with; summed up by figures.ts. */
    fuzz?: { cases: number; seed: number; slowestMs: number };
  }
}

/** Cases of all properties together: FUZZ_RUNS=100000 for a deep run. */
const ALL = Number(process.env['FUZZ_RUNS'] ?? 2000);
/** FUZZ_SEED repeats a run; without it every run of the same code tries the same cases. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_120);
/** For one case, on a machine that does other things, too. What explodes takes minutes. */
const CASE_MS = 10_000;

const BUILT_IN = [Object, Array, Function, String, Number, Map, Set, Promise, Error, RegExp].map(
  (one): object => one.prototype as object,
);

const ownKeys = (): string => BUILT_IN.map((one) => Reflect.ownKeys(one).map(String).join()).join('|');
const UNPOLLUTED = ownKeys();

/** For all cases of one property. */
export const LONG = { timeout: 30 * 60_000 };

/**
 * A test that tries a property with `share` (0 to 1) of all cases. Besides what it checks itself, every case must end in
 * time and leave the prototypes of the language alone.
 */
export function fuzz<T>(
  share: number,
  cases: fc.Arbitrary<T>,
  check: (value: T) => void | Promise<void>,
): (context: { task: { meta: TaskMeta } }) => Promise<void> {
  return async ({ task: { meta } }) => {
    const figures = { cases: 0, seed: SEED, slowestMs: 0 };
    const one = async (value: T): Promise<void> => {
      const began = performance.now();
      await check(value);
      figures.cases += 1;
      figures.slowestMs = Math.max(figures.slowestMs, performance.now() - began);
      if (ownKeys() !== UNPOLLUTED) throw new Error('a prototype of the language has changed');
    };
    const numRuns = Math.ceil(ALL * share);
    await fc.assert(fc.asyncProperty(cases, one), { numRuns, seed: SEED, timeout: CASE_MS });
    expect(figures.slowestMs).toBeLessThan(CASE_MS);
    meta.fuzz = figures;
  };
}
