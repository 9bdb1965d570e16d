import { kindsOf } from './program/kinds.ts';
import { programOf } from './program/make.ts';
import type { Program } from './program/program.ts';
import { shortest } from './program/shrink.ts';
import { RULES, type Wrong } from './oracle/rules.ts';
import { runProgram } from './run.ts';
import { storyOf } from './story.ts';

type Kind = Program['kind'];

/** Programs of a kind, by number: the same number is always the same program. */
export interface Search {
  kind: Kind;
  from: number;
  count: number;
  /** A story of which more is told than of others. */
  about?: string | undefined;
}

/** What so many programs came to; the first one that breaks a rule ends the search. */
export interface Report {
  kind: Kind;
  programs: number;
  steps: number;
  calls: number;
  writes: number;
  deletes: number;
  faults: number;
  /** In how many programs each kind of step was taken, and each kind of fault struck. */
  reach: Record<string, number>;
  failure: { number: number; wrongs: readonly Wrong[] } | undefined;
}

export async function search({ kind, from, count, about }: Search): Promise<Report> {
  const report = emptyReport(kind);
  for (let number = from; number < from + count && report.failure === undefined; number += 1) {
    const program = programOf(kind, number, about);
    const { wrongs, tally } = await runProgram(program);
    report.programs += 1;
    report.steps += program.steps.length;
    report.calls += tally.calls;
    report.writes += tally.writes;
    report.deletes += tally.deletes;
    report.faults += tally.faults;
    for (const one of tally.kinds) report.reach[one] = (report.reach[one] ?? 0) + 1;
    if (wrongs.length > 0) report.failure = { number, wrongs };
  }
  return report;
}

export function emptyReport(kind: Kind): Report {
  const nothing = { programs: 0, steps: 0, calls: 0, writes: 0, deletes: 0, faults: 0 };
  return { kind, ...nothing, reach: {}, failure: undefined };
}

/** Both together; of two failures the first. */
export function merged(left: Report, right: Report): Report {
  const reach = { ...left.reach };
  for (const [kind, count] of Object.entries(right.reach)) reach[kind] = (reach[kind] ?? 0) + count;
  const failures = [left.failure, right.failure].filter((one) => one !== undefined);
  return {
    kind: left.kind,
    programs: left.programs + right.programs,
    steps: left.steps + right.steps,
    calls: left.calls + right.calls,
    writes: left.writes + right.writes,
    deletes: left.deletes + right.deletes,
    faults: left.faults + right.faults,
    reach,
    failure: failures.toSorted((one, other) => one.number - other.number)[0],
  };
}

/** The least that a program must do on average, and the least share of programs that must reach each kind. */
const FLOORS = { writes: 15, deletes: 3, faults: 5, reach: 0.05 } as const;
/** Fewer programs tell nothing of a share of 5 %. */
const ENOUGH = 500;

/** What the programs do too little of, to be worth what they claim. */
export function shortfalls(report: Report): string[] {
  const { programs, kind } = report;
  if (kind !== 'any' || programs < ENOUGH) return [];
  const means = (['writes', 'deletes', 'faults'] as const).flatMap((what) => {
    const mean = report[what] / programs;
    return mean < FLOORS[what] ? [`${mean.toFixed(1)} ${what} per program, not ${FLOORS[what]}`] : [];
  });
  const rare = kindsOf(kind).flatMap((one) => {
    const share = (report.reach[one] ?? 0) / programs;
    return share < FLOORS.reach ? [`${one} in ${(share * 100).toFixed(1)} % of programs`] : [];
  });
  return [...means, ...rare];
}

/** For people: means per program, and the reach of each kind, the rarest first. */
export function tableOf(report: Report): string {
  const { kind, programs } = report;
  const mean = (sum: number): string => (sum / Math.max(1, programs)).toFixed(1);
  const head = `${programs} programs of kind ${kind}: on average ${mean(report.steps)} steps, ${mean(report.calls)} calls, ${mean(
    report.writes,
  )} writes, ${mean(report.deletes)} deletes, ${mean(report.faults)} faults that struck`;
  const rows = kindsOf(kind)
    .map((one) => ({ one, share: (report.reach[one] ?? 0) / Math.max(1, programs) }))
    .toSorted((left, right) => left.share - right.share)
    .map(({ one, share }) => `${(share * 100).toFixed(1).padStart(6)} %  ${one}`);
  return [head, ...rows].join('\n');
}

/** The shortest program that breaks the same rule, told as a story. */
export async function tellFailure(kind: Kind, number: number, about?: string): Promise<string> {
  const program = programOf(kind, number, about);
  const [first] = (await runProgram(program)).wrongs;
  if (first === undefined) return `program ${number} of kind ${kind} breaks no rule`;
  const { rule } = first;
  const breaks = async (one: Program): Promise<Wrong | undefined> =>
    (await runProgram(one)).wrongs.find((wrong) => wrong.rule === rule);
  const short = await shortest(program, async (one) => (await breaks(one)) !== undefined);
  const wrong = (await breaks(short)) ?? first;
  return [
    `program ${number} of kind ${kind} breaks a rule: ${RULES[rule]}`,
    ...(await storyOf(short, wrong.about)),
    `its world: ${JSON.stringify(short.setting)}`,
    `its ${short.steps.length} steps, of ${program.steps.length}:`,
    ...short.steps.map((step) => `  ${JSON.stringify(step)}`),
    `again: KIND=${kind} PROGRAM=${number} npm run test:deep`,
  ].join('\n');
}
