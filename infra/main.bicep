// Everything but the event subscriptions: those need the deployed functions, see events.bicep.
// Deployed by azd, or with `az deployment sub create`; infra/README.md has both, step by step.
targetScope = 'subscription'

import { Addresses, DnsZones, Thresholds, Vault, isAlias, isGroupId, isName, isResourceId, isSubscriptionId, partOf, say } from 'checks.bicep'

@description('Name of the environment: resources are named after it, so each environment is an instance of its own.')
@minLength(3)
@maxLength(20)
param environmentName string

@description('Azure region.')
param location string

@description('Name of the resource group; it is created.')
param resourceGroupName string = 'rg-vaultcast-${environmentName}'

@description('Vaults to serve.')
@minLength(1)
param vaults Vault[]

@description('System topics that vaults have already, as the preflight found them: VAULT=GROUP/TOPIC,…')
param systemTopics string = ''

@description('Resource id of the vault with stored cluster credentials (token, client certificate); empty for none.')
param credentialVaultId string = ''

@description('AKS clusters the app may look up and write to: resource ids of clusters, of resource groups or of subscriptions.')
param clusters string[] = []

@description('Further cluster hosts that may be written to, as in CLUSTER_HOSTS: host patterns or ARM id prefixes.')
param clusterHosts string = ''

@description('Token scopes for clusters that trust Entra themselves, each with the servers it is for, as in CLUSTER_SCOPES: SCOPE@HOST, SCOPE@HOST:PORT or SCOPE@*.DOMAIN:PORT, separated by commas.')
param clusterScopes string = ''

@description('Names of Clusters whose namespaces are not asked for consent, as in CONSENT_NOT_REQUIRED.')
param consentNotRequired string[] = []

@description('Label and annotation keys that routes may set, as in ALLOWED_METADATA: keys, or all keys of a prefix such as example.com/*.')
param allowedMetadata string[] = []

@description('Object id of the group whose members may ask where a secret is, as in OWNERS_GROUP; empty: nobody may without a key.')
param ownersGroupId string = ''

@description('Client id of the app registration that members of this group sign in to.')
param ownersClientId string = ''

@description('Address of Azure Resource Manager, as in ARM_ENDPOINT, where the cloud is none of the public one, Azure Government and Azure in China.')
param armEndpoint string = ''

@description('What tokens for it are for, as in ARM_AUDIENCE; empty: the address itself.')
param armAudience string = ''

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

@description('network new: its parts.')
param addressPrefixes Addresses = {
  network: '10.90.0.0/24'
  app: '10.90.0.0/26'
  endpoints: '10.90.0.64/26'
}

@description('network new: whether the app leaves it from one fixed address, for clusters with authorized IP ranges.')
param natGateway bool = false

@description('network existing: subnet delegated to Microsoft.App/environments.')
param appSubnetId string = ''

@description('network existing: subnet for private endpoints.')
param endpointSubnetId string = ''

@description('network existing: private DNS zones.')
param dnsZoneIds DnsZones = {}

@description('Redundancy of both storage accounts.')
@allowed([
  'Standard_LRS'
  'Standard_ZRS'
  'Standard_GRS'
  'Standard_GZRS'
])
param storageSku string = 'Standard_ZRS'

@description('Version of Node; az functionapp list-flexconsumption-runtimes --runtime node says which a region has.')
@allowed([
  '24'
  '22'
])
param nodeVersion string = '24'

