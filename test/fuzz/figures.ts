import type { Reporter, TestModule } from 'vitest/node';

/** Prints how many cases the fuzzing took, with which seed and for how long. */
export class Figures implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((one) => [...one.children.allTests()]);
    const tried = tests.flatMap((test) => {
      const { fuzz } = test.meta();
      return fuzz === undefined ? [] : [{ ...fuzz, ms: test.diagnostic()?.duration ?? 0, name: test.name }];
    });
    if (tried.length === 0) return;
    const cases = tried.reduce((sum, one) => sum + one.cases, 0);
    const seconds = tried.reduce((sum, one) => sum + one.ms, 0) / 1000;
    const seeds = [...new Set(tried.map(({ seed }) => seed))].join(', ');
    const slowest = tried.toSorted((a, b) => b.slowestMs - a.slowestMs)[0];
    const longest = `${(slowest?.slowestMs ?? 0).toFixed(0)} ms (${slowest?.name})`;
    process.stdout.write(
      `\nfuzzing: ${cases} cases, seed ${seeds}, ${seconds.toFixed(1)} s; the longest case took ${longest}\n`,
    );
  }
}
