import type { SourceVersion } from '../read/source.ts';
import type { Cluster } from '../registry/document.ts';
import { documentedServer } from './kubernetes-connection.ts';
import type { ClusterAuth, Connect, Freshness } from './kubernetes-connection.ts';
import { checkBinding, credentialFailure } from './stored-credential.ts';
import type { CredentialStore } from './stored-credential.ts';
import type { ClientCertificate } from './stored-certificate.ts';

/** One line of visible ASCII, as an Authorization header can carry it (RFC 6750, 2.1, and what others use beside it). */
const TOKEN = /^[\x21-\x7E]{1,16384}$/;

function tokenIn(secret: string, { value }: SourceVersion): string {
  const token = value.trim();
  if (TOKEN.test(token)) return token;
  throw credentialFailure(secret, 'is no bearer token: one line of visible ASCII is wanted');
}

/**
 * A secret whose value is the bearer token itself. A token that the server refuses is read again, and tried when it has
 * changed.
 */
function tokenAuth(store: CredentialStore, secret: string, cluster: Cluster): ClusterAuth {
  let given: { token: string; version: string } | undefined;
  return {
    source: `token ${secret}`,
    async bearer(signal, refused) {
      const known = given?.token === refused ? given?.version : undefined;
      const version = await store(secret, signal, known);
      checkBinding(secret, version, cluster);
      given = { token: tokenIn(secret, version), version: version.version };
      return given.token;
    },
  };
}

interface Opened {
  version: string;
  pair: ClientCertificate;
}

/** Clusters whose credential is a secret of CREDENTIAL_VAULT. Rejects with CLUSTER_CREDENTIAL or TOKEN_UNAVAILABLE. */
export function createStoredConnect(
  store: CredentialStore,
  now: () => number = Date.now,
): { token: Connect; certificate: Connect } {
  const opened = new Map<string, Opened>();

  const open = async (secret: string, cluster: Cluster, signal: AbortSignal, refused?: string) => {
    const version = await store(secret, signal, refused);
    checkBinding(secret, version, cluster);
    const known = opened.get(secret);
    if (known?.version === version.version) return known;
    // Loaded on first use: it brings a parser of PKCS#12 along.
    const { clientCertificate } = await import('./stored-certificate.ts');
    const made = { version: version.version, pair: await clientCertificate(secret, version) };
    opened.set(secret, made);
    return made;
  };

  const certificate = async (secret: string, cluster: Cluster, signal: AbortSignal, freshness: Freshness) => {
    const known = opened.get(secret);
    const isRefused = freshness === 'refused' || freshness === 'now';
    const first = await open(secret, cluster, signal, isRefused ? known?.version : undefined);
    if (first.pair.expires > now()) return first.pair;
    const { pair } = await open(secret, cluster, signal, first.version);
    if (pair.expires > now()) return pair;
    throw credentialFailure(secret, `expired on ${new Date(pair.expires).toISOString()}`);
  };

  return {
    token: async (cluster) => {
      const { credential } = cluster.spec;
      const secret = credential && 'token' in credential ? credential.token.secret : '';
      return { ...documentedServer(cluster), auth: tokenAuth(store, secret, cluster) };
    },
    certificate: async (cluster, signal, freshness) => {
      const { credential } = cluster.spec;
      const secret =
        credential && 'clientCertificate' in credential ? credential.clientCertificate.secret : '';
      const pair = await certificate(secret, cluster, signal, freshness);
      return { ...documentedServer(cluster), auth: { certificate: pair.certificate, key: pair.key } };
    },
  };
}
