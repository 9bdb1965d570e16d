import type { Listing } from '../source/source.ts';
import { expiriesOfFacts } from '../status/expiry.ts';
import { fingerprintOf, isOldFingerprint } from '../status/fingerprint.ts';
import { partsOfFacts, partsText } from '../status/parts.ts';
import type { TargetStatus } from '../status/target.ts';
import { factsOf, type Wanted } from './wanted.ts';

/**
 * What the row of an earlier release lacks, as the listing tells it, of a target that is current: an upgrade reads no value
 * for it.
 */
export function renewedRow(row: TargetStatus, wanted: Wanted, listing: Listing) {
  if (!isOldFingerprint(row.fingerprint)) return undefined;
  const facts = factsOf(wanted, listing);
  return {
    fingerprint: fingerprintOf(wanted.target.route, facts),
    parts: partsText(partsOfFacts(facts, row.sources)),
    expires: expiriesOfFacts(facts, row.sources),
  };
}
