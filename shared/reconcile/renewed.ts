import type { Listing } from '../source/source.ts';
import { expiriesOfFacts } from '../status/expiry.ts';
import { fingerprintOf, isOldFingerprint } from '../status/fingerprint.ts';
import { partsOfFacts, partsText } from '../status/parts.ts';
import type { TargetStatus } from '../status/target.ts';
import { factsOf, type Wanted } from './wanted.ts';

/** What a row of an earlier release lacks, as the listing tells it. */
export type Renewed = Pick<TargetStatus, 'fingerprint' | 'parts' | 'expires'>;

/** Of a target whose row is of an earlier release and that is current: an upgrade reads no value for it. */
export function renewedRow(row: TargetStatus, wanted: Wanted, listing: Listing): Renewed | undefined {
  if (!isOldFingerprint(row.fingerprint)) return undefined;
  const facts = factsOf(wanted, listing);
  return {
    fingerprint: fingerprintOf(wanted.target.route, facts),
    parts: partsText(partsOfFacts(facts, row.sources)),
    expires: expiriesOfFacts(facts, row.sources),
  };
}
