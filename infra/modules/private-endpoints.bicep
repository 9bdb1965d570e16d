// Private endpoints for both storage accounts, every vault and, when nobody else may reach it, the app. Those of vaults
// are approved at once when the person who deploys may do so on the vault; otherwise the owner of the vault does.

@description('Name of the instance: endpoints are named after it.')
param instance string

@description('Azure region of the subnet.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the subnet for endpoints.')
param subnetId string

@description('Resource ids of private DNS zones: blob, queue, table, vault, app; empty or left out where a policy makes the records.')
param dnsZoneIds object

@description('Resource id of the host storage account.')
param hostStorageId string

@description('Resource id of the registry storage account.')
param registryStorageId string

@description('Vaults to serve, as in main.bicep.')
param vaults array

@description('Resource id of the vault with stored cluster credentials; empty for none.')
param credentialVaultId string

@description('Resource id of the function app when it is reached through a private endpoint only; else empty.')
param appId string

var storageParts = [
  {
    name: 'host-blob'
    target: hostStorageId
    part: 'blob'
  }
  {
    name: 'host-queue'
    target: hostStorageId
    part: 'queue'
  }
  {
    name: 'host-table'
    target: hostStorageId
    part: 'table'
  }
  {
    name: 'registry-table'
    target: registryStorageId
    part: 'table'
  }
]

module storage 'private-endpoint.bicep' = [for entry in storageParts: {
  params: {
    name: '${instance}-${entry.name}'
    location: location
    tags: tags
    subnetId: subnetId
    targetId: entry.target
    part: entry.part
    dnsZoneId: dnsZoneIds[?entry.part] ?? ''
  }
}]

module vault 'private-endpoint.bicep' = [for entry in vaults: {
  params: {
    name: '${instance}-vault-${entry.alias}'
    location: location
    tags: tags
    subnetId: subnetId
    targetId: entry.id
    part: 'vault'
    dnsZoneId: dnsZoneIds.?vault ?? ''
  }
}]

module credentialVault 'private-endpoint.bicep' = if (!empty(credentialVaultId)) {
  params: {
    name: '${instance}-credential-vault'
    location: location
    tags: tags
    subnetId: subnetId
    targetId: credentialVaultId
    part: 'vault'
    dnsZoneId: dnsZoneIds.?vault ?? ''
  }
}

module app 'private-endpoint.bicep' = if (!empty(appId)) {
  params: {
    name: '${instance}-app'
    location: location
    tags: tags
    subnetId: subnetId
    targetId: appId
    part: 'sites'
    dnsZoneId: dnsZoneIds.?app ?? ''
  }
}
