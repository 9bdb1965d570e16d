import type { SecretSummary } from '../push/kubernetes-secret.ts';
import type { Listing } from '../read/source.ts';
import { stateOf } from '../read/state.ts';
import { fingerprintOf, type SourceFacts } from '../report/fingerprint.ts';
import type { RowState, TargetRow } from '../report/row.ts';
import type { Wanted } from './desired.ts';

/** What the listing says of each source of a target. */
export function factsOf(wanted: Wanted, listing: Listing): SourceFacts[] {
  return wanted.sources.map((name) => factOf(name, wanted, listing));
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

/**
 * Whether nothing has changed since the row was written: the live Secret is the one it speaks of, and it was computed from
 * what the listing shows now. Says so without reading a value.
 */
export function isCurrent(
  row: TargetRow | undefined,
  wanted: Wanted,
  facts: readonly SourceFacts[],
  live: SecretSummary | undefined,
): row is TargetRow {
  if (row === undefined || !SETTLED.has(row.state) || row.code === 'NOT_OURS') return false;
  if (!isSameSecret(row, live) || row.route !== wanted.claim.route.metadata.name) return false;
  if (row.fingerprint !== fingerprintOf(wanted.claim.route, facts)) return false;
  return facts.every(
    ({ properties }) => properties === undefined || row.readAt >= properties.updated + MARGIN_SECONDS,
  );
}

// NOT_OURS is looked at again, without reading a value: when a foreign Secret goes, no listing of ours shows it.
const SETTLED: ReadonlySet<RowState> = new Set<RowState>(['current', 'refused']);

function isSameSecret(row: TargetRow, live: SecretSummary | undefined): boolean {
  return row.uid === (live?.uid ?? '') && row.resourceVersion === (live?.resourceVersion ?? '');
}
