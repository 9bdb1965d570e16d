import '../local/network/dns.mjs';
import { createAksLookUp } from '../../shared/adapters/aks/look-up.ts';
import { createKeyVault } from '../../shared/adapters/key-vault/vault.ts';
import { createKubernetes } from '../../shared/adapters/kubernetes/api.ts';
import { createEntraConnect } from '../../shared/adapters/kubernetes/connection.ts';
import { createQueue } from '../../shared/adapters/storage/queue.ts';
import { createRegistry } from '../../shared/adapters/storage/registry/registry.ts';
import { createStatus } from '../../shared/adapters/storage/status/status.ts';
import { aCluster } from '../adapters/kubernetes/setup.ts';
import { armIdOf } from '../adapters/aks/setup.ts';
import { aLiveSecret } from '../support/builders.ts';
import { aPushMessage } from '../support/contracts/queue.ts';
import type { Peer } from './peer.ts';

export const TOKEN = 'eyJhbGciOiJub25lIn0.the-token-of-the-identity.x';
const ACCOUNT_KEY = Buffer.from('the key of the account').toString('base64');
const TIMEOUT_MS = 1000;
/** Whoever asks for a list waits no longer, as a run would not. */
const PATIENCE_MS = 3000;

const target = { cluster: 'bad', namespace: 'app-1', name: 'pg' };
const credential = { getToken: async () => ({ token: TOKEN, expiresOnTimestamp: Date.now() + 3_600_000 }) };

/** Every adapter, each as it is wired, at a peer; by what they do. */
export function victimsOf({ tls, plain }: Peer, ca: string) {
  const kubernetes = createKubernetes({
    connect: createEntraConnect(() => async () => TOKEN),
    allowed: () => undefined,
    timeoutMs: TIMEOUT_MS,
  });
  const cluster = aCluster(`https://bad.k8s.localhost:${tls}`, ca, 'bad');
  const vaults = new Map([['team', `https://team.vault.localhost:${tls}`]]);
  const vault = createKeyVault({ vaults, credential, ca, timeoutMs: TIMEOUT_MS });
  const arm = { credential, endpoint: `https://arm.localhost:${tls}`, ca, timeoutMs: TIMEOUT_MS };
  const storage = {
    connection: { connectionString: connectionString(plain) },
    timeoutMs: TIMEOUT_MS,
  };
  const [registry, status, queue] = [createRegistry(storage), createStatus(storage), createQueue(storage)];
  const observed = aLiveSecret({ ...target, uid: 'u' });
  const soon = (): AbortSignal => AbortSignal.timeout(PATIENCE_MS);
  const calls = {
    'kubernetes: namespace': () => kubernetes.namespace(cluster, 'app-1', soon()),
    'kubernetes: secret': () => kubernetes.secret(cluster, target, soon()),
    'kubernetes: namespaces': () => kubernetes.namespaces(cluster, soon()),
    'kubernetes: managedSecrets': () => kubernetes.managedSecrets(cluster, undefined, soon()),
    'kubernetes: digest': () => kubernetes.digest(cluster, 'app-1', soon()),
    'kubernetes: create': () => kubernetes.create(cluster, observed, soon()),
    'kubernetes: replace': () => kubernetes.replace(cluster, observed, observed, soon()),
    'kubernetes: remove': () => kubernetes.remove(cluster, observed, soon()),
    'vault: read': () => vault.read({ vault: 'team', name: 'app-1--pg' }, soon()),
    'vault: certificate': () =>
      vault.certificate({ vault: 'team', name: 'app-1--pg' }, 'a'.repeat(32), soon()),
    'vault: versions': () => vault.versions({ vault: 'team', name: 'app-1--pg' }, soon()),
    'vault: list': () => vault.list('team', soon()),
    'arm: look up': () => createAksLookUp(arm)(armIdOf('bad').toLowerCase()),
    'tables: routes': () => registry.routes(soon()),
    'tables: target': () => status.target(target, soon()),
    'tables: targets': () => status.targets('bad', soon()),
    'tables: digest': () => status.targetsDigest('bad', soon()),
    'tables: back-offs': () => status.backOffs(soon()),
    'queue: push': () => queue.push(aPushMessage(), 0, soon()),
  };
  return { calls, close: () => kubernetes.close() };
}

function connectionString(port: number): string {
  const endpoint = (name: string): string => `${name}=http://storage.localhost:${port}/account`;
  const named = ['DefaultEndpointsProtocol=http', 'AccountName=account', `AccountKey=${ACCOUNT_KEY}`];
  return [...named, endpoint('TableEndpoint'), endpoint('QueueEndpoint')].join(';');
}
