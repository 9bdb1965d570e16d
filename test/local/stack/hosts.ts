import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LocalStorage } from '../azurite/storage.ts';
import { startHost } from '../functions-host/client.ts';
import type { RunningHost } from '../functions-host/client.ts';
import type { KeyVaultStandIn } from '../key-vault/vaults.ts';
import { CLIENT_ID, CLUSTER_SCOPE } from './sites.ts';
import type { ClusterSite, Trust } from './sites.ts';

const DNS = pathToFileURL(join(import.meta.dirname, '../network/dns.mjs')).href;

export interface HostsOptions {
  hosts?: number;
  vaults: string[];
  trust: Trust;
  /** Where tokens for clusters may go. */
  sites: readonly ClusterSite[];
  storage: LocalStorage;
  vault: KeyVaultStandIn;
  /** Of the HTTP functions that are not for everybody. */
  functionsKey: string;
  env?: Record<string, string>;
  /** The folder with the built app; default: the project. */
  app?: string;
  onLine?: (line: string) => void;
}

/** What a deployment configures, and what brings this machine's authority and names: the bundles notice no difference. */
function environment(
  { vaults, trust, sites, storage, vault, functionsKey }: HostsOptions,
  caFile: string,
): Record<string, string> {
  return {
    VAULTS: vaults.map((alias) => `${alias}=${vault.url(alias)}`).join(','),
    REGISTRY: storage.connectionString,
    AzureWebJobsStorage: storage.connectionString,
    AZURE_CLIENT_ID: CLIENT_ID,
    INSTANCE: 'vaultcast-local',
    CLUSTER_HOSTS: '*.k8s.localhost',
    CLUSTER_SCOPES: sites.map(({ url }) => `${CLUSTER_SCOPE}@${new URL(url).host}`).join(','),
    IDENTITY_ENDPOINT: trust.tokens.identityEndpoint,
    IDENTITY_HEADER: trust.tokens.identityHeader,
    NODE_EXTRA_CA_CERTS: caFile,
    NODE_OPTIONS: `--import ${DNS}`,
    FUNCTIONS_KEY: functionsKey,
    // A run in the middle of a test would look like what the test does: who wants one starts it.
    RECONCILE_SCHEDULE: '0 0 0 1 1 *',
    // People and tests wait for the queue; in Azure an idle queue is looked at every five seconds.
    AzureFunctionsJobHost__extensions__queues__maxPollingInterval: '00:00:01',
  };
}

/** With some variables of its own, and from another folder than the others where one is given. */
export type AddHost = (env?: Record<string, string>, app?: string) => Promise<RunningHost>;

/** Instances of one function app, each a process of its own. */
export async function startHosts(
  options: HostsOptions,
): Promise<{ hosts: RunningHost[]; add: AddHost; stop: () => Promise<void> }> {
  const { hosts: count = 1, trust, onLine } = options;
  const folder = await mkdtemp(join(tmpdir(), 'vaultcast-stack-'));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, trust.authority.caPem);
  const env = { ...environment(options, caFile), ...options.env };
  const start = (more: Record<string, string> = {}, app = options.app): Promise<RunningHost> =>
    startHost({
      env: { ...env, ...more },
      ...(onLine && { onLine }),
      ...(app !== undefined && { app }),
    });
  const hosts = await Promise.all(Array.from({ length: count }, () => start()));
  const add: AddHost = async (more, app) => {
    const host = await start(more, app);
    hosts.push(host);
    return host;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(hosts.map((host) => host.stop()));
    await rm(folder, { recursive: true });
  };
  return { hosts, add, stop };
}
