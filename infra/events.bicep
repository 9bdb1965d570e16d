// The second phase: one event subscription for each vault. Event Grid checks that the function exists and that the
// topic's identity may write dead letters, so this comes after main.bicep and after the code.
targetScope = 'subscription'

@description('Name of the instance; the event subscriptions are named after it. Output INSTANCE of main.bicep.')
param instance string

@description('System topics of the vaults: {name, id}. Output EVENT_TOPICS of main.bicep.')
@minLength(1)
param topics array

@description('Resource id of the function app. Output FUNCTION_APP_ID of main.bicep.')
param functionAppId string

@description('Resource id of the host storage account. Output HOST_STORAGE_ID of main.bicep.')
param storageId string

@description('Container for dead letters. Output DEAD_LETTER_CONTAINER of main.bicep.')
param deadLetterContainer string

@description('Where events go: the event function or the queue vault-events. Output EVENT_DESTINATION of main.bicep.')
@allowed([
  'function'
  'queue'
])
param destination string

@description('How often Event Grid tries to deliver one event.')
@minValue(1)
@maxValue(30)
param maxDeliveryAttempts int = 30

@description('For how many minutes Event Grid tries to deliver one event.')
@minValue(1)
@maxValue(1440)
param eventTimeToLiveInMinutes int = 1440

module subscriptions 'modules/event-subscription.bicep' = [for (topic, i) in topics: {
  scope: resourceGroup(split(topic.id, '/')[2], split(topic.id, '/')[4])
  params: {
    topicName: topic.name
    name: instance
    destination: destination
    functionAppId: functionAppId
    storageId: storageId
    deadLetterContainer: deadLetterContainer
    maxDeliveryAttempts: maxDeliveryAttempts
    eventTimeToLiveInMinutes: eventTimeToLiveInMinutes
  }
}]
