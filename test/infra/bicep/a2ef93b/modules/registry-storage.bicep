// The registry: five tables in an account of their own. The app reads what people define and writes only what it found.

@description('Name of the storage account.')
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Redundancy of the account.')
param sku string

@description('Object id of the identity of the app.')
param principalId string

@description('Object id of the Entra group that registers clusters and routes; empty for none.')
param operatorsGroupId string

@description('Whether the account is reached through private endpoints only.')
param isPrivate bool

@description('Resource id of the workspace that keeps the record of who changed what.')
param workspaceId string

var roles = loadJsonContent('../roles.json')
// People define these; the app must not be able to route a secret to itself.
var definedTables = [
  'Clusters'
  'Routes'
]
var foundTables = [
  'Targets'
  'Runs'
  'Endpoints'
]

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  // checkov:skip=CKV_AZURE_35: without a virtual network the app has no fixed address to allow; with one, isPrivate denies
  // checkov:skip=CKV_AZURE_59: no key is accepted and no blob is public; the network rules below need the endpoint
  // checkov:skip=CKV_AZURE_206: the sku is a parameter, zone redundant unless someone chooses otherwise
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: sku
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: isPrivate ? 'Deny' : 'Allow'
    }
  }
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2024-01-01' = {
  parent: account
  name: 'default'
}

resource defined 'Microsoft.Storage/storageAccounts/tableServices/tables@2024-01-01' = [for table in definedTables: {
  parent: tableService
  name: table
}]

resource found 'Microsoft.Storage/storageAccounts/tableServices/tables@2024-01-01' = [for table in foundTables: {
  parent: tableService
  name: table
}]

resource appReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (table, i) in definedTables: {
  name: guid(account.id, table, principalId, roles.storageTableDataReader.id)
  scope: defined[i]
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageTableDataReader.id)
  }
}]

resource appWrites 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (table, i) in foundTables: {
  name: guid(account.id, table, principalId, roles.storageTableDataContributor.id)
  scope: found[i]
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageTableDataContributor.id)
  }
}]

resource operatorWrites 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (table, i) in definedTables: if (!empty(operatorsGroupId)) {
  name: guid(account.id, table, operatorsGroupId, roles.storageTableDataContributor.id)
  scope: defined[i]
  properties: {
    principalId: operatorsGroupId
    principalType: 'Group'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageTableDataContributor.id)
  }
}]

resource operatorReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (table, i) in foundTables: if (!empty(operatorsGroupId)) {
  name: guid(account.id, table, operatorsGroupId, roles.storageTableDataReader.id)
  scope: found[i]
  properties: {
    principalId: operatorsGroupId
    principalType: 'Group'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageTableDataReader.id)
  }
}]

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: tableService
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'StorageWrite'
        enabled: true
      }
      {
        category: 'StorageDelete'
        enabled: true
      }
    ]
  }
}

output id string = account.id
output tableServiceUri string = 'https://${account.name}.table.${environment().suffixes.storage}'