@description('Memory of an instance in MB.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int = 2048

@description('Upper limit of the heap of Node in MB; unset: 192, 1024 or 2560, after instanceMemoryMB.')
@minValue(128)
param heapMB int?

@description('How many events and requests one instance of the HTTP group gets at once, before there is another.')
@minValue(1)
@maxValue(1000)
param perInstanceConcurrency int = 16

@description('Upper limit of instances for each group of functions.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances that are always there for events; unset: 1, with zoneRedundant 2, with eventDestination queue 0.')
@minValue(0)
@maxValue(20)
param alwaysReady int?

@description('Whether instances are spread over availability zones; not in every region.')
param zoneRedundant bool = false

@description('Object id of who registers clusters and routes and runs the command line: a group as a rule; empty: who deploys; none: nobody.')
param operatorsId string = ''

@description('What operatorsId is.')
@allowed([
  'Group'
  'User'
  'ServicePrincipal'
])
param operatorsType string = 'Group'

@description('Object id of who deploys; empty: as Azure knows it. azd fills it in.')
param principalId string = ''

@description('What deploys: User or ServicePrincipal; empty: User. azd fills it in.')
@allowed([
  ''
  'User'
  'ServicePrincipal'
])
param principalType string = ''

@description('How long outcome lines are kept, in days.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

@description('How many GB of logs a day are taken at most; -1 for no limit. A number as text, because Bicep knows whole numbers only.')
param logDailyCapGB string = '1'

@description('For how many days undelivered events are kept.')
@minValue(1)
param deadLetterDays int = 30

@description('Where alerts go; empty for no e-mail.')
param alertEmail string = ''

@description('Action groups that are told of alerts, beside the e-mail address.')
param actionGroupIds string[] = []

@description('Address of infra/runbook.md as people on call can open it.')
param runbookUrl string = 'infra/runbook.md'

@description('Thresholds of the alert rules: see infra/README.md.')
param alertThresholds Thresholds = {}

@description('Tags of every resource.')
param tags object = {}

var refusals = loadJsonContent('refusals.json')
var vaultType = 'microsoft.keyvault/vaults'
var clusterType = 'microsoft.containerservice/managedclusters'
var vaultIds = map(vaults, one => toLower(one.id))
var aliases = map(vaults, one => one.alias)
// An unset variable of azd arrives as an empty text.
var listed = filter(clusters, id => !empty(id))
var clusterKeys = map(listed, id => toLower(id))
var warm = alwaysReady ?? (zoneRedundant ? 2 : (eventDestination == 'queue' ? 0 : 1))
var heap = heapMB ?? (instanceMemoryMB == 512 ? 192 : (instanceMemoryMB == 2048 ? 1024 : 2560))
var isDeployer = empty(operatorsId)

// Everything that would fail later, or worse, would not. npm run preflight says the same before anything is sent.
var nameProblem = isName(environmentName) && !startsWith(environmentName, '-') && !endsWith(environmentName, '-') ? '' : say(refusals.environmentName, environmentName)
var aliasProblems = map(filter(vaults, one => !isAlias(one.alias)), one => say(refusals.vaultAlias, one.alias))
var aliasTwiceProblems = map(filter(union(aliases, []), alias => length(filter(aliases, other => other == alias)) > 1), alias => say(refusals.vaultAliasTwice, alias))
var vaultProblems = map(filter(vaults, one => !isResourceId(one.id, vaultType)), one => say(refusals.vaultId, one.id))
var vaultTwiceProblems = map(filter(union(vaultIds, []), id => length(filter(vaultIds, other => other == id)) > 1), id => say(refusals.vaultTwice, id))
var credentialProblem = empty(credentialVaultId) || isResourceId(credentialVaultId, vaultType) ? '' : say(refusals.credentialVaultId, credentialVaultId)
var servedProblem = !empty(credentialVaultId) && contains(vaultIds, toLower(credentialVaultId)) ? say(refusals.credentialVaultServed, credentialVaultId) : ''
var clusterProblems = map(filter(listed, id => !(isResourceId(id, clusterType) || isGroupId(id) || isSubscriptionId(id))), id => say(refusals.clusterId, id))
var clusterTwiceProblems = map(filter(union(clusterKeys, []), id => length(filter(clusterKeys, other => other == id)) > 1), id => say(refusals.clusterTwice, id))
var scopeProblems = map(filter(split(clusterScopes, ','), entry => !empty(trim(entry)) && !contains(entry, '@')), entry => say(refusals.scopeUnbound, trim(entry)))
var zonesProblem = zoneRedundant && warm < 2 ? say(refusals.zones, string(warm)) : ''
var closedFunctionProblem = inbound == 'closed' && eventDestination == 'function' ? refusals.closedFunction : ''
var closedNetworkProblem = inbound == 'closed' && network == 'none' ? refusals.closedNetwork : ''
var networkProblem = network == 'existing' && (empty(appSubnetId) || empty(endpointSubnetId)) ? refusals.networkSubnets : ''
var subnetsProblem = network != 'existing' && !(empty(appSubnetId) && empty(endpointSubnetId)) ? say(refusals.subnetsNetwork, network) : ''
var natProblem = natGateway && network != 'new' ? say(refusals.natNetwork, network) : ''
var operatorsProblem = isDeployer && principalType == 'ServicePrincipal' ? refusals.operatorsPipeline : ''
var heapProblem = heap > instanceMemoryMB - 256 ? say(refusals.heap, string(heap)) : ''
var ownersProblem = empty(ownersGroupId) == empty(ownersClientId) ? '' : refusals.owners
var ownersInboundProblem = !empty(ownersGroupId) && inbound == 'eventGrid' ? refusals.ownersInbound : ''
var problems = filter(concat([
  nameProblem
], aliasProblems, aliasTwiceProblems, vaultProblems, vaultTwiceProblems, [
  credentialProblem
  servedProblem
], clusterProblems, clusterTwiceProblems, scopeProblems, [
  zonesProblem
  closedFunctionProblem
  closedNetworkProblem
  networkProblem
  subnetsProblem
  natProblem
  operatorsProblem
  heapProblem
  ownersProblem
  ownersInboundProblem
]), problem => !empty(problem))

// With a problem nothing is looked at that the problem could be about, so that no other error hides the sentences.
var isSound = empty(problems)
var groupName = isSound ? resourceGroupName : fail(join(problems, ' '))
var topicsFound = toObject(filter(split(systemTopics, ','), entry => contains(entry, '=')), entry => toLower(split(entry, '=')[0]), entry => split(entry, '=')[1])
var servedVaults = map(isSound ? vaults : [], one => {
  alias: one.alias
  id: one.id
  name: partOf(one.id, 8)
  subscription: partOf(one.id, 2)
  group: partOf(one.id, 4)
  certificates: one.?certificates ?? false
  topic: one.?systemTopic ?? (topicsFound[?toLower(partOf(one.id, 8))] ?? '')
})
// GROUP/TOPIC, or a topic in the vault's own group.
var vaultTopics = map(servedVaults, one => {
  group: contains(one.topic, '/') ? split(one.topic, '/')[0] : one.group
  name: last(split(one.topic, '/'))
})
var credentialVaultParts = {
  subscription: partOf(credentialVaultId, 2)
  group: partOf(credentialVaultId, 4)
  name: partOf(credentialVaultId, 8)
}
var soundIds = isSound ? listed : []
var wideSubscriptions = filter(soundIds, id => isSubscriptionId(id))
var wideGroups = filter(soundIds, id => isGroupId(id) && empty(filter(wideSubscriptions, outer => startsWith(id, '${outer}/'))))
var wide = concat(wideSubscriptions, wideGroups)
// What a listed group or subscription covers needs no role of its own.
var singleIds = filter(soundIds, id => isResourceId(id, clusterType) && empty(filter(wide, outer => startsWith(id, '${outer}/'))))
var subscriptionsOfClusters = map(wideSubscriptions, id => {
  subscription: partOf(id, 2)
})
var groupsOfClusters = map(wideGroups, id => {
  subscription: partOf(id, 2)
  group: partOf(id, 4)
})
var singleClusters = map(singleIds, id => {
  subscription: partOf(id, 2)
  group: partOf(id, 4)
  name: partOf(id, 8)
})

var allTags = union(tags, {
  'azd-env-name': environmentName
})
var token = uniqueString(subscription().id, environmentName, location)
var instance = 'vaultcast-${environmentName}'
var isPrivate = network != 'none'
var vaultSettings = [for vault in servedVaults: '${vault.alias}=https://${vault.name}${environment().suffixes.keyvaultDns}']
var credentialVault = empty(credentialVaultId) ? '' : 'https://${credentialVaultParts.name}${environment().suffixes.keyvaultDns}'
var allowedClusters = join(filter(concat(wide, singleIds, [
  clusterHosts
]), entry => !empty(entry)), ',')
var hasOperators = operatorsId != 'none'
var operators = isDeployer ? (empty(principalId) ? deployer().objectId : principalId) : operatorsId
var operatorsKind = isDeployer ? 'User' : operatorsType
var alertDefaults = {
  runMissedWindow: 'PT1H'
  runLateCount: 3
  noEventsChanges: 3
  vaultForbiddenCount: 1
  expiringSecrets: 1
  clusterFailures: 3
  incompleteRuns: 2
  outageFailures: 1
  failedInvocations: 1
  queueAges: 2
  deadLetters: 1
}
var alertSettings = union(alertDefaults, alertThresholds)

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: groupName
  location: location
  tags: allTags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: '${instance}-identity'
    location: location
    tags: allTags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    name: '${instance}-logs'
    location: location
    tags: allTags
    principalId: identity.outputs.principalId
    retentionInDays: logRetentionDays
    dailyCapGB: logDailyCapGB
  }
}

