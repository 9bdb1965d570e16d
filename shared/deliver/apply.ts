import { failureOf, isRetryable } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { Target } from '../route/targets.ts';
import type { Change } from '../target/change.ts';
import type { Written } from '../target/secret.ts';
import type { Clock } from '../time.ts';

/** What carrying out needs: `safeguard` makes sure that the target is looked at again soon, whatever becomes of this process. */
interface Hands extends Pick<Ports, 'kubernetes' | 'clock'> {
  safeguard: (target: Target) => Promise<void>;
}

/** Carries out a change that was not held back, always on condition of what was observed. Undefined when it writes nothing. */
export async function apply(
  hands: Hands,
  target: Target,
  change: Exclude<Change, { action: 'blocked' }>,
  signal: AbortSignal,
): Promise<Written | undefined> {
  const { kubernetes } = hands;
  const { cluster } = target;
  switch (change.action) {
    case 'none':
      return undefined;
    case 'create':
      return kubernetes.create(cluster, change.manifest, signal);
    case 'update':
      return kubernetes.replace(cluster, change.manifest, change.secret, signal);
    case 'replace':
      return replace(hands, target, change, signal);
    case 'delete':
      return kubernetes.remove(cluster, change.secret, signal);
  }
}

type Replacing = Extract<Change, { action: 'replace' }>;

/**
 * The new Secret is tried first: what the cluster refuses must not cost the one that stands there. Between DELETE and POST
 * nothing stands, so a message that looks again is queued before the DELETE, and the POST is tried until its deadline.
 */
async function replace(
  hands: Hands,
  target: Target,
  change: Replacing,
  signal: AbortSignal,
): Promise<Written> {
  const { kubernetes, safeguard } = hands;
  const { cluster } = target;
  const tried = await kubernetes.tryCreate(cluster, change.manifest, signal);
  // Nothing is in the way any more when it could be written: it is not the Secret that was observed.
  if (tried !== 'conflict') return { kind: tried === 'written' ? 'conflict' : tried };
  await safeguard(target);
  const removed = await kubernetes.remove(cluster, change.secret, signal);
  if (removed.kind !== 'written') return removed;
  const create = (inTime: AbortSignal): Promise<Written> =>
    kubernetes.create(cluster, change.manifest, inTime);
  return untilItSucceeds(hands.clock, create, signal);
}

const POST_DEADLINE_MS = 15_000;
const POST_PAUSE_MS = 500;

/** Rejects with the last failure when the deadline or the signal ends it, or when trying again cannot help. */
async function untilItSucceeds<T>(
  clock: Clock,
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const end = clock.now() + POST_DEADLINE_MS;
  for (let pause = POST_PAUSE_MS; ; pause *= 2) {
    try {
      return await work(signal);
    } catch (error) {
      const { code, retryAfterMs = 0 } = failureOf(error);
      const wait = Math.max(pause, retryAfterMs);
      if (!isRetryable(code) || signal.aborted || clock.now() + wait > end) throw error;
      await clock.sleep(wait, signal).catch(() => undefined);
    }
  }
}
