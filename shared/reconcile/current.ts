import { CODES } from '../errors.ts';
import type { SourceFacts } from '../source/source.ts';
import { isFingerprintOf } from '../status/fingerprint.ts';
import { isSettled, type TargetStatus } from '../status/target.ts';
import type { SecretMetadata } from '../target/secret.ts';
import type { Wanted } from './wanted.ts';

/** A vault's replica may lag and `updated` has only seconds: what was read so soon after it is looked at once more. */
const MARGIN_SECONDS = 600;

const HOUR_SECONDS = 3600;

/** An admission policy may have seen the namespace as it was a moment before: so many runs in a row look again at once. */
const FIRST_LOOKS = 4;

/**
 * Whether nothing has changed since the row was written: the live Secret is the one it speaks of, and it was computed from
 * what the listing shows now. Says so without reading a value. `now`: when the listing began, Unix seconds.
 */
export function isCurrent(
  row: TargetStatus | undefined,
  { target }: Wanted,
  facts: readonly SourceFacts[],
  live: SecretMetadata | undefined,
  now: number,
): row is TargetStatus {
  if (row === undefined || !isAtRest(row, now)) return false;
  if (!isSameSecret(row, live) || row.route !== target.route.metadata.name) return false;
  if (!isFingerprintOf(row.fingerprint, target.route, facts)) return false;
  return facts.every(
    ({ properties }) =>
      row.confirmed || properties === undefined || row.readAt >= properties.updated + MARGIN_SECONDS,
  );
}

/** Whether there is nothing to look at again before something changes. `now` is Key Vault's clock, in seconds. */
function isAtRest(row: TargetStatus, now: number): boolean {
  const { state, code, readAt, attempts } = row;
  if (state !== 'refused') return isSettled(row);
  const { recheck } = CODES[code];
  if (recheck === 'hourly') return attempts >= FIRST_LOOKS && now - readAt < HOUR_SECONDS;
  return recheck === 'on-change';
}

function isSameSecret(row: TargetStatus, live: SecretMetadata | undefined): boolean {
  return row.uid === (live?.uid ?? '') && row.resourceVersion === (live?.resourceVersion ?? '');
}
