// What the identity of a system topic may do: write dead letters, and send to the one queue when events go there.
// Event Grid checks this when the event subscription is created, so it belongs to the first phase.

@description('Name of the host storage account.')
param storageName string

@description('Name of the container for dead letters.')
param deadLetterContainer string

@description('Object id of the identity of the system topic.')
param topicPrincipalId string

@description('Where events go: the event function or the queue vault-events.')
@allowed([
  'function'
  'queue'
])
param destination string

var roles = loadJsonContent('../roles.json')

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource deadLetters 'containers' existing = {
      name: deadLetterContainer
    }
  }

  resource queueService 'queueServices' existing = {
    name: 'default'

    resource vaultEvents 'queues' existing = {
      name: 'vault-events'
    }
  }
}

resource deadLetterWriter 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account::blobs::deadLetters.id, topicPrincipalId, roles.storageBlobDataContributor.id)
  scope: account::blobs::deadLetters
  properties: {
    principalId: topicPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageBlobDataContributor.id)
  }
}

resource eventSender 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (destination == 'queue') {
  name: guid(account::queueService::vaultEvents.id, topicPrincipalId, roles.storageQueueDataMessageSender.id)
  scope: account::queueService::vaultEvents
  properties: {
    principalId: topicPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageQueueDataMessageSender.id)
  }
}