module host 'modules/host-storage.bicep' = {
  scope: group
  params: {
    name: 'vchost${token}'
    location: location
    tags: allTags
    sku: storageSku
    principalId: identity.outputs.principalId
    hasOperators: hasOperators
    operatorsId: operators
    operatorsType: operatorsKind
    isPrivate: isPrivate
    deadLetterDays: deadLetterDays
  }
}

module registry 'modules/registry-storage.bicep' = {
  scope: group
  params: {
    name: 'vcreg${token}'
    location: location
    tags: allTags
    sku: storageSku
    principalId: identity.outputs.principalId
    hasOperators: hasOperators
    operatorsId: operators
    operatorsType: operatorsKind
    isPrivate: isPrivate
    workspaceId: monitoring.outputs.workspaceId
  }
}

module net 'modules/network.bicep' = if (network == 'new') {
  scope: group
  params: {
    name: '${instance}-network'
    location: location
    tags: allTags
    addressPrefix: addressPrefixes.network
    appSubnetPrefix: addressPrefixes.app
    endpointSubnetPrefix: addressPrefixes.endpoints
    natGateway: natGateway
    hasAppZone: inbound == 'closed'
  }
}

module endpoints 'modules/private-endpoints.bicep' = if (isPrivate) {
  scope: group
  params: {
    instance: instance
    location: location
    tags: allTags
    subnetId: network == 'new' ? net!.outputs.endpointSubnetId : endpointSubnetId
    dnsZoneIds: network == 'new' ? net!.outputs.dnsZoneIds : dnsZoneIds
    hostStorageId: host.outputs.id
    registryStorageId: registry.outputs.id
    vaults: servedVaults
    credentialVaultId: credentialVaultId
    appId: inbound == 'closed' ? app.outputs.id : ''
  }
}

