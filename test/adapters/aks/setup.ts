import type { TokenCredential } from '@azure/identity';
import '../../local/network/dns.mjs';
import { createAksLookUp } from '../../../shared/adapters/aks/look-up.ts';
import { createAksConnect } from '../../../shared/adapters/aks/connect.ts';
import { createTokenSource } from '../../../shared/adapters/identity/tokens.ts';
import { createKubernetes } from '../../../shared/adapters/kubernetes/api.ts';
import { clusterRefusal } from '../../../shared/config/clusters.ts';
import { clusterDocument } from '../../../shared/registry/cluster-schema.ts';
import type { Cluster } from '../../../shared/registry/document.ts';
import { startArm } from '../../local/arm/service.ts';
import { startKubernetes } from '../../local/kubernetes/api-server.ts';
import type { KubernetesOptions as StandInOptions } from '../../local/kubernetes/api-server.ts';
import { createAuthority } from '../../local/network/authority.ts';
import { startTokens } from '../../local/tokens/service.ts';
import { config } from '../../support/environment.ts';

const SUBSCRIPTION = '/subscriptions/11111111-2222-3333-4444-555555555555';
const AKS_AUDIENCE = '6dae42f8-4368-4678-94ff-3960e28e3630';

export const armIdOf = (name: string, group = 'clusters'): string =>
  `${SUBSCRIPTION}/resourceGroups/${group}/providers/Microsoft.ContainerService/managedClusters/${name}`;

export function anAksCluster(spec: Record<string, unknown> = {}, name = 'weu-1'): Cluster {
  return clusterDocument.parse({
    apiVersion: 'vaultcast.dev/v1',
    kind: 'Cluster',
    metadata: { name },
    spec: { aks: armIdOf(name), ...spec },
  });
}

type Endpoints = Parameters<typeof createAksConnect>[0]['endpoints'];
type Endpoint = Parameters<Endpoints['save']>[1];

/** Table `Endpoints` as a map that other processes may share. */
function memoryEndpoints(rows = new Map<string, Endpoint>()): Endpoints & { rows: typeof rows } {
  return {
    rows,
    read: async (cluster) => rows.get(cluster),
    save: async (cluster, endpoint) => void rows.set(cluster, endpoint),
  };
}

export interface Process {
  kubernetes: ReturnType<typeof createKubernetes>;
  pass(ms: number): void;
}

/** Azure with one AKS cluster in it, and any number of our processes. */
export async function startAzure(standIn: Partial<StandInOptions> = {}) {
  const authority = await createAuthority();
  const tokens = await startTokens(authority);
  const arm = await startArm({ authority, tokens });
  const scopes: string[] = [];
  const credential: TokenCredential = {
    getToken: async (scope) => {
      scopes.push(String(scope));
      const audience = String(scope).replace(/\/\.default$/, '');
      return { token: await tokens.issue(audience), expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };
  const startCluster = async (more: Partial<StandInOptions> = {}) => {
    const cluster = await startKubernetes({
      authority,
      name: 'weu-1',
      authenticate: async (token) => (await tokens.verify(token, [AKS_AUDIENCE]))?.oid,
      ...standIn,
      ...more,
    });
    cluster.createNamespace('app-1', { 'vaultcast.dev/accept': 'app-1--' });
    return cluster;
  };
  const cluster = await startCluster();
  arm.put({ id: armIdOf('weu-1'), server: cluster.url, caPem: authority.caPem });
  const { clusters: allowed } = config({
    CLUSTER_HOSTS: `${SUBSCRIPTION}/resourceGroups/clusters,*.k8s.localhost,*.k8s.invalid`,
  });
  const endpoints = memoryEndpoints();
  const processes: Process[] = [];

  /** A function instance: memory and agents of its own, the table shared. */
  const start = (more: Partial<Parameters<typeof createAksConnect>[0]> = {}): Process => {
    let now = Date.now();
    const lookUp = createAksLookUp({ credential, endpoint: arm.url, ca: authority.caPem }, () => now);
    const tokenSource = createTokenSource(credential);
    const connect = createAksConnect({
      tokens: tokenSource,
      lookUp,
      endpoints,
      allowed,
      now: () => now,
      ...more,
    });
    const kubernetes = createKubernetes({
      connect,
      allowed: (of) => clusterRefusal(allowed, of),
      timeoutMs: 5000,
    });
    const process = { kubernetes, pass: (ms: number) => void (now += ms) };
    processes.push(process);
    return process;
  };

  return {
    authority,
    tokens,
    arm,
    scopes,
    cluster,
    endpoints,
    allowed,
    startCluster,
    start,
    lookUps: () => arm.server.requests.length,
    async stop() {
      await Promise.all(processes.map(({ kubernetes }) => kubernetes.close()));
      await Promise.all([arm.stop(), cluster.stop(), tokens.stop()]);
    },
  };
}
