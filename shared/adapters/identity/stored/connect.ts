import type { Cluster } from '../../../registry/document.ts';
import { documentedServer } from '../../kubernetes/connection.ts';
import type { Connect, Freshness } from '../../kubernetes/connection.ts';
import { checkBinding, credentialFailure, isBound } from './store.ts';
import type { CredentialStore } from './store.ts';
import type { clientCertificate } from './certificate.ts';
import { createTokenConnect } from './token.ts';

interface Opened {
  version: string;
  pair: Awaited<ReturnType<typeof clientCertificate>>;
  unbound: boolean;
}

type Open = (cluster: Cluster, signal: AbortSignal, freshness: Freshness) => Promise<Opened>;

function secretOf({ spec: { credential } }: Cluster): string {
  return credential && 'clientCertificate' in credential ? credential.clientCertificate.secret : '';
}

/** Parsed once per version; one that was refused, or is past its end, is read again first. */
function createOpen(store: CredentialStore, now: () => number): Open {
  const opened = new Map<string, Opened>();

  const open = async (cluster: Cluster, signal: AbortSignal, refused?: string): Promise<Opened> => {
    const secret = secretOf(cluster);
    const version = await store(secret, signal, refused);
    checkBinding(secret, version, cluster);
    const known = opened.get(secret);
    if (known?.version === version.version) return known;
    // Loaded on first use: it brings a parser of PKCS#12 along.
    const certificates = await import('./certificate.ts');
    const pair = await certificates.clientCertificate(secret, version);
    const made = { version: version.version, pair, unbound: !isBound(version) };
    opened.set(secret, made);
    return made;
  };

  return async (cluster, signal, freshness) => {
    const known = freshness === 'refused' || freshness === 'now' ? opened.get(secretOf(cluster)) : undefined;
    const first = await open(cluster, signal, known?.version);
    if (first.pair.expires > now()) return first;
    const second = await open(cluster, signal, first.version);
    if (second.pair.expires > now()) return second;
    const end = new Date(second.pair.expires).toISOString();
    throw credentialFailure(secretOf(cluster), `expired on ${end}`);
  };
}

/** Clusters whose credential is a secret of CREDENTIAL_VAULT. Rejects with CLUSTER_CREDENTIAL or TOKEN_UNAVAILABLE. */
export function createStoredConnect(
  store: CredentialStore,
  now: () => number = Date.now,
): { token: Connect; certificate: Connect } {
  const open = createOpen(store, now);
  return {
    token: createTokenConnect(store),
    certificate: async (cluster, signal, freshness) => {
      const { pair, unbound } = await open(cluster, signal, freshness);
      const auth = { certificate: pair.certificate, key: pair.key };
      return { ...documentedServer(cluster), auth, unbound };
    },
  };
}