module app 'modules/function-app.bicep' = {
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
      ARM_ENDPOINT: armEndpoint
      ARM_AUDIENCE: armAudience
      CLUSTER_HOSTS: allowedClusters
      CLUSTER_SCOPES: clusterScopes
      CONSENT_NOT_REQUIRED: join(filter(consentNotRequired, name => !empty(name)), ',')
      ALLOWED_METADATA: join(filter(allowedMetadata, key => !empty(key)), ',')
      OWNERS_GROUP: ownersGroupId
      RECONCILE_SCHEDULE: reconcileSchedule
      PUSH_CONCURRENCY: string(pushConcurrency)
      EVENT_BUDGET_SECONDS: string(eventBudgetSeconds)
    }
    subnetId: network == 'new' ? net!.outputs.appSubnetId : appSubnetId
    inbound: inbound
    ownersClientId: ownersClientId
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    perInstanceConcurrency: perInstanceConcurrency
    heapMB: heap
    nodeVersion: nodeVersion
    alwaysReady: warm
    warmGroup: eventDestination == 'queue' ? 'function:on-vault-event-queue' : 'http'
    zoneRedundant: zoneRedundant
  }
}

module vaultAccess 'modules/vault-access.bicep' = [for vault in servedVaults: {
  scope: resourceGroup(vault.subscription, vault.group)
  params: {
    vaultName: vault.name
    principalId: identity.outputs.principalId
    certificates: vault.certificates
  }
}]

