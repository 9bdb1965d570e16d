// Everything but the event subscriptions: those need the deployed functions, see events.bicep.
// Deployed by azd, or with `az deployment sub create`; infra/README.md has both, step by step.
targetScope = 'subscription'

@description('Name of the environment: resources are named after it, so each environment is an instance of its own.')
@minLength(3)
@maxLength(20)
param environmentName string

@description('Azure region.')
param location string

@description('Name of the resource group; it is created.')
param resourceGroupName string = 'rg-vaultcast-${environmentName}'

@description('Vaults to serve: {alias, id, location?, systemTopic?}. location: region of the vault when it is another one. systemTopic: name of the topic the vault has already.')
@minLength(1)
param vaults array

@description('Resource id of the vault with stored cluster credentials (token, client certificate); empty for none.')
param credentialVaultId string = ''

@description('ARM ids of AKS clusters the app may look up and write to.')
param clusters array = []

@description('Further cluster hosts that may be written to, as in CLUSTER_HOSTS: host patterns or ARM id prefixes.')
param clusterHosts string = ''

@description('Token scopes for clusters that trust Entra themselves, as in CLUSTER_SCOPES.')
param clusterScopes string = ''

@description('When a reconcile run starts: NCRONTAB with seconds, UTC.')
param reconcileSchedule string = '0 */15 * * * *'

@description('How many targets one instance writes at once.')
@minValue(1)
@maxValue(512)
param pushConcurrency int = 64

@description('How long one event may take before the rest goes to the queue; Event Grid waits 30 seconds.')
@minValue(5)
@maxValue(28)
param eventBudgetSeconds int = 20

@description('Where events go: the event function, or a storage queue when Event Grid cannot reach the app.')
@allowed([
  'function'
  'queue'
])
param eventDestination string = 'function'

@description('Who may reach the app: anyone (keys and Entra still apply), Event Grid only, or no one (eventDestination queue).')
@allowed([
  'open'
  'eventGrid'
  'closed'
])
param inbound string = 'open'

@description('Virtual network: none, new, or existing subnets. Storage and vaults are then reached through private endpoints.')
@allowed([
  'none'
  'new'
  'existing'
])
param network string = 'none'

@description('network new: address space, subnet of the app, subnet of the endpoints.')
param addressPrefixes object = {
  network: '10.90.0.0/24'
  app: '10.90.0.0/26'
  endpoints: '10.90.0.64/26'
}

@description('network existing: subnet delegated to Microsoft.App/environments.')
param appSubnetId string = ''

@description('network existing: subnet for private endpoints.')
param endpointSubnetId string = ''

@description('network existing: resource ids of private DNS zones; leave empty what a policy of the organisation does.')
param dnsZoneIds object = {
  blob: ''
  queue: ''
  table: ''
  vault: ''
}

@description('Redundancy of both storage accounts.')
@allowed([
  'Standard_LRS'
  'Standard_ZRS'
  'Standard_GRS'
  'Standard_GZRS'
])
param storageSku string = 'Standard_ZRS'

@description('Memory of an instance in MB.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int = 2048

@description('Upper limit of instances for each group of functions.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances of the event function that are kept warm.')
@minValue(0)
@maxValue(20)
param alwaysReady int = 0

@description('Whether instances are spread over availability zones; not in every region.')
param zoneRedundant bool = false

@description('Object id of the Entra group that registers clusters and routes and runs the command line; empty for none.')
param operatorsGroupId string = ''

@description('How long outcome lines are kept, in days.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

@description('For how many days undelivered events are kept.')
@minValue(1)
param deadLetterDays int = 30

@description('Where alerts go; empty for no e-mail.')
param alertEmail string = ''

@description('Action groups that are told of alerts, beside the e-mail address.')
param actionGroupIds array = []

@description('Address of infra/runbook.md as people on call can open it.')
param runbookUrl string = 'infra/runbook.md'

@description('Thresholds of the alert rules: see infra/README.md.')
param alertThresholds object = {
  runMissedWindow: 'PT1H'
  runLateCount: 3
  noEventsChanges: 3
  vaultForbiddenCount: 1
  expiringSecrets: 1
  clusterFailures: 3
  deadLetters: 1
}

@description('Tags of every resource.')
param tags object = {}

var allTags = union(tags, {
  'azd-env-name': environmentName
})
var token = uniqueString(subscription().id, environmentName, location)
var instance = 'vaultcast-${environmentName}'
var isPrivate = network != 'none'
var vaultSettings = [for vault in vaults: '${vault.alias}=https://${last(split(vault.id, '/'))}${environment().suffixes.keyvaultDns}']
var credentialVault = empty(credentialVaultId) ? '' : 'https://${last(split(credentialVaultId, '/'))}${environment().suffixes.keyvaultDns}'
var clusterIds = join(clusters, ',')
var allowedClusters = empty(clusterIds) || empty(clusterHosts) ? '${clusterIds}${clusterHosts}' : '${clusterIds},${clusterHosts}'

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: resourceGroupName
  location: location
  tags: allTags
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    name: '${instance}-identity'
    location: location
    tags: allTags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    name: '${instance}-logs'
    location: location
    tags: allTags
    principalId: identity.outputs.principalId
    retentionInDays: logRetentionDays
  }
}

