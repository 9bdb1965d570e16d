import type { SecretRef, TargetRef } from '../names.ts';

/** One piece of work: a secret to look at, because of an event, a retry or a command. */
export interface Task {
  secret: SecretRef;
  /** The event, run or command: at most one message per target and cause. */
  cause: string;
  /** Ids of further events that this work is for: they waited for the same secret. */
  company: readonly string[];
  /** When events said what this work is for, by their ids, ms since the epoch; a message of a queue does not tell. */
  eventTimes: ReadonlyMap<string, number>;
  /** ms since the epoch; 24 hours later the work is given up. */
  since: number;
  /** 1 for the first. */
  attempt: number;
  /** Of the secret's targets only this one: the retry of a target. Undefined: all of them. */
  only: TargetRef | undefined;
  /** Sources that have been stale for a day: their older version is written. */
  stale: ReadonlySet<string>;
  /** The version that an event announced, and when (Unix seconds): a vault that does not know it yet lags. */
  announced: { version: string; at: number } | undefined;
  overrides: Overrides;
}

/** What only a person may ask for. */
interface Overrides {
  /** Write the vault's latest version although it is older than the delivered one. */
  acceptOlder: boolean;
  /** Keys whose route wants them gone leave without a second look. */
  removeNow: boolean;
  /** Try clusters in back-off, too. */
  tryNow: boolean;
}

/** The first attempt at a secret's targets, without anything special. `since` in ms. */
export function newTask(secret: SecretRef, cause: string, since: number): Task {
  const overrides = { acceptOlder: false, removeNow: false, tryNow: false };
  const nothing = {
    company: [],
    eventTimes: new Map<string, number>(),
    only: undefined,
    stale: new Set<string>(),
    announced: undefined,
  };
  return { secret, cause, since, attempt: 1, ...nothing, overrides };
}

/** The latest version is read anyway: several pieces of work at one secret, such as the two events of a certificate, are one. */
export function asOne(tasks: readonly Task[]): Task {
  const [first, ...others] = tasks;
  if (first === undefined) throw new TypeError('no task is none');
  const announced = tasks.flatMap((task) => task.announced ?? []).toSorted((a, b) => b.at - a.at);
  const company = others.flatMap((task) => [task.cause, ...task.company]);
  const eventTimes = new Map(tasks.flatMap((task) => [...task.eventTimes]));
  return { ...first, company: [...first.company, ...company], eventTimes, announced: announced[0] };
}
