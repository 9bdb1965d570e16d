import { type SecretRef, targetId, type TargetRef } from '../../names.ts';
import { type Delivered, parseProvenance } from '../../source/provenance.ts';
import type { TargetStatus } from '../../status/target.ts';
import { adviceOf } from '../advice.ts';
import { present } from '../fields.ts';
import type { SecretTarget, VaultView } from '../schema.ts';

/** What is asked about, and how much of the rest could be seen. */
export interface About {
  secret: SecretRef;
  vault: VaultView;
  /** Whether the rows could be read. */
  isRead: boolean;
  /** Whether a route brings other secrets to the target of a row. */
  isFed: (row: TargetStatus) => boolean;
}

/** What is said of a target in place of what its row says. */
export type Said = Pick<SecretTarget['status'], 'state' | 'reason' | 'message' | 'turn' | 'help'>;

/** What was delivered to the target of this secret, as far as it was recorded. */
export function deliveredIn(row: TargetStatus | undefined, secret: SecretRef): Delivered | undefined {
  const { vault, sources } = parseProvenance(row?.sources);
  return vault === secret.vault ? sources.get(secret.name) : undefined;
}

/** The same while the Secret stands there, as far as anybody knows. */
export function standsIn(row: TargetStatus | undefined, secret: SecretRef): Delivered | undefined {
  return row?.stands === 'no' ? undefined : deliveredIn(row, secret);
}

/** Two routes claim it: the one that owns it has it. */
export function rivalSaid(target: TargetRef, name: string, row: TargetStatus | undefined): Said | undefined {
  const owner = row?.route ?? '';
  if (owner === '' || owner === name) return undefined;
  const advice = adviceOf('COLLISION', { ...target, route: name });
  const message = `route ${owner} owns ${targetId(target)}`;
  return { state: 'refused', reason: 'COLLISION', message, ...present(advice) };
}

export function pausedSaid(paused: string, route: string): Said {
  return { state: 'paused', reason: 'PAUSED', message: paused, ...present(adviceOf('PAUSED', { route })) };
}

/** Runs keep no row of a target that neither stands nor is wanted, such as that of a secret that was deleted. */
export function unseenSaid(
  row: TargetStatus | undefined,
  { secret, vault, isRead }: About,
): Said | undefined {
  if (row !== undefined) return undefined;
  if (!isRead) return UNREAD;
  if (vault.state === 'missing') return goneSaid(secret);
  const help = `vaultcast push ${secret.vault}/${secret.name}`;
  const orGone = vault.state === 'unknown' ? ', or there is no such secret in the vault' : '';
  const message = `nothing is recorded of it: no run has looked at it yet${orGone}`;
  return { state: 'unknown', message, turn: 'vaultcast', help } as const;
}

const UNREAD: Said = {
  state: 'unknown',
  message: 'what is recorded of it could not be read',
  turn: 'platform',
  help: 'vaultcast get targets',
};

function goneSaid({ vault, name }: SecretRef): Said {
  const advice = present(adviceOf('SOURCE_MISSING', { vault, secret: name }));
  const message = 'nothing stands there, for the vault has no secret of this name';
  return { state: 'absent', reason: 'SOURCE_MISSING', message, ...advice };
}

/** The row says that all is well, as it was before the rotation: nobody has noticed that yet. */
export function lateSaid(row: TargetStatus | undefined, { secret, vault }: About): Said | undefined {
  const delivered = standsIn(row, secret);
  if (row?.state !== 'synced' || delivered === undefined || isLatest(delivered, vault) !== false)
    return undefined;
  if (vault.state !== 'valid' && vault.state !== 'near-expiry') return undefined;
  const message = 'the latest version has not been noticed yet: an event or the next run brings it';
  const help = `vaultcast push ${secret.vault}/${secret.name}`;
  return { state: 'pending', reason: row.code, message, turn: 'vaultcast', help };
}

/** undefined: nobody knows. A latest version that waits for its date is not what should stand there. */
export function isLatest({ version }: Delivered, vault: VaultView): boolean | undefined {
  if (vault.version === undefined || vault.state === 'not-yet-valid') return undefined;
  return version === vault.version;
}
