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
  return { ...nothing, attempts: 0, cause: '', readAt: 0, removal: '', ...about };
}

const DAY_MS = 24 * 3600 * 1000;

/** A vault that has answered with an older version for a day does not lag: its version is written. `now` in ms. */
export function isStaleForADay(row: TargetStatus | undefined, now: number): boolean {
  return row?.code === 'STALE_READ' && now - row.since >= DAY_MS;
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
  ];
  if (shown.some((key) => before[key] !== after[key])) return true;
  return after.state !== 'current' && (before.code !== after.code || before.message !== after.message);
}
