import type { TaskMeta } from 'vitest';
import type { Reporter, TestCase } from 'vitest/node';
import type { Reached } from '../support/reach.ts';

/** Prints how many cases the fuzzing took, with which seed, for how long, and how often each property reached its cases. */
export function figures(): Reporter {
  return {
    onTestRunEnd(modules) {
      const tests = modules.flatMap((one) => [...one.children.allTests()]);
      const text = textOf(tests.flatMap(triedIn));
      if (text !== '') process.stdout.write(`\nfuzzing: ${text}\n`);
      const lines = tests.flatMap(reachedBy).map((line) => `  ${line}\n`);
      if (lines.length > 0) process.stdout.write(`\nproperties reached:\n${lines.join('')}`);
    },
  };
}

/** With why it is so little, where it is. */
function shareOf({ hits, of, because }: Reached): string {
  const why = because === undefined ? '' : ` (${because})`;
  return `${((100 * hits) / Math.max(1, of)).toFixed(0)} % of ${of}${why}`;
}

function reachedBy(test: TestCase): string[] {
  const { reach } = test.meta();
  if (reach === undefined) return [];
  const shares = Object.entries(reach).map(([name, reached]) => `${name} ${shareOf(reached)}`);
  return [`${test.module.relativeModuleId}: ${test.name}: ${shares.join(', ')}`];
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
