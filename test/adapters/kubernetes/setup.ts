import '../../local/network/dns.mjs';
import { createEntraConnect } from '../../../shared/adapters/kubernetes/connection.ts';
import { createKubernetes } from '../../../shared/adapters/kubernetes/api.ts';
import type { Cluster } from '../../../shared/registry/document.ts';
import { clusterDocument } from '../../../shared/registry/cluster-schema.ts';
import { startKubernetes } from '../../local/kubernetes/api-server.ts';
import type { KubernetesOptions as StandInOptions } from '../../local/kubernetes/api-server.ts';
import { createAuthority } from '../../local/network/authority.ts';

export const SCOPE = 'api://66666666-7777-8888-9999-000000000000/.default';

/** A Cluster reached by server, CA and an Entra token. */
export function aCluster(server: string, caPem: string, name = 'weu-1'): Cluster {
  return clusterDocument.parse({
    apiVersion: 'vaultcast.dev/v1',
    kind: 'Cluster',
    metadata: { name },
    spec: {
      server,
      certificateAuthorityData: Buffer.from(caPem).toString('base64'),
      credential: { entra: { scope: SCOPE } },
    },
  });
}

type Changes = Partial<StandInOptions> & { adapter?: Partial<Parameters<typeof createKubernetes>[0]> };

/** One stand-in that knows the token `good`, and the adapter on it. */
export async function startCluster({ adapter, ...changes }: Changes = {}) {
  const authority = await createAuthority();
  const standIn = await startKubernetes({
    authority,
    name: 'weu-1',
    authenticate: async (token) => (token === 'good' ? 'pusher' : undefined),
    ...changes,
  });
  const kubernetes = createKubernetes({
    connect: createEntraConnect(() => async () => 'good'),
    allowed: () => undefined,
    ...adapter,
  });
  return {
    authority,
    standIn,
    kubernetes,
    cluster: aCluster(standIn.url, authority.caPem),
    async stop() {
      await standIn.stop();
      await kubernetes.close();
    },
  };
}
