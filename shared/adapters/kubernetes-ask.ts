import { VaultcastError } from '../errors.ts';
import type { Cluster } from '../registry/document.ts';
import type { ClusterClient } from './kubernetes-client.ts';
import type { ClusterClients } from './kubernetes-clients.ts';
import type { KubernetesCall, KubernetesDecision } from './kubernetes-call.ts';
import { kubernetesFailure } from './kubernetes-failure.ts';

export type Answer<T> = { kind: 'answered'; value: T } | { kind: KubernetesDecision };

/** One call to one cluster, its errors translated. */
export type Ask = <T>(
  cluster: Cluster,
  call: Omit<KubernetesCall, 'cluster'>,
  signal: AbortSignal,
  work: (client: ClusterClient) => Promise<T>,
) => Promise<Answer<T>>;

/** A name that is no name could lead the path elsewhere: `..` survives URL encoding. */
function checkNames({ namespace, name }: KubernetesCall): void {
  const names = [namespace, name].filter((part) => part !== undefined);
  if (!names.every((part) => /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/.test(part)))
    throw new VaultcastError('SECRET_INVALID', 'not a valid namespace or name');
}

export function createAsk(clients: ClusterClients): Ask {
  return async (cluster, asked, signal, work) => {
    const call = { cluster: cluster.metadata.name, ...asked };
    try {
      checkNames(call);
      return { kind: 'answered', value: await work(await clients.for(cluster, signal)) };
    } catch (error) {
      const failure = kubernetesFailure(error, call, Date.now());
      if (failure instanceof VaultcastError) throw failure;
      return { kind: failure };
    }
  };
}

export function surprising(cluster: Cluster, kind: KubernetesDecision): VaultcastError {
  return new VaultcastError(
    'CLUSTER_FAILED',
    `cluster ${cluster.metadata.name}: unexpected answer (${kind})`,
  );
}
