// Deployed to the resource group of the vault, after the code: Event Grid refuses a function that does not exist yet.

@description('Name of the system topic of the vault.')
param topicName string

@description('Name of the subscription: that of the instance, so that several instances can share a topic.')
param name string

@description('Where events go: the event function or the queue vault-events.')
@allowed([
  'function'
  'queue'
])
param destination string

@description('Resource id of the function app.')
param functionAppId string

@description('Resource id of the host storage account.')
param storageId string

@description('Name of the container for dead letters.')
param deadLetterContainer string

@description('How often Event Grid tries to deliver one event.')
@minValue(1)
@maxValue(30)
param maxDeliveryAttempts int

@description('For how many minutes Event Grid tries to deliver one event.')
@minValue(1)
@maxValue(1440)
param eventTimeToLiveInMinutes int

// Keys are not secrets, and a change of access policies moves no value: both would only be ignored by the app.
var eventTypes = [
  'Microsoft.KeyVault.SecretNewVersionCreated'
  'Microsoft.KeyVault.SecretNearExpiry'
  'Microsoft.KeyVault.SecretExpired'
  'Microsoft.KeyVault.CertificateNewVersionCreated'
  'Microsoft.KeyVault.CertificateNearExpiry'
  'Microsoft.KeyVault.CertificateExpired'
]
var toFunction = {
  endpointType: 'AzureFunction'
  properties: {
    resourceId: '${functionAppId}/functions/on-vault-event'
    maxEventsPerBatch: 1
    preferredBatchSizeInKilobytes: 64
  }
}
var toQueue = {
  identity: {
    type: 'SystemAssigned'
  }
  destination: {
    endpointType: 'StorageQueue'
    properties: {
      resourceId: storageId
      queueName: 'vault-events'
      queueMessageTimeToLiveInSeconds: 604800
    }
  }
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource eventSubscription 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: name
  properties: {
    destination: destination == 'function' ? toFunction : null
    deliveryWithResourceIdentity: destination == 'queue' ? toQueue : null
    eventDeliverySchema: 'EventGridSchema'
    filter: {
      includedEventTypes: eventTypes
    }
    retryPolicy: {
      maxDeliveryAttempts: maxDeliveryAttempts
      eventTimeToLiveInMinutes: eventTimeToLiveInMinutes
    }
    deadLetterWithResourceIdentity: {
      identity: {
        type: 'SystemAssigned'
      }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: {
          resourceId: storageId
          blobContainerName: deadLetterContainer
        }
      }
    }
  }
}
