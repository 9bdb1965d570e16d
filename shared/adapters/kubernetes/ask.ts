import { VaultcastError } from '../../errors.ts';
import type { Cluster } from '../../registry/document.ts';
import type { ClusterClient } from './client.ts';
import type { ClusterClients } from './clients.ts';
import { type KubernetesCall, type KubernetesDecision, kubernetesFailure } from './failure.ts';
import { isUnknownHost } from './network-failure.ts';

/** What a call came to: what the work made of the answer, or a decision. */
type Answer<T> = { value: T } | KubernetesDecision;

/** One call to one cluster, its errors translated. */
export type Ask = <T>(
  cluster: Cluster,
  call: Omit<KubernetesCall, 'cluster'>,
  signal: AbortSignal,
  work: (client: ClusterClient) => Promise<T>,
) => Promise<Answer<T>>;

export function createAsk(clients: ClusterClients): Ask {
  const attempt = async <T>(
    cluster: Cluster,
    call: KubernetesCall,
    signal: AbortSignal,
    work: (client: ClusterClient) => Promise<T>,
  ): Promise<T> => {
    checkNames(call);
    // Lists are what runs begin with: they may wait for a daily look-up, events must not.
    const client = await clients.for(cluster, signal, call.verb === 'list' ? 'daily' : 'known');
    try {
      return await work(client);
    } catch (error) {
      if (!looksOutdated(error, call)) throw error;
      // When nothing new is to be had, the first failure says more.
      const another = await clients.for(cluster, signal, 'refused').catch(() => client);
      if (another === client) throw error;
      return work(another);
    }
  };

  return async (cluster, asked, signal, work) => {
    const call = { cluster: cluster.metadata.name, ...asked };
    try {
      return { value: await attempt(cluster, call, signal, work) };
    } catch (error) {
      const failure = kubernetesFailure(error, call, Date.now());
      if (failure instanceof VaultcastError) throw failure;
      return failure;
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
function looksOutdated(error: unknown, call: KubernetesCall): boolean {
  if (isUnknownHost(error)) return true;
  const failure = kubernetesFailure(error, call, 0);
  return (
    failure instanceof VaultcastError &&
    (failure.code === 'CLUSTER_TLS' || failure.code === 'CLUSTER_UNAUTHORIZED')
  );
}

/** The answer, held to the decisions that this call can come to; with any other, rejects with CLUSTER_FAILED. */
export function expected<T, D extends KubernetesDecision>(
  cluster: Cluster,
  answer: Answer<T>,
  decisions: readonly D[],
): { value: T } | D {
  if (typeof answer === 'object') return answer;
  const decision = decisions.find((one) => one === answer);
  if (decision !== undefined) return decision;
  throw new VaultcastError(
    'CLUSTER_FAILED',
    `cluster ${cluster.metadata.name}: unexpected answer (${answer})`,
  );
}
