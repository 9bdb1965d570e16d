import { type Code, isRetryable } from '../errors.ts';
import type { SecretRef, TargetRef } from '../names.ts';
import type { PushMessage } from '../retry/message.ts';
import type { TargetStatus } from '../status/target.ts';
import { newNotes, notesOf } from './notes.ts';
import type { Result } from './result.ts';

/** A queue hides a message for at most 7 days: longer waits go in hops. */
const LONGEST_HOP_MS = 6 * 24 * 3600 * 1000;
/** After the date itself, so that clocks that differ a little agree that it has passed. */
const AFTERWARDS_MS = 5000;
/** Where the vault's clock is behind, a message that woke up at its date asks again at this pace. */
const SHORTEST_HOP_MS = 10_000;

interface Asked {
  secret: SecretRef;
  cause: string;
  /** The retry of one target speaks for that target alone. */
  only?: TargetRef;
}

/** What is looked at again before long says by then what waits: until it does, each look would start one more message. */
function isSettled(code: Code): boolean {
  return !isRetryable(code) && code !== 'SECRET_INVALID';
}

/**
 * A version that waits for its not-before date is delivered by a message that becomes visible then. One per version: an
 * event starts it, and a message that woke up early for the same version goes on with it. A target that was retried by
 * itself waits by itself.
 */
export function notBeforeMessages({ secret, cause, only }: Asked, results: readonly Result[], now: number) {
  const waiting = results
    .filter((result) => isSettled(result.code))
    .filter((result) => result.work.claim.route.spec.honourNotBefore)
    .map((result) => result.gathered?.get(secret.name))
    .find((gathered) => gathered?.state === 'not-yet-valid');
  if (waiting?.state !== 'not-yet-valid') return [];
  const { version, notBefore = 0 } = waiting.latest;
  const mine = `nbf:${version}`;
  if (cause.startsWith('nbf:') && cause !== mine) return [];
  const due = notBefore * 1000 + AFTERWARDS_MS;
  const work = { vault: secret.vault, secret: secret.name, cause: mine, since: due, attempt: 1 };
  const message: PushMessage =
    only === undefined ? { kind: 'secret', ...work } : { kind: 'target', ...work, ...only };
  return [{ message, delayMs: Math.min(LONGEST_HOP_MS, Math.max(SHORTEST_HOP_MS, due - now)) }];
}

/** The sources that wait for a date which the target's row did not tell yet: for the others a message is under way. */
export function newlyWaiting(result: Result, before: TargetStatus | undefined): string[] {
  if (!isSettled(result.code)) return [];
  const notes = before !== undefined && isSettled(before.code) ? newNotes(result, before) : notesOf(result);
  return notes.flatMap(({ code, source }) => (code === 'SCHEDULED' && source !== undefined ? [source] : []));
}
