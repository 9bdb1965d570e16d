import type { SecretRef, TargetRef } from '../names.ts';

/** One piece of work: a secret to look at, because of an event, a retry or a command. */
export interface Task {
  secret: SecretRef;
  /** The event, run or command: at most one message per target and cause. */
  cause: string;
  /** ms since the epoch; 24 hours later the work is given up. */
  since: number;
  /** 1 for the first. */
  attempt: number;
  /** Of the secret's targets only this one: the retry of a target. Undefined: all of them. */
  only: TargetRef | undefined;
  overrides: Overrides;
}

/** What only a person may ask for. */
interface Overrides {
  /** Write the vault's latest version although it is older than the delivered one. */
  acceptOlder: boolean;
  /** Keys whose route wants them gone leave without a second look. */
  removeNow: boolean;
}

export const NO_OVERRIDES: Overrides = { acceptOlder: false, removeNow: false };
