// The function app on Flex Consumption. What that plan refuses stands in test/infra/flex.test.ts.

@description('Name of the app, unique in Azure.')
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the identity of the app.')
param identityId string

@description('Client id of the identity of the app.')
param identityClientId string

@description('Address of the container that holds the deployed package.')
param deploymentContainerUri string

@description('Settings that say what the app serves: every one is read by the app itself.')
param settings object

@description('Connection string of Application Insights; it holds no key that is accepted.')
param insightsConnectionString string

@description('Addresses of the host storage account: blob, queue and table service.')
param hostStorage object

@description('Resource id of the subnet for outgoing traffic; empty for none.')
param subnetId string

@description('Who may reach the app: anyone (keys and Entra still apply), Event Grid only, or no one (Storage Queue delivery).')
@allowed([
  'open'
  'eventGrid'
  'closed'
])
param inbound string

@description('Client id of the app registration that owners of secrets sign in to; empty: the platform signs nobody in.')
param ownersClientId string

@description('Memory of an instance in MB.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int

@description('Upper limit of instances for each group of functions.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int

@description('Version of Node.')
param nodeVersion string

@description('Upper limit of the heap of Node in MB.')
param heapMB int

@description('How many events and requests one instance of the HTTP group gets at once, before there is another.')
param perInstanceConcurrency int

@description('Instances that are always there for events.')
param alwaysReady int

@description('Group of functions that takes events: http, with Event Grid in it, or the function that reads the queue of events.')
param warmGroup string

@description('Whether instances are spread over availability zones; not in every region.')
param zoneRedundant bool

var eventGridOnly = [
  {
    name: 'event-grid'
    priority: 100
    action: 'Allow'
    tag: 'ServiceTag'
    ipAddress: 'AzureEventGrid'
  }
]
var warmInstances = [
  {
    name: warmGroup
    instanceCount: alwaysReady
  }
]

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  // checkov:skip=CKV_AZURE_225: a parameter, because not every region has zones for this plan
  name: '${name}-plan'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  // checkov:skip=CKV_AZURE_222: Event Grid delivers from outside; `inbound` narrows it to Event Grid or closes it
  // checkov:skip=CKV_AZURE_17: Event Grid presents no client certificate; it authenticates with the system key
  // checkov:skip=CKV_AZURE_212: Flex Consumption has no minimum; `alwaysReady` keeps instances for events
  // checkov:skip=CKV_AZURE_78: Flex Consumption has no FTP and refuses the setting that would say so
  // checkov:skip=CKV_AZURE_213: health checks are a feature of dedicated plans
  name: name
  location: location
  // azd finds the app to deploy to by this tag.
  tags: union(tags, {
    'azd-service-name': 'vaultcast'
  })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: inbound == 'closed' ? 'Disabled' : 'Enabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      ipSecurityRestrictionsDefaultAction: inbound == 'eventGrid' ? 'Deny' : 'Allow'
      ipSecurityRestrictions: inbound == 'eventGrid' ? eventGridOnly : []
      // Deployments sign in with Entra; basic authentication is off below.
      scmIpSecurityRestrictionsUseMain: false
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: deploymentContainerUri
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'node'
        version: nodeVersion
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReady == 0 ? [] : warmInstances
        triggers: {
          http: {
            perInstanceConcurrency: perInstanceConcurrency
          }
        }
      }
    }
  }
}

resource appSettings 'Microsoft.Web/sites/config@2025-03-01' = {
  // The rules below are about the site's `web` configuration and misread this one, which is its settings.
  // checkov:skip=CKV_AZURE_13: these are settings; every function but health asks for Entra or a key
  // checkov:skip=CKV_AZURE_63: these are settings; requests are in Application Insights
  // checkov:skip=CKV_AZURE_65: these are settings; error pages would help an attacker only
  // checkov:skip=CKV_AZURE_66: these are settings; requests are in Application Insights
  // checkov:skip=CKV_AZURE_80: these are settings, and this is Node
  // checkov:skip=CKV_AZURE_88: these are settings; Flex Consumption runs from a package and mounts no share
  // checkov:skip=CKV_AZURE_222: these are settings; see the site
  parent: app
  name: 'appsettings'
  properties: union(settings, {
    AzureWebJobsStorage__blobServiceUri: hostStorage.blob
    AzureWebJobsStorage__queueServiceUri: hostStorage.queue
    AzureWebJobsStorage__tableServiceUri: hostStorage.table
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: identityClientId
    APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
    AZURE_CLIENT_ID: identityClientId
    // Half of what Node takes by itself for what is young: a run over 100 clusters of 1,000 Secrets then takes 230 MiB, not 340,
    // and a tenth more time.
    languageWorkers__node__arguments: '--max-old-space-size=${heapMB} --max-semi-space-size=8'
  })
}

// Signs callers in who bring a token, and lets the others through: Event Grid and whoever has a key bring none. While it is on,
// nobody but the platform can write the header by which the app knows who calls.
resource signIn 'Microsoft.Web/sites/config@2025-03-01' = if (!empty(ownersClientId)) {
  // The rules below are about the site's `web` configuration and misread this one, which is its sign-in.
  // checkov:skip=CKV_AZURE_13: this resource is the sign-in that the rule asks for
  // checkov:skip=CKV_AZURE_63: this is the sign-in; requests are in Application Insights
  // checkov:skip=CKV_AZURE_65: this is the sign-in; error pages would help an attacker only
  // checkov:skip=CKV_AZURE_66: this is the sign-in; requests are in Application Insights
  // checkov:skip=CKV_AZURE_80: this is the sign-in, and this is Node
  // checkov:skip=CKV_AZURE_88: this is the sign-in; Flex Consumption runs from a package and mounts no share
  // checkov:skip=CKV_AZURE_222: this is the sign-in; see the site
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: {
      enabled: true
    }
    globalValidation: {
      requireAuthentication: false
      unauthenticatedClientAction: 'AllowAnonymous'
    }
    httpSettings: {
      requireHttps: true
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: ownersClientId
          openIdIssuer: '${environment().authentication.loginEndpoint}${subscription().tenantId}/v2.0'
        }
        validation: {
          allowedAudiences: [
            ownersClientId
            'api://${ownersClientId}'
          ]
        }
      }
    }
    login: {
      tokenStore: {
        enabled: false
      }
    }
  }
}

resource ftp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource scm 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

output id string = app.id
output name string = app.name
output hostName string = app.properties.defaultHostName
