import { type Code, type Failure, failureOf, isRetryable } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { Target } from '../route/targets.ts';
import type { Effect } from '../status/outcome.ts';
import type { Change } from '../target/change.ts';
import { differenceOf } from '../target/difference.ts';
import { SOURCES_ANNOTATION } from '../target/ownership.ts';
import { identityOf, type LiveSecret, NO_SECRET, type Written } from '../target/secret.ts';
import type { Clock } from '../time.ts';

/** What a change came to in the cluster. */
export type Applied =
  | ({ kind: 'stands'; code: Code; message: string } & Pick<Effect, 'action' | 'secret' | 'recorded'>)
  | ({ kind: 'failed' } & Failure);

/** A change that was not held back. */
type Free = Exclude<Change, { action: 'blocked' }>;

/** What carrying out needs: `safeguard` makes sure that the target is looked at again soon, whatever becomes of this process. */
interface Hands extends Pick<Ports, 'kubernetes' | 'clock'> {
  safeguard: (target: Target) => Promise<void>;
}

/** Carries a change out, always on condition of what was observed. */
export async function apply(
  hands: Hands,
  target: Target,
  change: Free,
  signal: AbortSignal,
): Promise<Applied> {
  const { kubernetes } = hands;
  const { cluster } = target;
  switch (change.action) {
    case 'none':
      return unchanged(change.secret);
    case 'create':
      return written(await kubernetes.create(cluster, change.manifest, signal), change, 'created');
    case 'update':
      return written(
        await kubernetes.replace(cluster, change.manifest, change.secret, signal),
        change,
        'updated',
      );
    case 'replace':
      return replace(hands, target, change, signal);
    case 'delete': {
      const removed = await kubernetes.remove(cluster, change.secret, signal);
      if (removed.kind !== 'written') return notWritten(removed.kind);
      const message = 'the Secret was removed with its last key';
      return {
        kind: 'stands',
        action: 'delete',
        code: 'REMOVED',
        message,
        secret: NO_SECRET,
        recorded: undefined,
      };
    }
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
): Promise<Applied> {
  const { kubernetes, safeguard } = hands;
  const { cluster } = target;
  const tried = await kubernetes.tryCreate(cluster, change.manifest, signal);
  // Nothing is in the way any more when it could be written: it is not the Secret that was observed.
  if (tried !== 'conflict') return notWritten(tried === 'written' ? 'conflict' : tried);
  await safeguard(target);
  const removed = await kubernetes.remove(cluster, change.secret, signal);
  if (removed.kind !== 'written') return notWritten(removed.kind);
  const create = (inTime: AbortSignal): Promise<Written> =>
    kubernetes.create(cluster, change.manifest, inTime);
  return written(await untilItSucceeds(hands.clock, create, signal), change, 'created anew');
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

function unchanged(secret: LiveSecret): Applied {
  return {
    kind: 'stands',
    action: 'none',
    code: 'UNCHANGED',
    message: 'the Secret is up to date',
    secret: identityOf(secret),
    recorded: secret.annotations[SOURCES_ANNOTATION] ?? '',
  };
}

type Writing = Extract<Change, { action: 'create' | 'update' | 'replace' }>;

function written(result: Written, { action, manifest }: Writing, verb: string): Applied {
  if (result.kind !== 'written') return notWritten(result.kind);
  return {
    kind: 'stands',
    action,
    code: 'DELIVERED',
    message: `the Secret was ${verb}`,
    secret: identityOf(result),
    recorded: manifest.annotations[SOURCES_ANNOTATION] ?? '',
  };
}

function notWritten(kind: 'conflict' | 'namespace-missing'): Applied {
  return kind === 'conflict'
    ? { kind: 'failed', code: 'CONFLICT', message: 'the Secret changed between observation and write' }
    : { kind: 'failed', code: 'NAMESPACE_MISSING', message: 'the namespace went away before the write' };
}

const WOULD: Readonly<Record<Exclude<Free['action'], 'none'>, string>> = {
  create: 'the Secret would be created',
  update: 'the Secret would be updated',
  replace: 'the Secret would be deleted and created anew',
  delete: 'the Secret would be removed with its last key',
};

/** What `apply` would come to. */
export function rehearse(change: Free): Applied {
  if (change.action === 'none') return unchanged(change.secret);
  const secret = 'secret' in change ? identityOf(change.secret) : NO_SECRET;
  const { action } = change;
  const difference = differenceOf(change);
  const message = difference === '' ? WOULD[action] : `${WOULD[action]}: ${difference}`;
  return { kind: 'stands', action, code: 'PLANNED', message, secret, recorded: undefined };
}
