import fc from 'fast-check';
import { expect } from 'vitest';
import type { TaskMeta } from 'vitest';
import { reaching, type Floor, type Saw } from '../support/reach.ts';

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
/** Processor time for one case, which other work on the machine does not use up. What explodes takes minutes. */
const CASE_MS = 10_000;
/** After that long a case that waits is never answered. */
export const HANGS_MS = 120_000;

const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const BUILT_IN = [Object, Array, Function, String, Number, Map, Set, Promise, Error, RegExp].map(
  (one): object => one.prototype as object,
);

const ownKeys = (): string => BUILT_IN.map((one) => Reflect.ownKeys(one).map(String).join()).join('|');
const UNPOLLUTED = ownKeys();

/** For all cases of one property. */
export const LONG = { timeout: 30 * 60_000 };

interface Fuzzing<K extends string> {
  /** Of all cases that there are (0 to 1). */
  share: number;
  /** What cases must be, and how often. */
  reaches: Readonly<Record<K, Floor>>;
}

/**
 * A test that tries a property. Besides what it checks itself, every case must end in time and leave the prototypes of the
 * language alone, and enough of them must be what the property is about.
 */
export function fuzz<T, K extends string>(
  { share, reaches }: Fuzzing<K>,
  cases: fc.Arbitrary<T>,
  check: (value: T, saw: Saw<K>) => void | Promise<void>,
): (context: { task: { meta: TaskMeta } }) => Promise<void> {
  return ({ task }) =>
    reaching(task, reaches, async (saw) => {
      const figures = { cases: 0, seed: SEED, slowestMs: 0 };
      task.meta.fuzz = figures;
      const one = async (value: T): Promise<void> => {
        const began = processorMs();
        await check(value, saw);
        figures.cases += 1;
        figures.slowestMs = Math.max(figures.slowestMs, processorMs() - began);
        if (ownKeys() !== UNPOLLUTED) throw new Error('a prototype of the language has changed');
      };
      const numRuns = Math.ceil(ALL * share);
      await fc.assert(fc.asyncProperty(cases, one), { numRuns, seed: SEED, timeout: HANGS_MS });
      expect(figures.slowestMs).toBeLessThan(CASE_MS);
    });
}
