import type { TaskMeta } from 'vitest';
import type { Reporter, TestCase } from 'vitest/node';

/** Prints how many cases the fuzzing took, with which seed and for how long. */
export function figures(): Reporter {
  return {
    onTestRunEnd(modules) {
      const tests = modules.flatMap((one) => [...one.children.allTests()]);
      const text = textOf(tests.flatMap(triedIn));
      if (text !== '') process.stdout.write(`\nfuzzing: ${text}\n`);
    },
  };
}

type Tried = NonNullable<TaskMeta['fuzz']> & { ms: number; name: string };

function triedIn(test: TestCase): Tried[] {
  const { fuzz } = test.meta();
  return fuzz === undefined ? [] : [{ ...fuzz, ms: test.diagnostic()?.duration ?? 0, name: test.name }];
}

function textOf(tried: readonly Tried[]): string {
  const [slowest] = tried.toSorted((a, b) => b.slowestMs - a.slowestMs);
  if (slowest === undefined) return '';
  const cases = tried.reduce((sum, one) => sum + one.cases, 0);
  const seconds = tried.reduce((sum, one) => sum + one.ms, 0) / 1000;
  const seeds = [...new Set(tried.map(({ seed }) => seed))].join(', ');
  const longest = `${slowest.slowestMs.toFixed(0)} ms (${slowest.name})`;
  return `${cases} cases, seed ${seeds}, ${seconds.toFixed(1)} s; the longest case took ${longest}`;
}
