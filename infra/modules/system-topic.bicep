// Deployed to the resource group of the vault. A vault has only one system topic, which all instances share: it is made
// once and never written again. Where one exists already, it must have a system-assigned identity.

@description('Name for a new topic.')
param name string

@description('Name of the topic that the vault has already; empty when it has none.')
param existingName string

@description('Resource id of the vault.')
param vaultId string

@description('Azure region of the vault.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the workspace that keeps delivery failures.')
param workspaceId string

var isNew = empty(existingName)

resource created 'Microsoft.EventGrid/systemTopics@2025-02-15' = if (isNew) {
  name: name
  location: location
  tags: tags
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    source: vaultId
    topicType: 'Microsoft.KeyVault.vaults'
  }
}

resource reused 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = if (!isNew) {
  name: isNew ? name : existingName
}

resource failures 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (isNew) {
  name: 'delivery-failures'
  scope: created
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'DeliveryFailures'
        enabled: true
      }
    ]
  }
}

output id string = isNew ? created.id : reused.id
output name string = isNew ? name : existingName
output principalId string = isNew ? created!.identity.principalId : reused!.identity.principalId
