import type { SourceVersion } from '../../../source/source.ts';
import { type Connect, documentedServer } from '../../kubernetes/connection.ts';
import { credentialFailure, credentialOf, type CredentialStore } from './store.ts';

/**
 * Clusters with `credential: {token: {secret}}`: the secret's value is the bearer token itself. It is read with the first
 * request, and again when the server refuses it.
 */
export function createTokenConnect(store: CredentialStore): Connect {
  return async (cluster) => {
    const secret = credentialOf(cluster);
    let given: { token: string; version: string } | undefined;
    const bearer = async (signal: AbortSignal, refused?: string): Promise<string> => {
      const known = given?.token === refused ? given?.version : undefined;
      const version = await store(cluster, signal, known);
      given = { token: tokenIn(secret, version), version: version.version };
      return given.token;
    };
    return { ...documentedServer(cluster), auth: { source: `token ${secret}`, bearer } };
  };
}

/** One line of visible ASCII, as an Authorization header can carry it (RFC 6750, 2.1, and what others use beside it). */
const TOKEN = /^[\x21-\x7E]{1,16384}$/;

function tokenIn(secret: string, { value }: SourceVersion): string {
  const token = value.trim();
  if (TOKEN.test(token)) return token;
  throw credentialFailure(secret, 'is no bearer token: one line of visible ASCII is wanted');
}
