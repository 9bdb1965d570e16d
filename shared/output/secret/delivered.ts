import type { SecretRef } from '../../names.ts';
import { type Delivered, parseProvenance } from '../../source/provenance.ts';
import { knownExpiries } from '../../status/expiry.ts';
import type { TargetStatus } from '../../status/target.ts';
import { isoTime, present } from '../fields.ts';
import type { VaultView } from '../schema.ts';

/** What was delivered to the target of this secret, as far as it was recorded. */
export function deliveredIn(row: TargetStatus | undefined, secret: SecretRef): Delivered | undefined {
  const { vault, sources } = parseProvenance(row?.sources);
  return vault === secret.vault ? sources.get(secret.name) : undefined;
}

/** The same while the Secret stands there, as far as anybody knows. */
export function standsIn(row: TargetStatus | undefined, secret: SecretRef): Delivered | undefined {
  return row?.stands === 'no' ? undefined : deliveredIn(row, secret);
}

/** undefined: nobody knows. A latest version that waits for its date is not what should stand there. */
export function isLatest({ version }: Delivered, vault: VaultView): boolean | undefined {
  if (vault.version === undefined || vault.state === 'not-yet-valid') return undefined;
  return version === vault.version;
}

/** When which version came to a target, for whoever asks about one secret. */
export function arrivalOf(row: TargetStatus, secret: SecretRef, vault: VaultView) {
  const delivered = standsIn(row, secret);
  if (delivered === undefined) return {};
  const { version, created } = delivered;
  const delay = Math.round(row.deliveredAt / 1000) - created;
  return {
    version,
    ...present({
      created: isoTime(created * 1000),
      expires: isoTime((knownExpiries(row.expires).get(secret.name) ?? 0) * 1000),
      isLatest: isLatest(delivered, vault),
      delaySeconds: row.deliveredAt > 0 && delay >= 0 ? delay : undefined,
    }),
  };
}
