import { VaultcastError } from '../../errors.ts';
import { createListBudget } from '../../list-budget.ts';
import type { Ports } from '../../ports.ts';
import type { Cluster } from '../../registry/document.ts';
import { MANAGED_BY, MANAGED_BY_LABEL, withOwnMarks } from '../../target/ownership.ts';
import type { SecretMetadata } from '../../target/secret.ts';
import type { ClusterClient } from './client.ts';
import type { ClusterClients } from './clients.ts';
import type { KubernetesCall } from './failure.ts';
import { readNamespace, readSecret, readSummary, unusable } from './objects.ts';
import { allPages, digestOfPages } from './pages.ts';

const SELECTOR = `${MANAGED_BY_LABEL}=${MANAGED_BY}`;

type Reads = Pick<Ports['kubernetes'], 'namespace' | 'secret'>;
type Lists = Pick<Ports['kubernetes'], 'namespaces' | 'managedSecrets' | 'digest'>;

export function createReads(clients: ClusterClients): Reads & Lists {
  return {
    ...createLists(clients),
    namespace: (cluster, name, signal) =>
      one(clients, cluster, { resource: 'namespaces', name }, signal, async (client) => {
        const view = readNamespace(await client.namespace(name, signal));
        if (view.name !== name) throw unusable('it is about another namespace');
        return view;
      }),
    secret: (cluster, { namespace, name }, signal) =>
      one(clients, cluster, { resource: 'secrets', namespace, name }, signal, async (client) => {
        const asked = { cluster: cluster.metadata.name, namespace, name };
        return readSecret(await client.secret(namespace, name, signal), asked);
      }),
  };
}

function createLists(clients: ClusterClients): Lists {
  return {
    namespaces: (cluster, signal) =>
      whole(clients, cluster, { resource: 'namespaces' }, signal, (client) =>
        allPages(
          (limit, next) => client.namespaces({ limit, next }, signal),
          readNamespace,
          createListBudget(),
        ),
      ),
    managedSecrets: (
      cluster,
      namespace,
      signal,
      { budget = createListBudget(), isOurs = isAnybodys, digested } = {},
    ) =>
      whole(clients, cluster, secretsIn(namespace), signal, (client) =>
        allPages(
          (limit, next) => client.secrets(namespace, SELECTOR, { limit, next }, signal),
          marksOf(isOurs),
          budget,
          digested,
        ),
      ),
    digest: (cluster, namespace, signal, budget = createListBudget()) =>
      whole(clients, cluster, secretsIn(namespace), signal, (client) =>
        digestOfPages(
          (limit, next) => client.secrets(namespace, SELECTOR, { limit, next, isUnparsed: true }, signal),
          budget,
        ),
      ),
  };
}

const secretsIn = (namespace: string | undefined) =>
  ({ resource: 'secrets', ...(namespace !== undefined && { namespace }) }) as const;

async function one<T>(
  clients: ClusterClients,
  cluster: Cluster,
  call: Omit<KubernetesCall, 'verb'>,
  signal: AbortSignal,
  get: (client: ClusterClient) => Promise<T>,
): Promise<T | undefined> {
  const answer = await clients.ask(cluster, { verb: 'get', ...call }, ['absent'], signal, get);
  return answer === 'absent' ? undefined : answer.value;
}

const isAnybodys = (): boolean => true;

/** What is others' is let go of at once: a list may be long. */
function marksOf(isOurs: (secret: SecretMetadata) => boolean): (item: unknown) => SecretMetadata | undefined {
  return (item) => {
    const secret = withOwnMarks(readSummary(item));
    return isOurs(secret) ? secret : undefined;
  };
}

const LIST_STARTS = 3;

/** A list whose snapshot expires half way (410) starts again: its rest would be of another moment. */
async function whole<T>(
  clients: ClusterClients,
  cluster: Cluster,
  call: Omit<KubernetesCall, 'verb'>,
  signal: AbortSignal,
  list: (client: ClusterClient) => Promise<T>,
): Promise<T> {
  for (let start = 0; start < LIST_STARTS; start += 1) {
    const answer = await clients.ask(cluster, { verb: 'list', ...call }, ['expired'], signal, list);
    if (answer !== 'expired') return answer.value;
  }
  const message = `cluster ${cluster.metadata.name}: a list expired ${LIST_STARTS} times before its end`;
  throw new VaultcastError('CLUSTER_FAILED', message);
}
