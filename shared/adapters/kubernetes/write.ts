import type { Ports } from '../../ports.ts';
import type { Cluster } from '../../registry/document.ts';
import { NO_SECRET, type SecretManifest, type SecretMetadata, type Written } from '../../target/secret.ts';
import type { ClusterClient } from './client.ts';
import type { ClusterClients } from './clients.ts';
import type { KubernetesCall } from './failure.ts';
import { readAsked, readRemoved, toBody } from './objects.ts';

/** Whether a write changes anything at all is the caller's decision: here every call is a request. */
export function createWrites(
  clients: ClusterClients,
): Pick<Ports['kubernetes'], 'create' | 'tryCreate' | 'replace' | 'remove'> {
  return {
    create: (cluster, secret, signal) => {
      const { namespace } = secret;
      return write(clients, cluster, sending('create', secret), signal, async (client) =>
        readAsked(await client.create(namespace, toBody(secret), signal), secret),
      );
    },
    async tryCreate(cluster, secret, signal) {
      const { namespace } = secret;
      // Validation and admission come before the look whether one exists, with dryRun as without: k8s.io/apiserver,
      // pkg/registry/generic/registry/store.go.
      const tried = await write(clients, cluster, sending('create', secret), signal, async (client) => {
        await client.dryRun(namespace, toBody(secret), signal);
        // What was only tried has no version.
        return NO_SECRET;
      });
      return tried.kind;
    },
    replace: (cluster, secret, observed, signal) => {
      const { namespace, name } = secret;
      return write(clients, cluster, sending('update', secret), signal, async (client) =>
        readAsked(await client.replace(namespace, name, toBody(secret, observed), signal), secret),
      );
    },
    remove: (cluster, observed, signal) => {
      const { namespace, name, uid, resourceVersion } = observed;
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } };
      return write(
        clients,
        cluster,
        { verb: 'delete', resource: 'secrets', namespace, name },
        signal,
        async (client) => readRemoved(await client.remove(namespace, name, body, signal), observed),
      );
    },
  };
}

function sending(verb: 'create' | 'update', sent: SecretManifest): KubernetesCall {
  return { verb, resource: 'secrets', namespace: sent.namespace, name: sent.name, sent };
}

async function write(
  clients: ClusterClients,
  cluster: Cluster,
  call: KubernetesCall,
  signal: AbortSignal,
  send: (client: ClusterClient) => Promise<Pick<SecretMetadata, 'uid' | 'resourceVersion'>>,
): Promise<Written> {
  const answer = await clients.ask(cluster, call, ['conflict', 'namespace-missing'], signal, send);
  if (typeof answer === 'string') return { kind: answer };
  const { uid, resourceVersion } = answer.value;
  return { kind: 'written', uid, resourceVersion };
}
