// One private endpoint and, where the zone is known, its DNS record.

@description('Name of the endpoint.')
param name string

@description('Azure region of the subnet.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the subnet for endpoints.')
param subnetId string

@description('Resource id of what is reached.')
param targetId string

@description('Which part of it: blob, queue, table, vault or sites.')
@allowed([
  'blob'
  'queue'
  'table'
  'vault'
  'sites'
])
param part string

@description('Resource id of the private DNS zone; empty when a policy of the organisation makes the record.')
param dnsZoneId string

resource endpoint 'Microsoft.Network/privateEndpoints@2025-09-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: {
      id: subnetId
    }
    privateLinkServiceConnections: [
      {
        name: part
        properties: {
          privateLinkServiceId: targetId
          groupIds: [
            part
          ]
        }
      }
    ]
  }
}

resource record 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-09-01' = if (!empty(dnsZoneId)) {
  parent: endpoint
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: part
        properties: {
          privateDnsZoneId: dnsZoneId
        }
      }
    ]
  }
}
