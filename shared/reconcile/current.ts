import type { Code } from '../errors.ts';
import type { SecretMetadata } from '../target/secret.ts';
import type { Listing } from '../source/source.ts';
import { stateOf } from '../source/state.ts';
import { fingerprintOf, type SourceFacts } from '../status/fingerprint.ts';
import type { TargetStatus } from '../status/target.ts';
import { keepsTags, type Wanted } from './desired.ts';

/** What the listing says of each source of a target, without those whose tags the route does not ask for, as in a push. */
export function factsOf(wanted: Wanted, listing: Listing): SourceFacts[] {
  return wanted.sources
    .filter((name) => !wanted.accepted.includes(name) || keepsTags(wanted.claim.route, listing, name))
    .map((name) => factOf(name, wanted, listing));
}

function factOf(name: string, wanted: Wanted, listing: Listing): SourceFacts {
  if (!wanted.accepted.includes(name)) return { name, state: 'refused', properties: undefined };
  const properties = listing.secrets.get(name);
  if (properties === undefined) return { name, state: 'deleted', properties };
  const state = stateOf(properties, listing.readAt);
  return { name, state, properties: state === 'disabled' ? undefined : properties };
}

/** A vault's replica may lag and `updated` has only seconds: a read so soon after it is looked at once more. */
const MARGIN_SECONDS = 600;

/** An admission policy or a quota may have changed since, which no listing of ours shows. */
const REFUSED_AGAIN_SECONDS = 3600;

/** Refusals that follow from what the fingerprint tells: they hold until that changes, or until a person asks. */
const REFUSED_FOR_GOOD: ReadonlySet<Code> = new Set<Code>(['RENDER_REFUSED', 'NO_ROUTE']);

/**
 * Whether nothing has changed since the row was written: the live Secret is the one it speaks of, and it was computed from
 * what the listing shows now. Says so without reading a value. `now`: when the listing began, Unix seconds.
 */
export function isCurrent(
  row: TargetStatus | undefined,
  wanted: Wanted,
  facts: readonly SourceFacts[],
  live: SecretMetadata | undefined,
  now: number,
): row is TargetStatus {
  if (row === undefined || !isSettled(row, now)) return false;
  if (!isSameSecret(row, live) || row.route !== wanted.claim.route.metadata.name) return false;
  if (row.fingerprint !== fingerprintOf(wanted.claim.route, facts)) return false;
  return facts.every(
    ({ properties }) => properties === undefined || row.readAt >= properties.updated + MARGIN_SECONDS,
  );
}

/**
 * Other refusals are looked at by every run, without reading a value: when a foreign Secret goes or a namespace comes, no
 * listing of managed Secrets shows it. `now` is Key Vault's clock, in seconds.
 */
function isSettled(row: TargetStatus, now: number): boolean {
  if (row.state === 'current') return true;
  if (row.state !== 'refused') return false;
  if (row.code === 'SECRET_INVALID') return now - row.readAt < REFUSED_AGAIN_SECONDS;
  return REFUSED_FOR_GOOD.has(row.code);
}

function isSameSecret(row: TargetStatus, live: SecretMetadata | undefined): boolean {
  return row.uid === (live?.uid ?? '') && row.resourceVersion === (live?.resourceVersion ?? '');
}
