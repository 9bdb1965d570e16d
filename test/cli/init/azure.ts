import type { Arm } from '../../../shared/cli/connect/arm.ts';
import { CliError } from '../../../shared/cli/terminal/failure.ts';

export const SUBSCRIPTION = '00000000-0000-0000-0000-00000000000a';
export const IDENTITY = '99999999-0000-0000-0000-000000000000';

const scope = (group: string): string => `/subscriptions/${SUBSCRIPTION}/resourceGroups/${group}/providers`;
export const clusterId = (name: string, group = 'weu'): string =>
  `${scope(group)}/Microsoft.ContainerService/managedClusters/${name}`;
const siteId = (name: string): string => `${scope('rg-vaultcast')}/Microsoft.Web/sites/${name}`;

const SETTINGS = {
  VAULTS: 'team=https://team.vault.azure.net',
  INSTANCE: 'vaultcast-prod',
  CLUSTER_HOSTS: clusterId('weu-1'),
  REGISTRY__tableServiceUri: 'https://rgprod.table.core.windows.net',
  REGISTRY__credential: 'managedidentity',
  REGISTRY__clientId: '11111111-0000-0000-0000-000000000000',
  AzureWebJobsStorage__queueServiceUri: 'https://stprod.queue.core.windows.net',
  AzureWebJobsStorage__blobServiceUri: 'https://stprod.blob.core.windows.net',
  SOMETHING_SECRET: 'n0-one-may-see-this',
};

export interface World {
  clusters?: readonly string[];
  sites?: readonly string[];
  settings?: Record<string, string>;
  subscriptions?: readonly { subscriptionId: string; displayName: string }[];
}

/** A subscription as Azure Resource Manager shows it to a reader; `asked` are the requests. */
export function aSubscription(world: World = {}): Arm & { asked: readonly string[] } {
  const {
    clusters = [clusterId('weu-1'), clusterId('neu-1', 'neu')],
    sites = ['vaultcast-prod-1a2b3c', 'shop'],
  } = world;
  const { settings = SETTINGS, subscriptions = [{ subscriptionId: SUBSCRIPTION, displayName: 'Prod' }] } =
    world;
  const asked: string[] = [];
  const named = (id: string) => ({ id, name: id.split('/').at(-1), type: 'x' });
  const refuse = (path: string): never => {
    throw new CliError(`Azure Resource Manager: 404 NotFound: ${path}`, 'none');
  };
  return {
    asked,
    list: async (path) => {
      asked.push(path);
      if (path.startsWith('/subscriptions?')) return [...subscriptions];
      const filter = decodeURIComponent(/filter=([^&]*)/.exec(path)?.[1] ?? '');
      if (filter === "resourceType eq 'Microsoft.Web/sites'") return sites.map((name) => named(siteId(name)));
      if (filter === "resourceType eq 'Microsoft.ContainerService/managedClusters'")
        return clusters.map(named);
      return refuse(path);
    },
    get: async (path) => {
      asked.push(path);
      if (!path.startsWith(siteId('vaultcast-'))) return refuse(path);
      const id = `${scope('rg')}/Microsoft.ManagedIdentity/userAssignedIdentities/vaultcast`;
      return {
        identity: { type: 'UserAssigned', userAssignedIdentities: { [id]: { principalId: IDENTITY } } },
      };
    },
    post: async (path) => {
      asked.push(`POST ${path}`);
      return path.includes('/config/appsettings/list?') ? { properties: settings } : refuse(path);
    },
  };
}
