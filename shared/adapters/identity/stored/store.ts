import { VaultcastError } from '../../../errors.ts';
import type { Ports } from '../../../ports.ts';
import type { Cluster } from '../../../registry/document.ts';
import type { SourceVersion } from '../../../source/source.ts';
import { NEVER, unlessAborted } from '../../../time.ts';
import { baseAddress } from '../../http.ts';
import { notAsked } from '../../kubernetes/connection.ts';

/** How the vault of cluster credentials is called in messages; routes cannot name it. */
export const CREDENTIAL_VAULT = 'CREDENTIAL_VAULT';

/**
 * The credential of a cluster, a secret of CREDENTIAL_VAULT that says it is for that cluster's server. Kept in memory until
 * it is refused: `refused` is the version the cluster did not take. Rejects with CLUSTER_CREDENTIAL or TOKEN_UNAVAILABLE.
 */
type CredentialStore = (cluster: Cluster, signal: AbortSignal, refused?: string) => Promise<SourceVersion>;

/** A credential that is refused, or is for no server, is read again at most this often: it may have been mended since. */
const AGAIN_MS = 30_000;

interface Held {
  version: SourceVersion;
  readAt: number;
}

/** One read per secret at a time, however many calls wait for it. Without a vault every call is refused. */
export function createCredentialStore(
  vault: Pick<Ports['vault'], 'read'> | undefined,
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
  const current = async (secret: string, signal: AbortSignal, refused?: string): Promise<SourceVersion> => {
    const known = held.get(secret);
    const isRefused = known?.version.version === refused && now() - (known?.readAt ?? 0) >= AGAIN_MS;
    if (known !== undefined && !isRefused) return known.version;
    const work = pending.get(secret) ?? read(secret).finally(() => pending.delete(secret));
    pending.set(secret, work);
    return unlessAborted(signal, work, notAsked);
  };

  return async (cluster, signal, refused) => {
    const secret = credentialOf(cluster);
    const first = await current(secret, signal, refused);
    if (bindingProblem(first, cluster) === undefined) return first;
    const second = await current(secret, signal, first.version);
    const problem = bindingProblem(second, cluster);
    if (problem !== undefined) throw credentialFailure(secret, problem);
    return second;
  };
}

async function readOne(vault: Pick<Ports['vault'], 'read'>, secret: string): Promise<SourceVersion> {
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

/** The secret that lets vaultcast into a cluster with a credential of its own. */
export function credentialOf({ spec: { credential } }: Cluster): string {
  if (credential !== undefined && 'token' in credential) return credential.token.secret;
  return credential !== undefined && 'clientCertificate' in credential
    ? credential.clientCertificate.secret
    : '';
}

/**
 * Holds a credential to its cluster: it goes to the server that its tag `server` names and nowhere else, so that whoever
 * writes the registry cannot send it to another host of CLUSTER_HOSTS.
 */
function bindingProblem({ tags }: SourceVersion, { spec }: Cluster): string | undefined {
  const bound = Object.hasOwn(tags, 'server') ? tags['server'] : undefined;
  if (bound === undefined) return 'has no tag `server`, and so is for no server';
  const isSame = canonical(bound) !== undefined && canonical(bound) === canonical(spec.server ?? '');
  return isSame ? undefined : 'is for another server, as its tag `server` says';
}

/** One address, however it is spelt. */
const canonical = (server: string): string | undefined =>
  URL.canParse(server) ? baseAddress(new URL(server).href) : undefined;

export function credentialFailure(secret: string, why: string): VaultcastError {
  return new VaultcastError('CLUSTER_CREDENTIAL', `secret ${secret} of ${CREDENTIAL_VAULT} ${why}`);
}
