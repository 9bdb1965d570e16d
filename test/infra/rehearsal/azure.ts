import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';
import { type RunningHost, startHost } from '../../local/functions-host/client.ts';
import { type KeyVaultStandIn, startKeyVault } from '../../local/key-vault/vaults.ts';
import { type KubernetesStandIn, startKubernetes } from '../../local/kubernetes/api-server.ts';
import { createPerson, type Person } from '../../local/stack/person.ts';
import { AUDIENCE, CLUSTER_SCOPE, type ClusterSite } from '../../local/stack/sites.ts';
import { createAuthority } from '../../local/network/authority.ts';
import { startTokens, type TokenService } from '../../local/tokens/service.ts';
import type { Deployment } from '../bicep/deployment.ts';
import { appSettings, AZURE, deployMain, ofType } from '../deployed.ts';
import { globalNames } from '../../../infra/preflight/names.ts';
import { withDefaults } from '../../../infra/preflight/parameters.ts';
import { parameters, SUBSCRIPTION } from '../deployed.ts';
import { PLACEHOLDERS } from './queue-client.ts';
import { rightsOf } from './roles.ts';
import { type IdentityStorage, startStorage } from './storage.ts';

/** A deployment of the templates on this machine: what Resource Manager would make, made of stand-ins. */
export interface Rehearsal {
  deployment: Deployment;
  settings: Record<string, string>;
  vault: KeyVaultStandIn;
  storage: IdentityStorage;
  cluster: KubernetesStandIn;
  site: ClusterSite;
  /** Connection string of the registry's account, behind the storage's front. */
  registry: string;
  /** Writes the registry, from behind the storage's front. */
  person: Person;
  /** Starts the functions in a folder, with the settings of the template and what the platform itself adds. */
  start(app: string, env?: Record<string, string>): Promise<RunningHost>;
  stop(): Promise<void>;
}

const CHOSEN = {
  environmentName: 'rehearsal',
  clusters: [],
  clusterHosts: '*.k8s.localhost',
  // A run in the middle of a test would look like what the test does.
  reconcileSchedule: '0 0 0 1 1 *',
};

function deployTo(
  storage: IdentityStorage,
  vault: KeyVaultStandIn,
  tokens: TokenService,
  cluster: KubernetesStandIn,
): Deployment {
  const { host } = new URL(vault.url('kv-team'));
  const suffixes = { keyvaultDns: host.replace('kv-team', ''), storage: storage.suffix };
  const reference = (id: string): object => {
    const known = AZURE.reference(id) as { properties: object };
    const principalId = id.includes('/userAssignedIdentities/') ? tokens.objectId : 'somebody else';
    return { ...known, properties: { ...known.properties, principalId } };
  };
  const clusterScopes = `${CLUSTER_SCOPE}@${new URL(cluster.url).host}`;
  return deployMain(
    { ...CHOSEN, clusterScopes },
    { ...AZURE, environment: { ...AZURE.environment, suffixes }, reference },
  );
}

/** The tables and queues that the template names, and no others. */
async function makeStorage(deployment: Deployment, storage: IdentityStorage): Promise<void> {
  const children = (type: string): [string, string][] =>
    ofType(deployment, type).map(({ name }) => {
      const [account = '', , child = ''] = String(name).split('/');
      return [storage.connectionString(account), child];
    });
  const tables = children('Microsoft.Storage/storageAccounts/tableServices/tables').map(
    ([connection, name]) =>
      TableClient.fromConnectionString(connection, name, { allowInsecureConnection: true }).createTable(),
  );
  const queues = children('Microsoft.Storage/storageAccounts/queueServices/queues').map(
    ([connection, name]) => new QueueClient(connection, name).create(),
  );
  await Promise.all([...tables, ...queues]);
}

export async function rehearse(): Promise<Rehearsal> {
  const authority = await createAuthority();
  const tokens = await startTokens(authority);
  const accounts = globalNames(withDefaults(parameters(CHOSEN)), SUBSCRIPTION).map(({ name }) => name);
  const [, registry = ''] = accounts;
  const storage = await startStorage(authority, tokens, accounts.slice(0, 2));
  const vault = await startKeyVault({ authority, tokens, vaults: ['kv-team'] });
  const cluster = await startKubernetes({
    authority,
    name: 'weu-1',
    authenticate: async (token) => (await tokens.verify(token, [AUDIENCE]))?.oid,
    authorize: (user) => user === tokens.objectId,
  });
  const deployment = deployTo(storage, vault, tokens, cluster);
  await makeStorage(deployment, storage);
  storage.let(rightsOf(deployment, tokens.objectId));
  const settings = appSettings(deployment);
  const folder = mkdtempSync(join(tmpdir(), 'vaultcast-rehearsal-'));
  writeFileSync(join(folder, 'ca.pem'), authority.caPem);
  const preloads = ['../../local/network/dns.mjs', './by-identity.ts'].map(
    (path) => new URL(path, import.meta.url).href,
  );
  const ofPlatform = {
    IDENTITY_ENDPOINT: tokens.identityEndpoint,
    IDENTITY_HEADER: tokens.identityHeader,
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
    NODE_OPTIONS: preloads.map((url) => `--import ${url}`).join(' '),
    ...PLACEHOLDERS,
  };
  const connectionString = storage.connectionString(registry);
  return {
    deployment,
    settings,
    vault,
    storage,
    cluster,
    site: { name: 'weu-1', url: cluster.url, caPem: authority.caPem },
    registry: connectionString,
    person: createPerson({ connectionString } as never, { REGISTRY: connectionString }),
    start: (app, env = {}) => startHost({ app, env: { ...settings, ...ofPlatform, ...env } }),
    stop: async () => {
      await Promise.all([cluster.stop(), vault.stop(), storage.stop()]);
      await tokens.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
