import { describe, expect, it } from 'vitest';
import { shortfalls, tableOf, tellFailure } from './model/check.ts';
import { programOf } from './model/program/make.ts';
import { runProgram } from './model/run.ts';
import { searchInWorkers } from './model/workers.ts';

/**
 * Instances, vault, clusters, queues, tables, routes, namespaces and people in any interleaving, with faults of every port and
 * deaths of whole instances, on fakes that pass the contract suites of the real adapters. What must hold stands in
 * model/oracle/rules.ts, a sentence for each rule; test/README.md says what is modelled, and what is not.
 *
 * A failure tells the story of the shortest program that still breaks the rule. `KIND=any PROGRAM=17` runs that one again.
 * Which planted bugs it catches stands with each of them; `npm run test:bugs` shows it.
 */
const PROGRAMS = { any: 400, calm: 400 };
/** A program is its number: the same ones each time, so that a red run is the change's fault. FROM takes others. */
const { KIND = '', PROGRAM, FROM = '1' } = process.env;

async function storyOf(kind: 'any' | 'calm'): Promise<string> {
  if (PROGRAM !== undefined) return KIND === kind ? tellFailure(kind, Number(PROGRAM)) : '';
  const report = await searchInWorkers({ kind, from: Number(FROM), count: PROGRAMS[kind] }, 2);
  process.stdout.write(`FROM=${FROM}: ${tableOf(report)}\n`);
  const { failure } = report;
  return failure === undefined ? shortfalls(report).join('\n') : tellFailure(kind, failure.number);
}

const NOTHING = /^(?:program \d+ of kind \w+ breaks no rule)?$/;

/** Every call that took effect, and when. */
async function callsOf(number: number): Promise<string[]> {
  const calls: string[] = [];
  await runProgram(programOf('any', number), {
    attend: ({ observers, time }) =>
      void observers.push({
        effect({ port, method, place, secret }, { instance }) {
          calls.push(`${time.now()} ${instance.id} ${port}.${method} ${place ?? secret ?? ''}`);
          return () => {};
        },
      }),
  });
  return calls;
}

describe('a program', () => {
  it.each([1, 2, 3, 4, 5])('does the same whenever it runs: %i', async (number) => {
    expect(await callsOf(number)).toEqual(await callsOf(number));
  });
});

describe('any order of what may happen', () => {
  it('breaks no rule, and a quiet run makes everything right', async () => {
    expect(await storyOf('any')).toMatch(NOTHING);
  });

  it('needs no run where every rotation is told of and people only delete', async () => {
    expect(await storyOf('calm')).toMatch(NOTHING);
  });
});
