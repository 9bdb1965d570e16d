import { VaultcastError } from '../../errors.ts';
import type { Cluster } from '../../registry/document.ts';
import { perObject } from '../../remember.ts';
import type { ClusterClient } from './client.ts';
import type { ClusterConnection, Connect } from './connection.ts';
import { type KubernetesCall, kubernetesFailure } from './failure.ts';
import { isUnknownHost } from './network-failure.ts';

/** The clients of all clusters, and what is asked through them. */
export interface ClusterClients {
  /** Where the cluster is and how it lets us in, after everything was checked that may forbid to go there. */
  connection: Connect;
  /** The same client as before, unless the connection is another one. */
  for: Connect<ClusterClient>;
  /**
   * One call to one cluster, its errors translated: what the work made of the answer, or one of the decisions that this call
   * can come to; with any other, rejects with CLUSTER_FAILED.
   */
  ask<T, D extends string>(
    cluster: Cluster,
    call: KubernetesCall,
    decisions: readonly D[],
    signal: AbortSignal,
    work: (client: ClusterClient) => Promise<T>,
  ): Promise<{ value: T } | D>;
  rest(this: void, cluster: Cluster): void;
  close(this: void): Promise<void>;
}

/** Whether one client serves both. */
function isSame(one: ClusterConnection, other: ClusterConnection): boolean {
  return one.server === other.server && one.ca === other.ca && isSameAuth(one.auth, other.auth);
}

function isSameAuth(one: ClusterConnection['auth'], other: ClusterConnection['auth']): boolean {
  if ('certificate' in one)
    return 'certificate' in other && one.certificate === other.certificate && one.key === other.key;
  return 'source' in other && one.source === other.source;
}

/**
 * On first use: importing client-node takes half a second, and many invocations need no cluster. Once: even of what is loaded
 * already an import costs more than all else here.
 */
function loader() {
  const load = () => import('./client.ts');
  let loaded: ReturnType<typeof load> | undefined;
  return () =>
    (loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    }));
}

/** One client, and so one keep-alive agent, per cluster and process; a new one when the connection changes. */
export function createClusterClients(
  connect: Connect,
  allowed: (cluster: Cluster) => string | undefined,
  timeoutMs: number,
  maxBodyBytes: number,
): ClusterClients {
  const open = new Map<string, { connection: ClusterConnection; client: ClusterClient }>();
  // Every request asks, and the answer costs time where the configuration lists hundreds of clusters.
  const refusalOf = perObject(allowed);
  const load = loader();

  const connected: Connect = async (cluster, signal, freshness) => {
    const refusal = refusalOf(cluster);
    if (refusal !== undefined) throw new VaultcastError('CLUSTER_NOT_ALLOWED', refusal);
    const connection = await connect(cluster, signal, freshness);
    if (!connection.server.startsWith('https://'))
      throw new VaultcastError('CLUSTER_NOT_ALLOWED', 'its server is not an https address');
    return connection;
  };

  const clientFor: Connect<ClusterClient> = async (cluster, signal, freshness) => {
    const { name } = cluster.metadata;
    const connection = await connected(cluster, signal, freshness);
    const { createClusterClient } = await load();
    const known = open.get(name);
    if (known !== undefined && isSame(known.connection, connection)) return known.client;
    const client = createClusterClient(connection, timeoutMs, maxBodyBytes);
    open.set(name, { connection, client });
    // Calls under way finish on the old one.
    known?.client.close().catch(() => {});
    return client;
  };

  return {
    connection: connected,
    for: clientFor,
    ask: asking(clientFor),
    rest: ({ metadata }) => open.get(metadata.name)?.client.rest(),
    async close() {
      const clients = [...open.values()].map(({ client }) => client.close());
      open.clear();
      await Promise.all(clients);
    },
  };
}

function asking(clientFor: Connect<ClusterClient>): ClusterClients['ask'] {
  const attempt = async <T>(
    cluster: Cluster,
    call: KubernetesCall,
    signal: AbortSignal,
    work: (client: ClusterClient) => Promise<T>,
  ): Promise<T> => {
    checkNames(call);
    // Lists are what runs begin with: they may wait for a daily look-up, events must not.
    const client = await clientFor(cluster, signal, call.verb === 'list' ? 'daily' : 'known');
    try {
      return await work(client);
    } catch (error) {
      if (!looksOutdated(error, cluster, call)) throw error;
      // When nothing new is to be had, the first failure says more.
      const another = await clientFor(cluster, signal, 'refused').catch(() => client);
      if (another === client) throw error;
      return work(another);
    }
  };

  return async (cluster, call, decisions, signal, work) => {
    const { name } = cluster.metadata;
    try {
      return { value: await attempt(cluster, call, signal, work) };
    } catch (error) {
      const failure = kubernetesFailure(error, name, call, Date.now());
      if (failure instanceof VaultcastError) throw failure;
      const decision = decisions.find((one) => one === failure);
      if (decision !== undefined) return decision;
      throw new VaultcastError('CLUSTER_FAILED', `cluster ${name}: unexpected answer (${failure})`);
    }
  };
}

/** A name that is no name could lead the path elsewhere: `..` survives URL encoding. */
function checkNames({ namespace, name }: KubernetesCall): void {
  const names = [namespace, name].filter((part) => part !== undefined);
  if (!names.every((part) => /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/.test(part)))
    throw new VaultcastError('SECRET_INVALID', 'not a valid namespace or name');
}

/** Failures of a cluster that moved, was made anew or has other credentials now; none of them took effect there. */
function looksOutdated(error: unknown, { metadata }: Cluster, call: KubernetesCall): boolean {
  if (isUnknownHost(error)) return true;
  const failure = kubernetesFailure(error, metadata.name, call, 0);
  return (
    failure instanceof VaultcastError &&
    (failure.code === 'CLUSTER_TLS' || failure.code === 'CLUSTER_UNAUTHORIZED')
  );
}
