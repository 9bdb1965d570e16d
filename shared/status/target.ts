import { z } from 'zod';
import { type Code, CODES } from '../errors.ts';
import type { TargetRef } from '../names.ts';

/**
 * What happens next with a target, and so what people do about it; the row's code says why. The first that fits:
 * - `paused`: its route is paused
 * - `orphaned`: managed, but no route wants it any more
 * - `refused`: a person must act; looked at again by every run that sees a change
 * - `failed`: no success for 24 hours; runs still look
 * - `pending`: the write itself is outstanding, and something tries again
 * - `absent`: nothing stands there and nothing is due
 * - `degraded`: up to date but for sources that give no value now, each named
 * - `synced`: as it should be
 * `problem`: something that is wrong and has no target (partition `-`).
 */
export const ROW_STATES = [
  'paused',
  'orphaned',
  'refused',
  'failed',
  'pending',
  'absent',
  'degraded',
  'synced',
  'problem',
] as const;

type RowState = (typeof ROW_STATES)[number];

/** Whether a Secret of ours stands in the cluster, as of the last look that could tell. */
type Stands = 'yes' | 'no' | 'unknown';

/** The partition of problems that have no target: a secret, a message, a registry row. */
export const NO_CLUSTER = '-';

/** One row of `Targets`: PartitionKey `cluster`, RowKey `id`. Never a value, nor a hash of one. */
export interface TargetStatus {
  cluster: string;
  /** `namespace:name` of the target; in partition `-` what the problem is about, such as `secret:team:app-1--pg--password`. */
  id: string;
  state: RowState;
  /** Why it is in this state. */
  code: Code;
  message: string;
  route: string;
  stands: Stands;
  /** When vaultcast last wrote the Secret that stands there, ms since the epoch; 0 when that is not known. */
  deliveredAt: number;
  uid: string;
  resourceVersion: string;
  /** What the target was computed from, without values; see status/fingerprint.ts. */
  fingerprint: string;
  /** As on the Secret: `vault/name@version:created`, comma-separated. */
  sources: string;
  /** The state of each source that is not simply valid, as JSON (status/parts.ts); empty when all are. */
  parts: string;
  /** When what stands there expires, as JSON (status/expiry.ts); empty when nothing does. */
  expires: string;
  /** The last versions that came, as JSON (status/deliveries.ts); empty when none is known. */
  deliveries: string;
  /** When `state` became what it is, ms since the epoch. */
  since: number;
  attempts: number;
  /** The event, run or command of the last attempt. */
  cause: string;
  /** Key Vault's clock at the oldest read behind this row, Unix seconds; 0 when nothing was read. */
  readAt: number;
  /** Proof of a removal in the making (target/removal.ts); empty when there is none. */
  removal: string;
  /** When the look behind this row began, ms since the epoch: of two looks the later one counts. 0 in rows of older releases. */
  lookedAt: number;
  /** Since when the target could not be brought up to date, ms; 0 while it can. */
  failingSince: number;
  /** When a queued message looks at it again, ms; 0 when none does. */
  nextRetry: number;
  /** Sources that the vault answered with an older version of, each with since when (ms), as JSON; empty when there is none. */
  stale: string;
  /**
   * Versions that the message which waits is to find, as on the Secret: events announced them, or they stood there before; empty
   * when nothing waits or nothing is known (retry/announced.ts).
   */
  announced: string;
  /**
   * The route that wrote what stands there, or stood there last, as `vault/name`; empty when none did. It keeps the target while
   * nothing stands, above all between DELETE and POST.
   */
  maker: string;
  /** Of a problem of a queue: ids of the last messages that nobody could read, comma-separated. */
  messages: string;
  /** That a person knows of it, as JSON (status/acknowledgement.ts); empty when nobody said so. */
  ack: string;
  /** Whether a run looked once more after the change that this row tells of: a replica that lagged would have caught up. */
  confirmed: boolean;
}

/** The row's key among those of its cluster. */
export function rowId({ namespace, name }: { namespace: string; name: string }): string {
  return `${namespace}:${name}`;
}

/** The namespace of a target's row. */
export function namespaceOf({ id }: Pick<TargetStatus, 'id'>): string {
  return id.slice(0, id.indexOf(':'));
}

/** The target that a row speaks of. Names of Secrets hold no colon, those of secret problems do. */
export function refOf({ cluster, id }: Pick<TargetStatus, 'cluster' | 'id'>): TargetRef {
  const [namespace = '', ...rest] = id.split(':');
  return { cluster, namespace, name: rest.join(':') };
}

/** A row of which nothing is known but where and why. */
export function blankRow(
  about: Pick<TargetStatus, 'cluster' | 'id' | 'state' | 'code' | 'message' | 'since'>,
): TargetStatus {
  const nothing = {
    route: '',
    uid: '',
    resourceVersion: '',
    fingerprint: '',
    sources: '',
    parts: '',
    expires: '',
  };
  const never = {
    stands: 'unknown',
    deliveredAt: 0,
    readAt: 0,
    lookedAt: 0,
    failingSince: 0,
    nextRetry: 0,
    confirmed: false,
  } as const;
  return {
    ...nothing,
    ...never,
    attempts: 0,
    cause: '',
    removal: '',
    deliveries: '',
    stale: '',
    announced: '',
    maker: '',
    messages: '',
    ack: '',
    ...about,
  };
}

/** Who knows of it, as the row that was there said: whether that still holds is asked when it is read. */
export function ackOf(before: TargetStatus | undefined): string {
  return before === undefined ? '' : before.ack;
}

export const DAY_MS = 24 * 3600 * 1000;

const SETTLED: ReadonlySet<RowState> = new Set(['synced', 'degraded', 'absent', 'paused']);

/** Whether there is nothing to do until something changes: what is degraded may have a source that is tried again. */
export function isSettled({ state, code }: Pick<TargetStatus, 'state' | 'code'>): boolean {
  return SETTLED.has(state) && CODES[code].retry === 'no';
}

/** Since when each source of a row is stale, ms. What cannot be read is not known. */
export function staleSince(text: string): Record<string, number> {
  try {
    return staleSources.parse(JSON.parse(text || '{}'));
  } catch {
    return {};
  }
}

const staleSources = z.record(z.string(), z.number());

/** Sources that were stale for a day: their vault does not lag, it was restored, so its version is written. `now` in ms. */
export function staleForADay(row: TargetStatus | undefined, now: number): ReadonlySet<string> {
  const known = Object.entries(staleSince(row?.stale ?? ''));
  return new Set(known.flatMap(([source, since]) => (now - since >= DAY_MS ? [source] : [])));
}

/** Whether people would see a difference; an unchanged row is not written. Being synced says the same under two codes. */
export function differs(before: TargetStatus | undefined, after: TargetStatus): boolean {
  if (before === undefined) return true;
  const shown: (keyof TargetStatus)[] = [
    'state',
    'stands',
    'deliveredAt',
    'parts',
    'expires',
    'deliveries',
    'uid',
    'resourceVersion',
    'fingerprint',
    'sources',
    'route',
    'attempts',
    'removal',
    'stale',
    'announced',
    'maker',
    'nextRetry',
    'messages',
    'ack',
  ];
  if (shown.some((key) => before[key] !== after[key])) return true;
  return after.state !== 'synced' && (before.code !== after.code || before.message !== after.message);
}