module host 'modules/host-storage.bicep' = {
  name: 'host-storage'
  scope: group
  params: {
    name: 'vchost${token}'
    location: location
    tags: allTags
    sku: storageSku
    principalId: identity.outputs.principalId
    operatorsGroupId: operatorsGroupId
    isPrivate: isPrivate
    deadLetterDays: deadLetterDays
  }
}

module registry 'modules/registry-storage.bicep' = {
  name: 'registry-storage'
  scope: group
  params: {
    name: 'vcreg${token}'
    location: location
    tags: allTags
    sku: storageSku
    principalId: identity.outputs.principalId
    operatorsGroupId: operatorsGroupId
    isPrivate: isPrivate
    workspaceId: monitoring.outputs.workspaceId
  }
}

module net 'modules/network.bicep' = if (network == 'new') {
  name: 'network'
  scope: group
  params: {
    name: '${instance}-network'
    location: location
    tags: allTags
    addressPrefix: addressPrefixes.network
    appSubnetPrefix: addressPrefixes.app
    endpointSubnetPrefix: addressPrefixes.endpoints
  }
}

module endpoints 'modules/private-endpoints.bicep' = if (isPrivate) {
  name: 'private-endpoints'
  scope: group
  params: {
    instance: instance
    location: location
    tags: allTags
    subnetId: network == 'new' ? net!.outputs.endpointSubnetId : endpointSubnetId
    dnsZoneIds: network == 'new' ? net!.outputs.dnsZoneIds : dnsZoneIds
    hostStorageId: host.outputs.id
    registryStorageId: registry.outputs.id
    vaults: vaults
    credentialVaultId: credentialVaultId
  }
}

module app 'modules/function-app.bicep' = {
  name: 'function-app'
  scope: group
  params: {
    name: '${instance}-${take(token, 6)}'
    location: location
    tags: allTags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    deploymentContainerUri: host.outputs.deploymentContainerUri
    insightsConnectionString: monitoring.outputs.connectionString
    hostStorage: {
      blob: host.outputs.blobServiceUri
      queue: host.outputs.queueServiceUri
      table: host.outputs.tableServiceUri
    }
    settings: {
      VAULTS: join(vaultSettings, ',')
      CREDENTIAL_VAULT: credentialVault
      REGISTRY__tableServiceUri: registry.outputs.tableServiceUri
      REGISTRY__credential: 'managedidentity'
      REGISTRY__clientId: identity.outputs.clientId
      INSTANCE: instance
      CLUSTER_HOSTS: allowedClusters
      CLUSTER_SCOPES: clusterScopes
      RECONCILE_SCHEDULE: reconcileSchedule
      PUSH_CONCURRENCY: string(pushConcurrency)
      EVENT_BUDGET_SECONDS: string(eventBudgetSeconds)
    }
    subnetId: network == 'new' ? net!.outputs.appSubnetId : appSubnetId
    inbound: inbound
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReady: alwaysReady
    zoneRedundant: zoneRedundant
  }
}