module credentialVaultAccess 'modules/vault-access.bicep' = if (isSound && !empty(credentialVaultId)) {
  scope: resourceGroup(empty(credentialVaultId) ? subscription().subscriptionId : credentialVaultParts.subscription, empty(credentialVaultId) ? resourceGroupName : credentialVaultParts.group)
  params: {
    vaultName: credentialVaultParts.name
    principalId: identity.outputs.principalId
  }
}

module clusterAccess 'modules/cluster-access.bicep' = [for cluster in singleClusters: {
  scope: resourceGroup(cluster.subscription, cluster.group)
  params: {
    clusterName: cluster.name
    principalId: identity.outputs.principalId
  }
}]

module clusterGroupAccess 'modules/cluster-group-access.bicep' = [for place in groupsOfClusters: {
  scope: resourceGroup(place.subscription, place.group)
  params: {
    principalId: identity.outputs.principalId
  }
}]

module clusterSubscriptionAccess 'modules/cluster-subscription-access.bicep' = [for place in subscriptionsOfClusters: {
  scope: subscription(place.subscription)
  params: {
    principalId: identity.outputs.principalId
  }
}]

// The topic lives where the vault does: Event Grid takes no other region.
module topics 'modules/system-topic.bicep' = [for (vault, i) in servedVaults: {
  scope: resourceGroup(vault.subscription, vaultTopics[i].group)
  params: {
    name: '${vault.name}-events'
    existingName: vaultTopics[i].name
    vaultId: vault.id
    location: vaultAccess[i].outputs.location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
  }
}]

module topicAccess 'modules/topic-access.bicep' = [for (vault, i) in servedVaults: {
  scope: group
  params: {
    storageName: host.outputs.name
    deadLetterContainer: host.outputs.deadLetterContainer
    topicPrincipalId: topics[i].outputs.principalId
    destination: eventDestination
  }
}]

module emailGroup 'modules/action-group.bicep' = if (!empty(alertEmail)) {
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
  scope: group
  params: {
    instance: instance
    location: location
    tags: allTags
    insightsId: monitoring.outputs.insightsId
    actionGroupIds: told
    runbookUrl: runbookUrl
    thresholds: alertSettings
  }
}

module workbook 'modules/workbook.bicep' = {
  scope: group
  params: {
    instance: instance
    location: location
    tags: allTags
    insightsId: monitoring.outputs.insightsId
  }
}

module deadLetterAlerts 'modules/dead-letter-alert.bicep' = [for (vault, i) in servedVaults: {
  scope: resourceGroup(vault.subscription, vaultTopics[i].group)
  params: {
    name: '${instance}-dead-letters-${vault.alias}'
    tags: allTags
    topicId: topics[i].outputs.id
    subscriptionName: instance
    actionGroupIds: told
    runbookUrl: runbookUrl
    threshold: alertSettings.deadLetters
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
output LOCATION string = location
output INBOUND string = inbound
output OUTBOUND_ADDRESS string = natGateway ? net!.outputs.outboundAddress : ''
output EVENT_TOPICS array = [for (vault, i) in servedVaults: {
  name: topics[i].outputs.name
  id: topics[i].outputs.id
}]
output REGISTRY__tableServiceUri string = registry.outputs.tableServiceUri
output AzureWebJobsStorage__queueServiceUri string = host.outputs.queueServiceUri
