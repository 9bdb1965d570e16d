import { VaultcastError } from '../../errors.ts';
import type { Cluster } from '../../registry/document.ts';
import { perObject } from '../../remember.ts';
import { baseAddress } from '../http.ts';

/** `refused` is the token that the API server answered 401 to: another one is wanted. */
type Bearer = (signal: AbortSignal, refused?: string) => Promise<string>;

/** All it takes to talk to one API server. */
export interface ClusterConnection {
  /** https, a path prefix included, no trailing slash. */
  server: string;
  /** PEM; undefined: the public authorities Node trusts. */
  ca: string | undefined;
  /** How the API server lets us in. */
  auth:
    | {
        /** Names where the tokens come from: a cluster whose source changes is another connection. */
        source: string;
        bearer: Bearer;
      }
    /** PEM both; `certificate` with its intermediates. */
    | { certificate: string; key: string };
}

/**
 * How much of a look-up elsewhere a call is worth.
 * - `known`: an event must not wait: only what is not known at all is looked up
 * - `daily`: a run: what is older than a day is looked up again
 * - `refused`: the connection failed as one does that is no longer right: looked up again, but not every minute
 * - `now`: a person asks
 */
type Freshness = 'known' | 'daily' | 'refused' | 'now';

/** Asked before every call, so whatever it looks up elsewhere it keeps itself. Rejects with VaultcastError. */
export type Connect<Found = ClusterConnection> = (
  cluster: Cluster,
  signal: AbortSignal,
  freshness: Freshness,
) => Promise<Found>;

/** The way to a cluster that its document asks for. */
export function createConnect(
  ways: Readonly<Record<'aks' | 'entra' | 'token' | 'certificate', Connect>>,
): Connect {
  const wayOf = ({ aks, credential }: Cluster['spec']): Connect => {
    if (aks !== undefined) return ways.aks;
    if (credential !== undefined && 'token' in credential) return ways.token;
    return credential !== undefined && 'clientCertificate' in credential ? ways.certificate : ways.entra;
  };
  return (cluster, signal, freshness) => wayOf(cluster.spec)(cluster, signal, freshness);
}

/** Clusters given by `server` and `credential: {entra: {scope}}`: everything is in the document. */
export function createEntraConnect(tokens: (scope: string) => Bearer): Connect {
  return async (cluster) => {
    const { server, credential } = cluster.spec;
    if (server === undefined || credential === undefined || !('entra' in credential))
      throw new VaultcastError('CLUSTER_CREDENTIAL', 'it is not given by server and credential.entra');
    const { scope } = credential.entra;
    return { ...documentedServer(cluster), auth: { source: `entra ${scope}`, bearer: tokens(scope) } };
  };
}

/** Server and authority as the Cluster document gives them: every request asks. */
export const documentedServer = perObject(({ spec }: Cluster): Pick<ClusterConnection, 'server' | 'ca'> => {
  const { server = '', certificateAuthorityData: authority } = spec;
  return {
    server: baseAddress(server),
    ca: authority === undefined ? undefined : Buffer.from(authority, 'base64').toString('utf8'),
  };
});

/**
 * The TLS of a connection. A registered certificate is trusted whatever signed it, as kubectl and Go do: kubeconfigs hold
 * intermediates, and servers' own certificates, too.
 */
export function tlsOf({ ca, auth }: ClusterConnection) {
  return {
    rejectUnauthorized: true,
    ...(ca !== undefined && { ca, allowPartialTrustChain: true }),
    ...('certificate' in auth && { cert: auth.certificate, key: auth.key }),
  };
}

/** The caller's time is over before the cluster could be asked: what leads there was too slow. */
export function notAsked(): VaultcastError {
  return new VaultcastError('OUT_OF_TIME', 'the time budget ended before it was asked');
}