module vaultAccess 'modules/vault-access.bicep' = [for vault in vaults: {
  name: 'vaultcast-${environmentName}-access-${vault.alias}'
  scope: resourceGroup(split(vault.id, '/')[2], split(vault.id, '/')[4])
  params: {
    vaultName: last(split(vault.id, '/'))
    principalId: identity.outputs.principalId
  }
}]

module credentialVaultAccess 'modules/vault-access.bicep' = if (!empty(credentialVaultId)) {
  name: 'vaultcast-${environmentName}-credential-access'
  scope: resourceGroup(empty(credentialVaultId) ? subscription().subscriptionId : split(credentialVaultId, '/')[2], empty(credentialVaultId) ? resourceGroupName : split(credentialVaultId, '/')[4])
  params: {
    vaultName: last(split(credentialVaultId, '/'))
    principalId: identity.outputs.principalId
  }
}

module clusterAccess 'modules/cluster-access.bicep' = [for (cluster, i) in clusters: if (!empty(cluster)) {
  name: 'vaultcast-${environmentName}-cluster-${i}'
  scope: resourceGroup(empty(cluster) ? subscription().subscriptionId : split(cluster, '/')[2], empty(cluster) ? resourceGroupName : split(cluster, '/')[4])
  params: {
    clusterName: last(split(cluster, '/'))
    principalId: identity.outputs.principalId
  }
}]

module topics 'modules/system-topic.bicep' = [for vault in vaults: {
  name: 'vaultcast-${environmentName}-topic-${vault.alias}'
  scope: resourceGroup(split(vault.id, '/')[2], split(vault.id, '/')[4])
  params: {
    name: '${last(split(vault.id, '/'))}-events'
    existingName: vault.?systemTopic ?? ''
    vaultId: vault.id
    location: vault.?location ?? location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
  }
}]

module topicAccess 'modules/topic-access.bicep' = [for (vault, i) in vaults: {
  name: 'topic-access-${vault.alias}'
  scope: group
  params: {
    storageName: host.outputs.name
    deadLetterContainer: host.outputs.deadLetterContainer
    topicPrincipalId: topics[i].outputs.principalId
    destination: eventDestination
  }
}]

module emailGroup 'modules/action-group.bicep' = if (!empty(alertEmail)) {
  name: 'action-group'
  scope: group
  params: {
    name: '${instance}-on-call'
    tags: allTags
    email: alertEmail
  }
}

var told = union(actionGroupIds, empty(alertEmail) ? [] : [
  emailGroup!.outputs.id
])

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    instance: instance
    location: location
    tags: allTags
    insightsId: monitoring.outputs.insightsId
    actionGroupIds: told
    runbookUrl: runbookUrl
    thresholds: alertThresholds
  }
}

module deadLetterAlerts 'modules/dead-letter-alert.bicep' = [for (vault, i) in vaults: {
  name: 'vaultcast-${environmentName}-dead-letters-${vault.alias}'
  scope: resourceGroup(split(vault.id, '/')[2], split(vault.id, '/')[4])
  params: {
    name: '${instance}-dead-letters-${vault.alias}'
    tags: allTags
    topicId: topics[i].outputs.id
    subscriptionName: instance
    actionGroupIds: told
    runbookUrl: runbookUrl
    threshold: alertThresholds.deadLetters
  }
}]

// For the next steps: deploying the code, the event subscriptions, RBAC in the clusters, the command line.
output AZURE_RESOURCE_GROUP string = group.name
output INSTANCE string = instance
output FUNCTION_APP_NAME string = app.outputs.name
output FUNCTION_APP_ID string = app.outputs.id
output FUNCTION_APP_URL string = 'https://${app.outputs.hostName}'
output IDENTITY_OBJECT_ID string = identity.outputs.principalId
output IDENTITY_CLIENT_ID string = identity.outputs.clientId
output HOST_STORAGE_ID string = host.outputs.id
output DEAD_LETTER_CONTAINER string = host.outputs.deadLetterContainer
output EVENT_DESTINATION string = eventDestination
output EVENT_TOPICS array = [for (vault, i) in vaults: {
  name: topics[i].outputs.name
  id: topics[i].outputs.id
}]
output REGISTRY__tableServiceUri string = registry.outputs.tableServiceUri
output AzureWebJobsStorage__queueServiceUri string = host.outputs.queueServiceUri
