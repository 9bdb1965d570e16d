import { VaultcastError } from '../../errors.ts';
import type { Kubernetes } from '../../ports.ts';
import { MANAGED_BY, MANAGED_BY_LABEL } from '../../target/ownership.ts';
import type { Cluster } from '../../registry/document.ts';
import { surprising } from './ask.ts';
import type { Ask } from './ask.ts';
import type { ClusterClient } from './client.ts';
import { listAll } from './list.ts';
import { readNamespace, readSecret, readSummary, unusable } from './objects.ts';

const SELECTOR = `${MANAGED_BY_LABEL}=${MANAGED_BY}`;
const LIST_STARTS = 3;

/** A list whose snapshot expires half way (410) starts again: its rest would be of another moment. */
async function whole<T>(
  ask: Ask,
  cluster: Cluster,
  call: { resource: 'namespaces' | 'secrets'; namespace?: string },
  signal: AbortSignal,
  list: (client: ClusterClient) => Promise<T[]>,
): Promise<T[]> {
  for (let start = 0; start < LIST_STARTS; start += 1) {
    const answer = await ask(cluster, { verb: 'list', ...call }, signal, list);
    if (answer.kind === 'answered') return answer.value;
    if (answer.kind !== 'expired') throw surprising(cluster, answer.kind);
  }
  const message = `cluster ${cluster.metadata.name}: a list expired ${LIST_STARTS} times before its end`;
  throw new VaultcastError('CLUSTER_FAILED', message);
}

async function one<T>(
  ask: Ask,
  cluster: Cluster,
  call: { resource: 'namespaces' | 'secrets'; namespace?: string; name: string },
  signal: AbortSignal,
  get: (client: ClusterClient) => Promise<T>,
): Promise<T | undefined> {
  const answer = await ask(cluster, { verb: 'get', ...call }, signal, get);
  if (answer.kind === 'answered') return answer.value;
  if (answer.kind === 'absent') return undefined;
  throw surprising(cluster, answer.kind);
}

export function createReads(
  ask: Ask,
): Pick<Kubernetes, 'namespace' | 'secret' | 'namespaces' | 'managedSecrets'> {
  return {
    namespace: (cluster, name, signal) =>
      one(ask, cluster, { resource: 'namespaces', name }, signal, async (client) => {
        const view = readNamespace(await client.namespace(name, signal));
        if (view.name !== name) throw unusable('it is about another namespace');
        return view;
      }),
    secret: (cluster, { namespace, name }, signal) =>
      one(ask, cluster, { resource: 'secrets', namespace, name }, signal, async (client) => {
        const asked = { cluster: cluster.metadata.name, namespace, name };
        return readSecret(await client.secret(namespace, name, signal), asked);
      }),
    namespaces: (cluster, signal) =>
      whole(ask, cluster, { resource: 'namespaces' }, signal, (client) =>
        listAll((page) => client.namespaces(page, signal), readNamespace),
      ),
    managedSecrets: (cluster, namespace, signal) => {
      const call = { resource: 'secrets', ...(namespace !== undefined && { namespace }) } as const;
      return whole(ask, cluster, call, signal, (client) =>
        listAll((page) => client.secrets(namespace, SELECTOR, page, signal), readSummary),
      );
    },
  };
}
