import { type Change, keyOf } from './mutant.ts';
import type { Room } from './rooms.ts';

/** A mutant that was planted. */
export interface Ran {
  change: Change;
  line: number;
  isKilled: boolean;
  /** Killed because its tests did not end: by a loop of its own, or by a machine that is busy otherwise. */
  isLate: boolean;
}

/** A mutant that is known to survive. */
export interface Survivor extends Change {
  /** `equivalent`: nothing that could be asked tells it from the code; such ones do not count. `accepted`: it does. */
  kind: 'equivalent' | 'accepted';
  because: string;
}

export interface Verdict {
  room: string;
  ran: number;
  killed: number;
  equivalent: number;
  /** Killed of those that count, 0 to 1. */
  score: number;
  /** Survivors that nobody has judged yet. */
  unjudged: Ran[];
  /** Killed by nothing but the time limit. */
  late: Ran[];
  /** Judged survivors that are killed now. */
  outdated: Survivor[];
  isGood: boolean;
}

export function verdictOn({ name, least }: Room, ran: readonly Ran[], known: readonly Survivor[]): Verdict {
  const judged = new Map(known.map((one) => [keyOf(one), one]));
  const killed = ran.filter((one) => one.isKilled);
  const alive = ran.filter((one) => !one.isKilled);
  const equivalent = alive.filter(({ change }) => judged.get(keyOf(change))?.kind === 'equivalent').length;
  const unjudged = alive.filter(({ change }) => !judged.has(keyOf(change)));
  const stillAlive = new Set(alive.map(({ change }) => keyOf(change)));
  const outdated = killed.flatMap(({ change }) => judged.get(keyOf(change)) ?? []);
  const score = ran.length === equivalent ? 1 : killed.length / (ran.length - equivalent);
  return {
    room: name,
    ran: ran.length,
    killed: killed.length,
    equivalent,
    score,
    unjudged,
    late: killed.filter((one) => one.isLate),
    outdated: outdated.filter((one) => !stillAlive.has(keyOf(one))),
    isGood: score >= least && unjudged.length === 0,
  };
}

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

/** A row of the table, and below it what somebody must judge or strike out, as survivors.json has it. */
export function verdictText(verdict: Verdict): string {
  const { room, ran, killed, equivalent, score, unjudged, late, outdated, isGood } = verdict;
  const cells = [room.padEnd(12), ran, killed, equivalent, percent(score), isGood ? 'good' : 'NOT GOOD'];
  return [
    cells.map((cell) => String(cell).padStart(5)).join('  '),
    ...unjudged.map(({ change, line }) => `    survived, line ${line}: ${JSON.stringify(change)}`),
    ...late.map(({ change, line }) => `    did not end, line ${line}: ${JSON.stringify(change)}`),
    ...outdated.map((one) => `    killed now, strike it out: ${JSON.stringify(one)}`),
  ].join('\n');
}
