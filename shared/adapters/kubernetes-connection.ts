import { VaultcastError } from '../errors.ts';
import type { Cluster } from '../registry/document.ts';
import type { TokenSource } from './credential.ts';

/** How an API server lets us in. */
type ClusterAuth =
  /** `refused` is the token it answered 401 to: another one is wanted. */
  | { bearer: (signal: AbortSignal, refused?: string) => Promise<string> }
  /** PEM both. */
  | { certificate: string; key: string };

/** All it takes to talk to one API server. */
export interface ClusterConnection {
  /** https, a path prefix included, no trailing slash. */
  server: string;
  /** PEM; undefined: the public authorities Node trusts. */
  ca: string | undefined;
  auth: ClusterAuth;
}

/** Asked before every call, so whatever it looks up elsewhere it keeps itself. Rejects with VaultcastError. */
export type Connect = (cluster: Cluster, signal: AbortSignal) => Promise<ClusterConnection>;

/** Clusters given by `server` and `credential: {entra: {scope}}`: everything is in the document. */
export function createEntraConnect(tokens: TokenSource): Connect {
  return async ({ spec }) => {
    const { server, certificateAuthorityData: authority, credential } = spec;
    if (server === undefined || credential === undefined || !('entra' in credential))
      throw new VaultcastError(
        'CLUSTER_CREDENTIAL',
        'this kind of credential is not supported; use server with credential.entra',
      );
    const { scope } = credential.entra;
    return {
      server: server.replace(/\/+$/, ''),
      ca: authority === undefined ? undefined : Buffer.from(authority, 'base64').toString('utf8'),
      auth: { bearer: (signal, refused) => tokens(scope, signal, refused) },
    };
  };
}
