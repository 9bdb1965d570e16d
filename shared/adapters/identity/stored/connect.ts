import type { Cluster } from '../../../registry/document.ts';
import { type Connect, documentedServer, type Freshness } from '../../kubernetes/connection.ts';
import type { clientCertificate } from './certificate.ts';
import { credentialFailure, credentialOf, type CredentialStore } from './store.ts';
import { createTokenConnect } from './token.ts';

/** Clusters whose credential is a secret of CREDENTIAL_VAULT. Rejects with CLUSTER_CREDENTIAL or TOKEN_UNAVAILABLE. */
export function createStoredConnect(
  store: CredentialStore,
  now: () => number = Date.now,
): { token: Connect; certificate: Connect } {
  const open = createOpen(store, now);
  return {
    token: createTokenConnect(store),
    certificate: async (cluster, signal, freshness) => {
      const { pair } = await open(cluster, signal, freshness);
      return { ...documentedServer(cluster), auth: { certificate: pair.certificate, key: pair.key } };
    },
  };
}

interface Opened {
  version: string;
  pair: Awaited<ReturnType<typeof clientCertificate>>;
}

type Open = (cluster: Cluster, signal: AbortSignal, freshness: Freshness) => Promise<Opened>;

/** Parsed once per version; one that was refused, or is past its end, is read again first. */
function createOpen(store: CredentialStore, now: () => number): Open {
  const opened = new Map<string, Opened>();

  const open = async (cluster: Cluster, signal: AbortSignal, refused?: string): Promise<Opened> => {
    const secret = credentialOf(cluster);
    const version = await store(cluster, signal, refused);
    const known = opened.get(secret);
    if (known?.version === version.version) return known;
    // Loaded on first use: it brings a parser of PKCS#12 along.
    const certificates = await import('./certificate.ts');
    const pair = await certificates.clientCertificate(secret, version);
    const made = { version: version.version, pair };
    opened.set(secret, made);
    return made;
  };

  return async (cluster, signal, freshness) => {
    const secret = credentialOf(cluster);
    const known = freshness === 'refused' || freshness === 'now' ? opened.get(secret) : undefined;
    const first = await open(cluster, signal, known?.version);
    if (first.pair.expires > now()) return first;
    const second = await open(cluster, signal, first.version);
    if (second.pair.expires > now()) return second;
    throw credentialFailure(secret, `expired on ${new Date(second.pair.expires).toISOString()}`);
  };
}
