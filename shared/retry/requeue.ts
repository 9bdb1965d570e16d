import { type Code, CODES, type Failure, isRetryable } from '../errors.ts';
import type { Task } from '../event/task.ts';
import { targetId } from '../names.ts';
import { isUnfinished, type Outcome, unfinishedOf } from '../status/outcome.ts';
import type { Clock } from '../time.ts';
import { backoffMs } from './delay.ts';
import { isOfSecond, lags } from './lag.ts';
import type { PushMessage } from './message.ts';

/** A message and how long it stays invisible. */
export interface Retry {
  message: PushMessage;
  delayMs: number;
}

/** The messages that try again what failed, and when each target is looked at by them, ms since the epoch. */
interface Retries {
  retries: Retry[];
  nextRetry: ReadonlyMap<Outcome, number>;
}

/**
 * Targets wait one by one; what vault or registry kept from all of them waits once, as the secret. A target that waits by
 * itself already goes on alone: else each of many would look after all of them again.
 */
export function retriesOf(clock: Clock, task: Task, outcomes: readonly Outcome[]): Retries {
  const waiting = outcomes.filter(isUnfinished);
  const isOfAll = ({ code }: Outcome): boolean => task.only === undefined && CODES[code].retry === 'secret';
  const ofSecret = waiting.filter(isOfAll);
  const ofTargets = waiting.filter((outcome) => !isOfAll(outcome));
  const nextRetry = new Map<Outcome, number>();
  // Several routes may claim a target: a message looks at it for all of them, and one for each would double with each attempt.
  const byTarget = new Map<string, Retry>();
  for (const outcome of ofTargets) {
    const id = targetId(outcome.target.ref);
    const retry = byTarget.get(id) ?? targetRetry(clock, task, outcome);
    byTarget.set(id, retry);
    nextRetry.set(outcome, clock.now() + retry.delayMs);
  }
  const retries = [...byTarget.values()];
  const [first] = ofSecret;
  if (first === undefined) return { retries, nextRetry };
  const secret = again(clock, task, failureToRetry(first));
  for (const outcome of ofSecret) nextRetry.set(outcome, clock.now() + secret.delayMs);
  return { retries: [...retries, secret], nextRetry };
}

function targetRetry(clock: Clock, task: Task, outcome: Outcome): Retry {
  const message = { kind: 'target', ...nextOf(task, outcome.code), ...outcome.target.ref } as const;
  return { message, delayMs: delayMs(clock, task, failureToRetry(outcome)) };
}

/** Why an outcome is tried again. */
function failureToRetry(outcome: Outcome): Omit<Failure, 'message'> {
  const part = unfinishedOf(outcome).find(({ code }) => isRetryable(code));
  if (part !== undefined) return part;
  const { code } = outcome;
  const asked = outcome.kind === 'failed' || outcome.kind === 'held' ? outcome.retryAfterMs : undefined;
  return asked === undefined ? { code } : { code, retryAfterMs: asked };
}

const BRIEF: ReadonlySet<Code> = new Set(['CONFLICT', 'OUT_OF_TIME']);

/** The whole task once more, for the target it is about or for the whole secret. */
export function again(clock: Clock, task: Task, failure: Omit<Failure, 'message'>): Retry {
  return { message: messageOf(task, failure.code), delayMs: delayMs(clock, task, failure) };
}

function messageOf(task: Task, code: Code): PushMessage {
  const next = nextOf(task, code);
  return task.only === undefined ? { kind: 'secret', ...next } : { kind: 'target', ...next, ...task.only };
}

/** Waiting that is nobody's failure: it uses no attempt up, and has a date of its own. */
const WAITS: ReadonlySet<Code> = new Set(['CLUSTER_BACKOFF', 'QUEUED']);

/** The work again, as the next attempt, unless it only waited. */
export function nextOf({ secret, cause, since, attempt }: Task, code: Code) {
  const next = WAITS.has(code) ? attempt : attempt + 1;
  return { vault: secret.vault, secret: secret.name, cause, since, attempt: next };
}

/**
 * What only waits has its date; a conflict, or a cluster that answered a little late, is over in a
 * moment; everything else backs off.
 */
function delayMs(clock: Clock, { attempt }: Task, { code, retryAfterMs }: Omit<Failure, 'message'>): number {
  if (WAITS.has(code)) return retryAfterMs ?? 0;
  if (BRIEF.has(code) && attempt < 5) return Math.round(500 + 1500 * clock.random());
  return backoffMs(attempt, retryAfterMs, clock.random());
}

/** A region's replica may lag by seconds, seldom by minutes; what lags for longer is found by a run. */
const LAG_LOOKS_MS = [30_000, 5 * 60_000];
/** Where it is doubtful whether it does: a secret that is rotated all the time is not looked for so long. */
const DOUBTFUL_LOOKS_MS = [30_000];

/**
 * Second looks at a secret of which the vault does not show yet what an event announced: its replica lags, and nothing else
 * may tell of the version until the next run.
 */
export function lagRetries(task: Task, outcomes: readonly Outcome[], now: number): Retry[] {
  const { announced, secret } = task;
  if (announced === undefined) return [];
  const behind = outcomes.flatMap(({ look }) => {
    const source = look.at === 'sources' ? look.sources.get(secret.name) : undefined;
    return source !== undefined && lags(source, announced, now / 1000) ? [source] : [];
  });
  if (behind.length === 0) return [];
  const message = messageOf(task, 'STALE_READ');
  const looks = behind.every((source) => isOfSecond(source, announced.at)) ? DOUBTFUL_LOOKS_MS : LAG_LOOKS_MS;
  return looks.map((delayMs) => ({ message, delayMs }));
}
