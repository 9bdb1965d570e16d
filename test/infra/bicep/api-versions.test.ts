import { expect, it } from 'vitest';
import { bicepFiles } from './file.ts';

/** The one API version of each resource type that the templates were written against. Nested types have none. */
const VERSIONS = {
  'Microsoft.Authorization/roleAssignments': '2022-04-01',
  'Microsoft.Authorization/roleDefinitions': '2022-04-01',
  'Microsoft.ContainerService/managedClusters': '2026-05-01',
  'Microsoft.EventGrid/systemTopics': '2025-02-15',
  'Microsoft.EventGrid/systemTopics/eventSubscriptions': '2025-02-15',
  'Microsoft.Insights/actionGroups': '2023-01-01',
  'Microsoft.Insights/components': '2020-02-02',
  'Microsoft.Insights/diagnosticSettings': '2021-05-01-preview',
  'Microsoft.Insights/metricAlerts': '2026-01-01',
  'Microsoft.Insights/scheduledQueryRules': '2026-03-01',
  'Microsoft.Insights/workbooks': '2023-06-01',
  'Microsoft.KeyVault/vaults': '2025-05-01',
  'Microsoft.ManagedIdentity/userAssignedIdentities': '2024-11-30',
  'Microsoft.Network/natGateways': '2025-09-01',
  'Microsoft.Network/networkSecurityGroups': '2025-09-01',
  'Microsoft.Network/privateDnsZones': '2024-06-01',
  'Microsoft.Network/privateDnsZones/virtualNetworkLinks': '2024-06-01',
  'Microsoft.Network/privateEndpoints': '2025-09-01',
  'Microsoft.Network/privateEndpoints/privateDnsZoneGroups': '2025-09-01',
  'Microsoft.Network/publicIPAddresses': '2025-09-01',
  'Microsoft.Network/virtualNetworks': '2025-09-01',
  'Microsoft.OperationalInsights/workspaces': '2025-07-01',
  'Microsoft.Resources/resourceGroups': '2025-04-01',
  'Microsoft.Storage/storageAccounts': '2025-08-01',
  'Microsoft.Storage/storageAccounts/blobServices': '2025-08-01',
  'Microsoft.Storage/storageAccounts/blobServices/containers': '2025-08-01',
  'Microsoft.Storage/storageAccounts/managementPolicies': '2025-08-01',
  'Microsoft.Storage/storageAccounts/queueServices': '2025-08-01',
  'Microsoft.Storage/storageAccounts/queueServices/queues': '2025-08-01',
  'Microsoft.Storage/storageAccounts/tableServices': '2025-08-01',
  'Microsoft.Storage/storageAccounts/tableServices/tables': '2025-08-01',
  'Microsoft.Web/serverfarms': '2025-03-01',
  'Microsoft.Web/sites': '2025-03-01',
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies': '2025-03-01',
  'Microsoft.Web/sites/config': '2025-03-01',
};

it('uses one API version for each resource type, and no type that is not in the table', async () => {
  const resources = (await bicepFiles()).flatMap((file) => file.resources);
  const typed = resources.filter(({ type }) => type.includes('.'));
  expect(typed.filter(({ version }) => version === '')).toEqual([]);
  const used = [...new Set(typed.map(({ type, version }) => `${type}@${version}`))].toSorted();
  expect(used).toEqual(
    Object.entries(VERSIONS)
      .map(([type, version]) => `${type}@${version}`)
      .toSorted(),
  );
});
