import { type Code, CODES, type Failure } from '../errors.ts';
import type { Task } from '../event/task.ts';
import { isUnfinished, type Outcome } from '../status/outcome.ts';
import type { Clock } from '../time.ts';
import { backoffMs } from './delay.ts';
import type { PushMessage } from './message.ts';

/** A message and how long it stays invisible. */
export interface Retry {
  message: PushMessage;
  delayMs: number;
}

/**
 * Targets wait one by one; what vault or registry kept from all of them waits once, as the secret. A target that waits by
 * itself already goes on alone: else each of many would look after all of them again.
 */
export function retriesOf(clock: Clock, task: Task, outcomes: readonly Outcome[]): Retry[] {
  const waiting = outcomes.filter(isUnfinished);
  const isOfAll = ({ code }: Outcome): boolean => task.only === undefined && CODES[code].retry === 'secret';
  const ofSecret = waiting.find(isOfAll);
  const ofTargets = waiting
    .filter((outcome) => !isOfAll(outcome))
    .map((outcome): Retry => ({
      message: { kind: 'target', ...nextOf(task, outcome.code), ...outcome.target.ref },
      delayMs: delayMs(clock, task, outcome.code, retryAfterOf(outcome)),
    }));
  if (ofSecret === undefined) return ofTargets;
  const { code } = ofSecret;
  return [...ofTargets, again(clock, task, { code, ...retryAfter(retryAfterOf(ofSecret)) })];
}

function retryAfter(retryAfterMs: number | undefined) {
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}

function retryAfterOf(outcome: Outcome): number | undefined {
  if (outcome.kind === 'synced') return outcome.unfinished[0]?.retryAfterMs;
  return outcome.kind === 'failed' || outcome.kind === 'held' ? outcome.retryAfterMs : undefined;
}

/** The whole task once more, for the target it is about or for the whole secret. */
export function again(clock: Clock, task: Task, { code, retryAfterMs }: Omit<Failure, 'message'>): Retry {
  const next = nextOf(task, code);
  return {
    message:
      task.only === undefined ? { kind: 'secret', ...next } : { kind: 'target', ...next, ...task.only },
    delayMs: delayMs(clock, task, code, retryAfterMs),
  };
}

/** The work again, as the next attempt; waiting for a cluster in back-off uses none up. */
export function nextOf({ secret, cause, since, attempt }: Task, code: Code) {
  const next = code === 'CLUSTER_PROBED' ? attempt : attempt + 1;
  return { vault: secret.vault, secret: secret.name, cause, since, attempt: next };
}

/** The date of a cluster's next try is kept as it is; a conflict is over in a moment; everything else backs off. */
function delayMs(clock: Clock, { attempt }: Task, code: Code, retryAfterMs: number | undefined): number {
  if (code === 'CLUSTER_PROBED') return retryAfterMs ?? 0;
  if (code === 'CONFLICT' && attempt < 5) return Math.round(500 + 1500 * clock.random());
  return backoffMs(attempt, retryAfterMs, clock.random());
}
