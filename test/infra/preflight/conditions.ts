import {
  aCluster,
  aGroup,
  aSubnet,
  aTopic,
  aVault,
  CONTRIBUTOR,
  namesOf,
  OWNER,
  PIPELINE,
  subnetId,
  type World,
} from '../az/world.ts';
import { groupId, SUBSCRIPTION, vaultId } from '../deployed.ts';

export const SUBSCRIPTION_ID = `/subscriptions/${SUBSCRIPTION}`;
const NETWORK = {
  network: 'existing',
  appSubnetId: subnetId('app'),
  endpointSubnetId: subnetId('endpoints'),
};
const app = aSubnet('app', 'Microsoft.App/environments');
const endpoints = aSubnet('endpoints');
export const weu = aCluster('weu-1');
export const team = aVault('kv-team');

/** A condition in Azure, parameters, and the one line that it gives: what it says, and the command that mends it. */
export const CONDITIONS: [string, Partial<World>, Record<string, unknown>, string, string?][] = [
  [
    'a vault with access policies',
    { resources: [aVault('kv-team', { enableRbacAuthorization: false }), weu] },
    {},
    'vault kv-team uses access policies',
    'az keyvault update --name kv-team',
  ],
  [
    'a vault that does not say how it decides',
    { resources: [aVault('kv-team', { enableRbacAuthorization: undefined }), weu] },
    {},
    'vault kv-team uses access policies',
    'az keyvault update',
  ],
  ['a vault that is not there', { resources: [weu] }, {}, 'vault kv-team does not exist'],
  [
    'a vault one may not see',
    { forbidden: ['vaults/kv-team?'] },
    {},
    'vault kv-team: you may not look at it',
  ],
  [
    'a vault behind a firewall without a network',
    { resources: [aVault('kv-team', { networkAcls: { defaultAction: 'Deny' } }), weu] },
    {},
    'vault kv-team has a firewall',
  ],
  [
    'a vault without a public endpoint',
    { resources: [aVault('kv-team', { publicNetworkAccess: 'Disabled' }), weu] },
    {},
    'vault kv-team has a firewall',
  ],
  [
    'a topic without an identity',
    { resources: [team, weu, aTopic('theirs', vaultId('kv-team'))] },
    {},
    'system topic theirs of vault kv-team has no identity',
    'az eventgrid system-topic update --resource-group rg-vaults --name theirs',
  ],
  [
    'a topic with an identity of another kind',
    { resources: [team, weu, aTopic('theirs', vaultId('KV-TEAM'), 'UserAssigned')] },
    {},
    'has no identity of its own',
    '--identity systemassigned',
  ],
  ['a cluster that is not there', { resources: [team] }, {}, 'cluster weu-1 does not exist'],
  [
    'a cluster without Entra',
    { resources: [team, aCluster('weu-1', { aadProfile: null })] },
    {},
    'cluster weu-1 has no Microsoft Entra ID',
    'az aks update --resource-group rg-aks --name weu-1',
  ],
  [
    'a private cluster without a network',
    { resources: [team, aCluster('weu-1', { apiServerAccessProfile: { enablePrivateCluster: true } })] },
    {},
    'cluster weu-1 is private',
  ],
  [
    'authorized ranges without a fixed address',
    {
      resources: [
        team,
        aCluster('weu-1', { apiServerAccessProfile: { authorizedIPRanges: ['203.0.113.0/24'] } }),
      ],
    },
    { network: 'new' },
    'natGateway true',
  ],
  [
    'a cluster without Entra in a group that is taken in',
    { resources: [team, weu, aCluster('old', { aadProfile: undefined }), aCluster('z')] },
    { clusters: [groupId('rg-aks')] },
    'cluster old has no Microsoft Entra ID',
    '--name old',
  ],
  [
    'clusters one may not list',
    { forbidden: ['managedClusters?'] },
    { clusters: [groupId('rg-aks')] },
    'you may not look at it',
  ],
  [
    'a region without that version of Node',
    { runtimes: { westeurope: ['22', '20'] } },
    {},
    'does not offer Node 24 on Flex Consumption; it has Node 20, 22',
  ],
  ['a region without any Node', { runtimes: { westeurope: [] } }, {}, 'it has no Node at all'],
  [
    'a region without Flex Consumption',
    { runtimes: {} },
    {},
    'Flex Consumption in westeurope: the question failed',
  ],
  [
    'Event Grid not registered where the vault is',
    { unregistered: [`${SUBSCRIPTION}/Microsoft.EventGrid`] },
    {},
    'provider Microsoft.EventGrid is not registered',
    `az provider register --namespace Microsoft.EventGrid --subscription ${SUBSCRIPTION} --wait`,
  ],
  [
    'Microsoft.App not registered for a new network',
    { unregistered: [`${SUBSCRIPTION}/Microsoft.App`] },
    { network: 'new' },
    'provider Microsoft.App is not registered',
    'az provider register --namespace Microsoft.App',
  ],
  [
    'a deployer who may not assign roles',
    { permissions: { [SUBSCRIPTION_ID]: [OWNER], [groupId('rg-vaults')]: [CONTRIBUTOR] } },
    {},
    `${groupId('rg-vaults')}: you may not Microsoft.Authorization/roleAssignments/write.`,
  ],
  [
    'a deployer with partial rights',
    {
      permissions: {
        [SUBSCRIPTION_ID]: [OWNER],
        [groupId('rg-aks')]: [{ ...OWNER, actions: ['Microsoft.Resources/*', '*/read'] }],
      },
    },
    {},
    `${groupId('rg-aks')}: you may not Microsoft.Authorization/roleAssignments/write.`,
  ],
  [
    'a storage account of that name elsewhere',
    { taken: [namesOf()[0] ?? ''] },
    {},
    `the name ${namesOf()[0]} that follows from it is taken`,
  ],
  [
    'an app of that name elsewhere',
    { taken: [namesOf()[2] ?? ''] },
    {},
    `the name ${namesOf()[2]} that follows`,
  ],
  ['a pipeline that names no operators', { account: PIPELINE }, {}, 'operatorsId: a pipeline deploys'],
  [
    'a vault of another tenant',
    { resources: [aVault('kv-team', { tenantId: '11111111-0000-0000-0000-000000000000' }), weu] },
    {},
    'vault kv-team belongs to another tenant',
  ],
  [
    'a topic that the vault does not have',
    { resources: [team, weu, aTopic('theirs', vaultId('kv-team'), 'SystemAssigned')] },
    { vaults: [{ alias: 'team', id: vaultId('kv-team'), systemTopic: 'kv-team-events' }] },
    'kv-team-events is no system topic of vault kv-team: it has rg-vaults/theirs, which is theirs.',
  ],
  [
    'a topic of a vault that has none',
    {},
    { vaults: [{ alias: 'team', id: vaultId('kv-team'), systemTopic: 'rg-events/theirs' }] },
    'rg-events/theirs is no system topic of vault kv-team: it has none.',
  ],
  [
    'a topic in a group where one may do nothing',
    {
      resources: [team, weu, aTopic('theirs', vaultId('kv-team'), 'SystemAssigned', 'rg-events')],
      permissions: {
        [SUBSCRIPTION_ID]: [OWNER],
        [groupId('rg-events')]: [{ ...OWNER, actions: ['*/read'] }],
      },
    },
    {},
    `${groupId('rg-events')}: you may not Microsoft.Resources/deployments/write, Microsoft.EventGrid/systemTopics/eventSubscriptions/write,`,
  ],
  [
    'a group of the vault and its topic that Azure spells in two ways',
    {
      resources: [team, weu, aTopic('theirs', vaultId('kv-team'), 'SystemAssigned', 'RG-VAULTS')],
      permissions: {
        [SUBSCRIPTION_ID]: [OWNER],
        [groupId('rg-vaults')]: [{ ...OWNER, actions: ['*/read'] }],
      },
    },
    {},
    'you may not Microsoft.Resources/deployments/write,',
  ],
  [
    'a resource group that is in another region already',
    { resources: [team, weu, aGroup('rg-vaultcast-prod', 'northeurope')] },
    {},
    'location: resource group rg-vaultcast-prod is in northeurope, and stays there',
  ],
  [
    'a resource group that is on its way out',
    { resources: [team, weu, aGroup('rg-vaultcast-prod', 'westeurope', 'Deleting')] },
    {},
    'resource group rg-vaultcast-prod is being deleted',
    'az group wait --name rg-vaultcast-prod',
  ],
  [
    'a name that no resource can have',
    {},
    { environmentName: 'my_prod' },
    'environmentName: my_prod must be',
  ],
  ['a name of the wrong kind', {}, { environmentName: 5 }, 'environmentName: must be a text.'],
  ['no region', {}, { location: '' }, 'location: must be a region, such as westeurope.'],
  ['a vault without an id', {}, { vaults: [{ alias: 'team' }] }, 'vaults[0].id: must be a text.'],
  ['a parameter that there is not', {}, { vault: [] }, 'vault: is no parameter; did you mean vaults?'],
  [
    'a region whose storage has no zones',
    { skus: { westeurope: ['Standard_LRS', 'Standard_GRS'], northeurope: ['Standard_ZRS'] } },
    {},
    'storageSku: westeurope does not offer Standard_ZRS to you; it has Standard_GRS, Standard_LRS.',
  ],
  [
    'storage that is closed to the subscription',
    { skus: { westeurope: ['-Standard_ZRS', 'Standard_LRS'] } },
    {},
    'it has Standard_LRS.',
  ],
  [
    'a region without zones for the app',
    { zonal: ['North Europe'] },
    { zoneRedundant: true },
    'zoneRedundant: westeurope has no zones for Flex Consumption.',
  ],
  [
    'a subnet that is not there',
    { resources: [team, weu, app] },
    NETWORK,
    'endpointSubnetId: subnet endpoints does not exist',
  ],
  [
    'something else for a subnet',
    { resources: [team, weu, endpoints] },
    { ...NETWORK, appSubnetId: 'app' },
    'appSubnetId: app is not the resource id of a subnet.',
  ],
  [
    'a subnet that is not for apps',
    { resources: [team, weu, aSubnet('app', 'Microsoft.Web/serverFarms'), endpoints] },
    NETWORK,
    'appSubnetId: the subnet is not delegated to Microsoft.App/environments',
    `az network vnet subnet update --ids ${subnetId('app')} --delegations Microsoft.App/environments`,
  ],
  [
    'a subnet that takes no endpoints',
    { resources: [team, weu, app, aSubnet('endpoints', 'Microsoft.Web/serverFarms')] },
    NETWORK,
    'endpointSubnetId: the subnet is delegated to Microsoft.Web/serverFarms',
  ],
  [
    'a network that one may not join',
    {
      resources: [team, weu, app, endpoints],
      permissions: { [SUBSCRIPTION_ID]: [OWNER], [groupId('rg-net')]: [{ ...OWNER, actions: ['*/read'] }] },
    },
    NETWORK,
    `${groupId('rg-net')}: you may not Microsoft.Network/virtualNetworks/subnets/join/action.`,
  ],
  [
    'a parameter that has another name now',
    {},
    { operatorsGroupId: 'g' },
    'operatorsGroupId: is called operatorsId now',
  ],
  [
    'a vault id with a trailing slash',
    {},
    { vaults: [{ alias: 'team', id: `${vaultId('kv-team')}/` }] },
    'is not the resource id of a Key Vault',
  ],
];
