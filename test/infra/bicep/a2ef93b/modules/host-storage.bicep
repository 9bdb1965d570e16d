// What the Functions host and the queues need. The registry has an account of its own: who may read logs of the host
// or its packages must not reach the routing table.

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

@description('Object id of the Entra group that runs the command line; empty for none.')
param operatorsGroupId string

@description('Whether the account is reached through private endpoints only.')
param isPrivate bool

@description('For how many days undelivered events are kept.')
param deadLetterDays int

var roles = loadJsonContent('../roles.json')
var deploymentContainer = 'deployment'
var deadLetterContainer = 'dead-letters'
var queueNames = [
  'push'
  'push-poison'
  'reconcile'
  'reconcile-poison'
  'vault-events'
  'vault-events-poison'
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
    // Event Grid delivers and writes dead letters as a trusted service, which needs the public endpoint with a deny rule.
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: isPrivate ? 'Deny' : 'Allow'
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
}

resource packages 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = {
  parent: blobs
  name: deploymentContainer
  properties: {
    publicAccess: 'None'
  }
}

resource deadLetters 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = {
  parent: blobs
  name: deadLetterContainer
  properties: {
    publicAccess: 'None'
  }
}

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'expire-dead-letters'
          enabled: true
          type: 'Lifecycle'
          definition: {
            actions: {
              baseBlob: {
                delete: {
                  daysAfterModificationGreaterThan: deadLetterDays
                }
              }
            }
            filters: {
              blobTypes: [
                'blockBlob'
              ]
              prefixMatch: [
                '${deadLetterContainer}/'
              ]
            }
          }
        }
      ]
    }
  }
  dependsOn: [
    deadLetters
  ]
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2024-01-01' = {
  parent: account
  name: 'default'
}

resource queues 'Microsoft.Storage/storageAccounts/queueServices/queues@2024-01-01' = [for queue in queueNames: {
  parent: queueService
  name: queue
}]

// The host makes containers of its own (leases of timers, keys of functions), so blobs cannot be narrowed further.
resource blobOwner 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, principalId, roles.storageBlobDataOwner.id)
  scope: account
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageBlobDataOwner.id)
  }
}

// The host writes its own diagnostic events (why a function did not start) to a table that it creates.
resource hostTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, principalId, roles.storageTableDataContributor.id)
  scope: account
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageTableDataContributor.id)
  }
}

resource queueWorker 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (queue, i) in queueNames: {
  name: guid(account.id, queue, principalId, roles.storageQueueDataContributor.id)
  scope: queues[i]
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageQueueDataContributor.id)
  }
}]

// Commands such as `vaultcast push` and `vaultcast reconcile` are messages on this queue.
resource reconcileQueue 'Microsoft.Storage/storageAccounts/queueServices/queues@2024-01-01' existing = {
  parent: queueService
  name: 'reconcile'
}

resource operatorCommands 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorsGroupId)) {
  name: guid(account.id, 'reconcile', operatorsGroupId, roles.storageQueueDataMessageSender.id)
  scope: reconcileQueue
  properties: {
    principalId: operatorsGroupId
    principalType: 'Group'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageQueueDataMessageSender.id)
  }
  dependsOn: [
    queues
  ]
}

output id string = account.id
output name string = account.name
output blobServiceUri string = 'https://${account.name}.blob.${environment().suffixes.storage}'
output queueServiceUri string = 'https://${account.name}.queue.${environment().suffixes.storage}'
output tableServiceUri string = 'https://${account.name}.table.${environment().suffixes.storage}'
output deploymentContainerUri string = 'https://${account.name}.blob.${environment().suffixes.storage}/${deploymentContainer}'
output deadLetterContainer string = deadLetterContainer
