import type { SecretRef } from '../names.ts';
import type { PushMessage } from '../report/message.ts';
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
}

/**
 * A version that waits for its not-before date is delivered by a message that becomes visible then. One per version: an
 * event starts it, and a message that woke up early for the same version goes on with it.
 */
export function notBeforeMessages({ secret, cause }: Asked, results: readonly Result[], now: number) {
  const waiting = results
    .filter((result) => result.work.claim.route.spec.honourNotBefore)
    .map((result) => result.gathered?.get(secret.name))
    .find((gathered) => gathered?.state === 'not-yet-valid');
  if (waiting?.state !== 'not-yet-valid') return [];
  const { version, notBefore = 0 } = waiting.latest;
  const mine = `nbf:${version}`;
  if (cause.startsWith('nbf:') && cause !== mine) return [];
  const due = notBefore * 1000 + AFTERWARDS_MS;
  const message: PushMessage = {
    kind: 'secret',
    vault: secret.vault,
    secret: secret.name,
    cause: mine,
    since: due,
    attempt: 1,
  };
  return [{ message, delayMs: Math.min(LONGEST_HOP_MS, Math.max(SHORTEST_HOP_MS, due - now)) }];
}
