import type { Task } from '../event/task.ts';
import type { Ports } from '../ports.ts';
import { newlyWaiting, waitingVersion } from '../status/notes.ts';
import type { Outcome } from '../status/outcome.ts';
import type { TargetStatus } from '../status/target.ts';
import { NEVER } from '../time.ts';
import type { PushMessage } from './message.ts';
import type { Retry } from './requeue.ts';

/** A queue hides a message for at most 7 days: longer waits go in hops. */
const LONGEST_HOP_MS = 6 * 24 * 3600 * 1000;
/** After the date itself, so that clocks that differ a little agree that it has passed. */
const AFTERWARDS_MS = 5000;
/** Where the vault's clock is behind, a message that woke up at its date asks again at this pace. */
const SHORTEST_HOP_MS = 10_000;

/**
 * A version that waits for its not-before date is delivered by a message that becomes visible then. One per version: an
 * event starts it, and a message that woke up early for the same version goes on with it. A target that was retried by
 * itself waits by itself.
 */
export function notBeforeRetry(
  { secret, cause, only }: Pick<Task, 'secret' | 'cause' | 'only'>,
  outcomes: readonly Outcome[],
  now: number,
): Retry[] {
  const waiting = outcomes.flatMap((outcome) => waitingVersion(outcome, secret.name) ?? [])[0];
  if (waiting === undefined) return [];
  const { version, notBefore = 0 } = waiting;
  const mine = `nbf:${version}`;
  if (cause.startsWith('nbf:') && cause !== mine) return [];
  const due = notBefore * 1000 + AFTERWARDS_MS;
  const work = { vault: secret.vault, secret: secret.name, cause: mine, since: due, attempt: 1 };
  const message: PushMessage =
    only === undefined ? { kind: 'secret', ...work } : { kind: 'target', ...work, ...only };
  return [{ message, delayMs: Math.min(LONGEST_HOP_MS, Math.max(SHORTEST_HOP_MS, due - now)) }];
}

/**
 * Messages for versions that wait for their date, before the row that tells of them is saved: once it does, no run would see
 * anything new in it. False when the queue took one of them not: then the row must not tell.
 * @param said secrets that have their message already; grows
 * @param own the secret that has a message of its own
 */
export async function scheduleDates(
  { queue, clock, log }: Pick<Ports, 'queue' | 'clock' | 'log'>,
  outcome: Outcome,
  before: TargetStatus | undefined,
  { cause, said, own }: { cause: string; said: Set<string>; own?: string },
): Promise<boolean> {
  const { vault } = outcome.target.route.spec;
  try {
    for (const name of newlyWaiting(outcome, before)) {
      const date = `date of ${vault}/${name}`;
      if (name === own || said.has(date)) continue;
      const asked = { secret: { vault, name }, cause, only: undefined };
      for (const { message, delayMs } of notBeforeRetry(asked, [outcome], clock.now())) {
        await queue.push(message, delayMs, NEVER);
        said.add(date);
      }
    }
    return true;
  } catch (error) {
    log.failure(error);
    return false;
  }
}
