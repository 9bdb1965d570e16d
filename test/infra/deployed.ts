import { join } from 'node:path';
import { deploy, type Deployment, type World } from './bicep/deployment.ts';
import { plain } from './bicep/deferred.ts';
import { INFRA } from './bicep/file.ts';
import type { Deployed } from './bicep/resource.ts';

export const SUBSCRIPTION = '11111111-1111-1111-1111-111111111111';
const CLIENT_ID = '22222222-3333-4444-5555-666666666666';
const DEPLOYER = '77777777-8888-9999-aaaa-bbbbbbbbbbbb';

const under = (group: string): string => `/subscriptions/${SUBSCRIPTION}/resourceGroups/${group}`;
export const vaultId = (name: string): string =>
  `${under('rg-vaults')}/providers/Microsoft.KeyVault/vaults/${name}`;
export const clusterId = (name: string, group = 'rg-aks'): string =>
  `${under(group)}/providers/Microsoft.ContainerService/managedClusters/${name}`;
export const groupId = under;

/** Parameters of a first deployment, as the README's steps choose them. */
export function parameters(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    environmentName: 'prod',
    location: 'westeurope',
    vaults: [{ alias: 'team', id: vaultId('kv-team') }],
    clusters: [clusterId('weu-1')],
    ...overrides,
  };
}

/** The public cloud, and resources as their providers answer once they are there. */
export const AZURE = {
  environment: {
    suffixes: { keyvaultDns: '.vault.azure.net', storage: 'core.windows.net' },
    authentication: { loginEndpoint: 'https://login.microsoftonline.com/' },
  },
  deployer: { objectId: DEPLOYER },
  reference: (id: string): object => ({
    location: 'northeurope',
    identity: { principalId: `topic of ${id.split('/').at(-1)}` },
    properties: {
      clientId: CLIENT_ID,
      principalId: `principal of ${id.split('/').at(-1)}`,
      ConnectionString: 'InstrumentationKey=0;IngestionEndpoint=https://insights.example.com/',
      defaultHostName: 'vaultcast.example.com',
      ipAddress: '203.0.113.7',
    },
  }),
} satisfies World;

/** main.bicep of these parameters; what only Azure knows is what `world` says, or an expression. */
export function deployMain(overrides: Record<string, unknown> = {}, world: World = AZURE): Deployment {
  return deploy(join(INFRA, 'main.bicep'), parameters(overrides), { subscription: SUBSCRIPTION }, world);
}

export const ofType = ({ resources }: Deployment, type: string): Deployed[] =>
  resources.filter((resource) => resource.type === type);

/** The properties of the one resource of a type, as JSON. */
export function propertiesOf<T = Record<string, unknown>>(deployment: Deployment, type: string): T {
  const [only, other] = ofType(deployment, type);
  if (only === undefined || other !== undefined) throw new Error(`not exactly one ${type}`);
  return plain(only.body['properties']) as T;
}

/** The settings of the function app: everything its process gets from the deployment. */
export const appSettings = (deployment: Deployment): Record<string, string> =>
  propertiesOf<Record<string, string>>(deployment, 'Microsoft.Web/sites/config');

/** What Resource Manager would say; undefined when it would begin. */
export function refusalOf(overrides: Record<string, unknown>): string | undefined {
  try {
    deployMain(overrides);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
