import { z } from 'zod';
import type { Code } from '../errors.ts';
import type { TargetRef } from '../names.ts';

/**
 * - `current`: the Secret was as it should be when last looked at
 * - `waiting`: a retry is under way
 * - `refused`: a person must act; looked at again by every run that sees a change
 * - `problem`: given up, or a problem that has no target
 * - `orphaned`: managed, but no route wants it any more
 */
export type RowState = 'current' | 'waiting' | 'refused' | 'problem' | 'orphaned';

/** The partition of problems that have no target: a secret, a message, a registry row. */
export const NO_CLUSTER = '-';

/** One row of `Targets`: PartitionKey `cluster`, RowKey `id`. Never a value, nor a hash of one. */
export interface TargetStatus {
  cluster: string;
  /** `namespace:name` of the target; in partition `-` what the problem is about, such as `secret:team:app-1--pg--password`. */
  id: string;
  state: RowState;
  code: Code;
  message: string;
  route: string;
  uid: string;
  resourceVersion: string;
  /** What the target was computed from, without values; see status/fingerprint.ts. */
  fingerprint: string;
  /** As on the Secret: `vault/name@version:created`, comma-separated. */
  sources: string;
  /** When `state` and `code` became what they are, ms since the epoch. */
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
  /** Of a problem of a queue: ids of the last messages that nobody could read, comma-separated. */
  messages: string;
  /** Whether a run looked once more after the change that this row tells of: a replica that lagged would have caught up. */
  confirmed: boolean;
}

/** The row's key among those of its cluster. */
export function rowId({ namespace, name }: { namespace: string; name: string }): string {
  return `${namespace}:${name}`;
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
  const nothing = { route: '', uid: '', resourceVersion: '', fingerprint: '', sources: '' };
  const never = { readAt: 0, lookedAt: 0, failingSince: 0, nextRetry: 0, confirmed: false };
  return { ...nothing, ...never, attempts: 0, cause: '', removal: '', stale: '', messages: '', ...about };
}

export const DAY_MS = 24 * 3600 * 1000;

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

/** Whether people would see a difference; an unchanged row is not written. Being current says the same under two codes. */
export function differs(before: TargetStatus | undefined, after: TargetStatus): boolean {
  if (before === undefined) return true;
  const shown: (keyof TargetStatus)[] = [
    'state',
    'uid',
    'resourceVersion',
    'fingerprint',
    'sources',
    'route',
    'attempts',
    'removal',
    'stale',
    'nextRetry',
    'messages',
  ];
  if (shown.some((key) => before[key] !== after[key])) return true;
  return after.state !== 'current' && (before.code !== after.code || before.message !== after.message);
}
