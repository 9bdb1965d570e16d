import { globalNames } from '../../../infra/preflight/names.ts';
import { withDefaults } from '../../../infra/preflight/parameters.ts';
import { clusterId, groupId, parameters, SUBSCRIPTION, vaultId } from '../deployed.ts';
import type { AzSecret } from './secrets.ts';

export type Json = Record<string, unknown>;

/** What Azure would answer. Plain JSON, so that it can be handed to the stand-in's process as a file. */
export interface World {
  account: Json;
  /** By ARM id; compared without regard to case. */
  resources: Json[];
  /** `SUBSCRIPTION/NAMESPACE` of providers that are not registered. */
  unregistered: string[];
  /** Scope -> permissions of whoever asks; a scope that is not there inherits those of its subscription. */
  permissions: Record<string, Json[]>;
  /** Names that somebody else has. */
  taken: string[];
  /** Region -> versions of Node that its Flex Consumption offers. */
  runtimes: Record<string, string[]>;
  /** Region -> redundancies that its storage accounts can have. */
  skus: Record<string, string[]>;
  /** Regions with zones for Flex Consumption, as the CLI spells them. */
  zonal: string[];
  /** Outputs of deployments, by name, as `az deployment sub show` has them. */
  deployments: Record<string, Json>;
  /** Vault -> its secrets. */
  secrets: Record<string, AzSecret[]>;
  /** Deployments that came to no outputs -> how they stand. */
  unfinished: Record<string, 'Failed' | 'Running'>;
  signedIn: boolean;
  /** Parts of questions that are refused with 403. */
  forbidden: string[];
  /** Parts of questions that take this long. */
  slow: { part: string; ms: number }[];
  /** Entries of a page; Resource Manager decides that itself. */
  pageSize: number;
}

const TENANT = '00000000-0000-0000-0000-000000000000';

/** Owner, as `GET …/permissions` tells: azure-rest-api-specs, authorization, 2022-04-01, GetPermissions.json. */
export const OWNER = { actions: ['*'], notActions: [], dataActions: [], notDataActions: [] };
/** Contributor: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged#contributor */
export const CONTRIBUTOR = {
  ...OWNER,
  notActions: [
    'Microsoft.Authorization/*/Delete',
    'Microsoft.Authorization/*/Write',
    'Microsoft.Authorization/elevateAccess/Action',
  ],
};

/** azure-rest-api-specs, keyvault, 2023-07-01, getVault.json, with what the preflight looks at. */
export const aVault = (name: string, properties: Json = {}, location = 'westeurope'): Json => ({
  id: vaultId(name),
  name,
  type: 'Microsoft.KeyVault/vaults',
  location,
  tags: {},
  properties: {
    sku: { family: 'A', name: 'standard' },
    tenantId: TENANT,
    enabledForDeployment: false,
    enableSoftDelete: true,
    enableRbacAuthorization: true,
    publicNetworkAccess: 'Enabled',
    vaultUri: `https://${name}.vault.azure.net/`,
    ...properties,
  },
});

/** azure-rest-api-specs, containerservice/aks, 2024-09-01, ManagedClustersGet.json. */
export const aCluster = (name: string, properties: Json = {}, group = 'rg-aks'): Json => ({
  id: clusterId(name, group),
  name,
  type: 'Microsoft.ContainerService/ManagedClusters',
  location: 'westeurope',
  properties: {
    provisioningState: 'Succeeded',
    powerState: { code: 'Running' },
    kubernetesVersion: '1.33.1',
    enableRBAC: true,
    fqdn: `${name}.hcp.westeurope.azmk8s.io`,
    aadProfile: { managed: true, enableAzureRBAC: false, tenantID: '00000000-0000-0000-0000-000000000000' },
    ...properties,
  },
});

/** azure-rest-api-specs, eventgrid, 2025-02-15, SystemTopics_Get.json. */
export const aTopic = (name: string, source: string, identity?: string, group = 'rg-vaults'): Json => ({
  id: `/subscriptions/${SUBSCRIPTION}/resourceGroups/${group}/providers/Microsoft.EventGrid/systemTopics/${name}`,
  name,
  type: 'Microsoft.EventGrid/systemTopics',
  location: 'westeurope',
  properties: { provisioningState: 'Succeeded', source, topicType: 'microsoft.keyvault.vaults' },
  ...(identity !== undefined && { identity: { type: identity, principalId: 'p', tenantId: 't' } }),
});

/** az account show, of a pipeline. */
export const PIPELINE: Json = {
  id: SUBSCRIPTION,
  tenantId: TENANT,
  user: { type: 'servicePrincipal', name: 'x' },
};

export const subnetId = (name: string): string =>
  `${groupId('rg-net')}/providers/Microsoft.Network/virtualNetworks/net/subnets/${name}`;

/** azure-rest-api-specs, network, 2024-05-01, SubnetGetWithADelegation.json. */
export const aSubnet = (name: string, ...services: string[]): Json => ({
  id: subnetId(name),
  name,
  type: 'Microsoft.Network/virtualNetworks/subnets',
  properties: {
    addressPrefix: '10.0.0.0/26',
    provisioningState: 'Succeeded',
    delegations: services.map((serviceName) => ({
      name: 'delegation',
      properties: { serviceName, actions: [], provisioningState: 'Succeeded' },
    })),
  },
});

/** A resource group. https://learn.microsoft.com/rest/api/resources/resource-groups/get */
export const aGroup = (name: string, location: string, provisioningState = 'Succeeded'): Json => ({
  id: groupId(name),
  name,
  type: 'Microsoft.Resources/resourceGroups',
  location,
  properties: { provisioningState },
});

/** A subscription in which everything is ready for the parameters of a first deployment. */
export function aWorld(overrides: Partial<World> = {}): World {
  return {
    account: {
      id: SUBSCRIPTION,
      name: 'prod',
      tenantId: TENANT,
      user: { name: 'ada@example.com', type: 'user' },
    },
    resources: [aVault('kv-team'), aCluster('weu-1')],
    unregistered: [],
    permissions: { [`/subscriptions/${SUBSCRIPTION}`]: [OWNER] },
    taken: [],
    runtimes: { westeurope: ['20', '22', '24'], northeurope: ['22'] },
    skus: { westeurope: ['Standard_LRS', 'Standard_ZRS', 'Premium_LRS'], northeurope: ['Standard_LRS'] },
    zonal: ['West Europe', 'North Europe'],
    deployments: {},
    secrets: {},
    unfinished: {},
    signedIn: true,
    forbidden: [],
    slow: [],
    pageSize: 2,
    ...overrides,
  };
}

/** What the first deployment would call its storage accounts and its app. */
export const namesOf = (overrides: Json = {}): string[] =>
  globalNames(withDefaults(parameters(overrides)), SUBSCRIPTION).map(({ name }) => name);
