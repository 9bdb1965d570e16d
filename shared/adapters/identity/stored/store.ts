import { VaultcastError } from '../../../errors.ts';
import type { KeyVault } from '../../../ports.ts';
import type { SourceVersion } from '../../../source/source.ts';
import type { Cluster } from '../../../registry/document.ts';
import { baseAddress } from '../../http.ts';
import { NEVER, unlessAborted } from '../../../time.ts';
import { budgetEnded } from '../../kubernetes/connection.ts';

/** How the vault of cluster credentials is called in messages; routes cannot name it. */
export const CREDENTIAL_VAULT = 'CREDENTIAL_VAULT';

/** A secret of CREDENTIAL_VAULT, kept in memory until it is refused: `refused` is the version the cluster did not take. */
export type CredentialStore = (
  secret: string,
  signal: AbortSignal,
  refused?: string,
) => Promise<SourceVersion>;

/** A refused credential is read again at most this often: it may have been replaced since. */
const AGAIN_MS = 30_000;

export function credentialFailure(secret: string, why: string): VaultcastError {
  return new VaultcastError('CLUSTER_CREDENTIAL', `secret ${secret} of ${CREDENTIAL_VAULT} ${why}`);
}

async function readOne(vault: Pick<KeyVault, 'read'>, secret: string): Promise<SourceVersion> {
  const found = await vault.read({ vault: CREDENTIAL_VAULT, name: secret }, NEVER).catch((error: unknown) => {
    // A vault's code would let the whole event wait, for every cluster; this is the trouble of one.
    if (!(error instanceof VaultcastError)) throw error;
    const { message, retryAfterMs } = error;
    throw new VaultcastError('TOKEN_UNAVAILABLE', `its credential could not be read: ${message}`, {
      retryAfterMs,
    });
  });
  if (found.state === 'readable') return found.version;
  throw credentialFailure(secret, `is ${found.state}`);
}

interface Held {
  version: SourceVersion;
  readAt: number;
}

/** One read per secret at a time, however many calls wait for it. Without a vault every call is refused. */
export function createCredentialStore(
  vault: Pick<KeyVault, 'read'> | undefined,
  now: () => number = Date.now,
): CredentialStore {
  const held = new Map<string, Held>();
  const pending = new Map<string, Promise<SourceVersion>>();

  const read = async (secret: string): Promise<SourceVersion> => {
    if (vault === undefined)
      throw new VaultcastError(
        'CLUSTER_CREDENTIAL',
        `${CREDENTIAL_VAULT} is not configured, and secret ${secret} is in no other vault`,
      );
    const version = await readOne(vault, secret);
    held.set(secret, { version, readAt: now() });
    return version;
  };

  return async (secret, signal, refused) => {
    const known = held.get(secret);
    const isRefused = known?.version.version === refused && now() - (known?.readAt ?? 0) >= AGAIN_MS;
    if (known !== undefined && !isRefused) return known.version;
    const work = pending.get(secret) ?? read(secret).finally(() => pending.delete(secret));
    pending.set(secret, work);
    return unlessAborted(signal, work, budgetEnded);
  };
}

/** Whether a credential says which server it is for. */
export const isBound = ({ tags }: SourceVersion): boolean => Object.hasOwn(tags, 'server');

/** One address, however it is spelt. */
const canonical = (server: string): string | undefined =>
  URL.canParse(server) ? baseAddress(new URL(server).href) : undefined;

/**
 * Holds a credential to its cluster: with a tag `server` it goes there and nowhere else, so that whoever writes the registry
 * cannot send it to another host of CLUSTER_HOSTS. Throws CLUSTER_CREDENTIAL.
 */
export function checkBinding(secret: string, version: SourceVersion, { spec }: Cluster): void {
  if (!isBound(version) || canonical(version.tags['server'] ?? '') === canonical(spec.server ?? '')) return;
  throw credentialFailure(secret, 'is for another server, as its tag `server` says');
}
