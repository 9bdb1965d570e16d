import type { Universe } from '../world/shape.ts';
import type { Accuse } from './rules.ts';

const HOUR_MS = 3_600_000;
/** Work is given up after 24 hours; what lags may wait a little longer for its version to be written. */
const OLDEST_MS = 30 * HOUR_MS;
/**
 * Of one target and cause: the event and two later looks at a vault that lags each start an attempt, and a look whether what was
 * deleted is back; and those two looks themselves.
 */
const MOST = 8;

export interface PushMessage {
  kind: 'secret' | 'target';
  secret: string;
  cause: string;
  since: number;
  attempt: number;
  cluster?: string;
  namespace?: string;
  name?: string;
}

export function pushMessages({ queue }: Universe): { message: PushMessage; visibleAt: number }[] {
  return queue.waiting('push') as { message: PushMessage; visibleAt: number }[];
}

export function aboutOf({ kind, secret, cluster, namespace, name }: PushMessage): string {
  return kind === 'secret' ? secret : `${cluster}/${namespace}/${name}`;
}

/** How often a message may be there once more. */
export interface Twice {
  /** An instance died, or an answer was lost. */
  mishaps: number;
  /** Events and runs, each of which may start the one message that waits for the date of a version. */
  causes: number;
}

export function judgeMessages(universe: Universe, { mishaps, causes }: Twice, accuse: Accuse): void {
  const counts = new Map<string, number>();
  for (const { message } of pushMessages(universe)) {
    const { cause, since, attempt } = message;
    const what = aboutOf(message);
    const id = `${what} because of ${cause}`;
    const count = (counts.get(id) ?? 0) + 1;
    counts.set(id, count);
    const most = MOST + mishaps + (cause.startsWith('nbf:') ? causes : 0);
    if (count === most + 1) accuse('messages', `${count} messages wait for ${id}`, [what]);
    const ageMs = universe.time.now() - since;
    if (mishaps === 0 && ageMs > OLDEST_MS)
      accuse('messages', `attempt ${attempt} at ${id} is ${Math.round(ageMs / HOUR_MS)} hours old`, [what]);
  }
}
