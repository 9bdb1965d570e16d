import type { SourceVersion } from '../../../source/source.ts';
import type { Cluster } from '../../../registry/document.ts';
import { documentedServer } from '../../kubernetes/connection.ts';
import type { ClusterConnection, Connect } from '../../kubernetes/connection.ts';
import { checkBinding, credentialFailure, isBound } from './store.ts';
import type { CredentialStore } from './store.ts';

/** One line of visible ASCII, as an Authorization header can carry it (RFC 6750, 2.1, and what others use beside it). */
const TOKEN = /^[\x21-\x7E]{1,16384}$/;

function tokenIn(secret: string, { value }: SourceVersion): string {
  const token = value.trim();
  if (TOKEN.test(token)) return token;
  throw credentialFailure(secret, 'is no bearer token: one line of visible ASCII is wanted');
}

/** A token that the server refuses is read again, and tried when it has changed. */
function tokenAuth(store: CredentialStore, secret: string, cluster: Cluster): ClusterConnection['auth'] {
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

/** Clusters with `credential: {token: {secret}}`: the secret's value is the bearer token itself. */
export function createTokenConnect(store: CredentialStore): Connect {
  return async (cluster, signal, freshness) => {
    const { credential } = cluster.spec;
    const secret = credential && 'token' in credential ? credential.token.secret : '';
    const connection = { ...documentedServer(cluster), auth: tokenAuth(store, secret, cluster) };
    // Otherwise it is read with the first request: a connection costs nothing.
    if (freshness !== 'now') return connection;
    return { ...connection, unbound: !isBound(await store(secret, signal)) };
  };
}
