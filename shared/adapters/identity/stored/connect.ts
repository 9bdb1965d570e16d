import type { Ports } from '../../../ports.ts';
import type { SourceVersion } from '../../../source/source.ts';
import { type Connect, documentedServer } from '../../kubernetes/connection.ts';
import type { clientCertificate } from './certificate.ts';
import { createCredentialStore, credentialFailure, credentialOf } from './store.ts';

/**
 * Clusters whose credential is a secret of CREDENTIAL_VAULT. Rejects with CLUSTER_CREDENTIAL or TOKEN_UNAVAILABLE; without a
 * vault, at every call.
 */
export function createStoredConnect(
  vault: Pick<Ports['vault'], 'read'> | undefined,
  now: () => number = Date.now,
): { token: Connect; certificate: Connect } {
  const store = createCredentialStore(vault, now);
  const open = createOpen(now);
  return {
    token: async (cluster) => {
      const secret = credentialOf(cluster);
      const bearer = createBearer(secret, (signal, refused) => store(cluster, signal, refused));
      return { ...documentedServer(cluster), auth: { source: `token ${secret}`, bearer } };
    },
    certificate: async (cluster, signal, freshness) => {
      const isRefused = freshness === 'refused' || freshness === 'now';
      const { certificate, key } = await open(credentialOf(cluster), isRefused, (refused) =>
        store(cluster, signal, refused),
      );
      return { ...documentedServer(cluster), auth: { certificate, key } };
    },
  };
}

/** The secret's value is the bearer token itself. It is read with the first request, and again when the server refuses it. */
function createBearer(
  secret: string,
  read: (signal: AbortSignal, refused?: string) => Promise<SourceVersion>,
): (signal: AbortSignal, refused?: string) => Promise<string> {
  let given: { token: string; version: string } | undefined;
  return async (signal, refused) => {
    const known = given?.token === refused ? given?.version : undefined;
    const version = await read(signal, known);
    given = { token: tokenIn(secret, version), version: version.version };
    return given.token;
  };
}

/** One line of visible ASCII, as an Authorization header can carry it (RFC 6750, 2.1, and what others use beside it). */
const TOKEN = /^[\x21-\x7E]{1,16384}$/;

function tokenIn(secret: string, { value }: SourceVersion): string {
  const token = value.trim();
  if (TOKEN.test(token)) return token;
  throw credentialFailure(secret, 'is no bearer token: one line of visible ASCII is wanted');
}

interface Opened {
  version: string;
  pair: Awaited<ReturnType<typeof clientCertificate>>;
}

/** Parsed once per version; one that was refused, or is past its end, is read again first. */
function createOpen(now: () => number) {
  const opened = new Map<string, Opened>();
  return async (
    secret: string,
    isRefused: boolean,
    read: (refused?: string) => Promise<SourceVersion>,
  ): Promise<Opened['pair']> => {
    const open = async (refused?: string): Promise<Opened> => {
      const version = await read(refused);
      const known = opened.get(secret);
      if (known?.version === version.version) return known;
      // Loaded on first use: it brings a parser of PKCS#12 along.
      const certificates = await import('./certificate.ts');
      const pair = await certificates.clientCertificate(secret, version);
      const made = { version: version.version, pair };
      opened.set(secret, made);
      return made;
    };

    const first = await open(isRefused ? opened.get(secret)?.version : undefined);
    if (first.pair.expires > now()) return first.pair;
    const second = await open(first.version);
    if (second.pair.expires > now()) return second.pair;
    throw credentialFailure(secret, `expired on ${new Date(second.pair.expires).toISOString()}`);
  };
}
