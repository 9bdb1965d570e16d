import { VaultcastError } from '../../errors.ts';
import type { Cluster } from '../../registry/document.ts';
import { perObject } from '../../remember.ts';
import type { ClusterClient } from './client.ts';
import type { ClusterConnection, Connect, Freshness } from './connection.ts';
import type { TransportLimits } from './transport.ts';

export interface ClusterClients {
  /** Where the cluster is and how it lets us in, after everything was checked that may forbid to go there. */
  connection(cluster: Cluster, signal: AbortSignal, freshness: Freshness): Promise<ClusterConnection>;
  /** The same client as before, unless the connection is another one. */
  for(cluster: Cluster, signal: AbortSignal, freshness: Freshness): Promise<ClusterClient>;
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
  limits: TransportLimits,
): ClusterClients {
  const open = new Map<string, { connection: ClusterConnection; client: ClusterClient }>();
  // Every request asks, and the answer costs time where the configuration lists hundreds of clusters.
  const refusalOf = perObject(allowed);
  const load = loader();

  const connected: ClusterClients['connection'] = async (cluster, signal, freshness) => {
    const refusal = refusalOf(cluster);
    if (refusal !== undefined) throw new VaultcastError('CLUSTER_NOT_ALLOWED', refusal);
    const connection = await connect(cluster, signal, freshness);
    if (!connection.server.startsWith('https://'))
      throw new VaultcastError('CLUSTER_NOT_ALLOWED', 'its server is not an https address');
    return connection;
  };

  return {
    connection: connected,
    async for(cluster, signal, freshness) {
      const { name } = cluster.metadata;
      const connection = await connected(cluster, signal, freshness);
      const { createClusterClient } = await load();
      const known = open.get(name);
      if (known !== undefined && isSame(known.connection, connection)) return known.client;
      const client = createClusterClient(connection, limits);
      open.set(name, { connection, client });
      // Calls under way finish on the old one.
      known?.client.close().catch(() => {});
      return client;
    },
    rest: ({ metadata }) => open.get(metadata.name)?.client.rest(),
    async close() {
      const clients = [...open.values()].map(({ client }) => client.close());
      open.clear();
      await Promise.all(clients);
    },
  };
}
