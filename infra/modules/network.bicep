// Option `new`: a virtual network for the app, and private DNS for what it reaches through private endpoints.

@description('Name of the virtual network.')
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Address space of the network.')
param addressPrefix string

@description('Part of it for the app: /27 or larger, one address for each instance.')
param appSubnetPrefix string

@description('Part of it for private endpoints: five, and one for each vault.')
param endpointSubnetPrefix string

@description('Whether the app leaves the network from one fixed address.')
param natGateway bool

@description('Whether the app is reached through a private endpoint, too.')
param hasAppZone bool

var zones = {
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  queue: 'privatelink.queue.${environment().suffixes.storage}'
  table: 'privatelink.table.${environment().suffixes.storage}'
  vault: 'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'
}
var zoneNames = concat([
  zones.blob
  zones.queue
  zones.table
  zones.vault
], hasAppZone ? [
  'privatelink.azurewebsites.net'
] : [])

resource closed 'Microsoft.Network/networkSecurityGroups@2025-09-01' = {
  name: '${name}-nsg'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'deny-internet-inbound'
        properties: {
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: 'Internet'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource address 'Microsoft.Network/publicIPAddresses@2025-09-01' = if (natGateway) {
  name: '${name}-address'
  location: location
  tags: tags
  sku: {
    name: 'Standard'
  }
  properties: {
    publicIPAllocationMethod: 'Static'
  }
}

resource nat 'Microsoft.Network/natGateways@2025-09-01' = if (natGateway) {
  name: '${name}-nat'
  location: location
  tags: tags
  sku: {
    name: 'Standard'
  }
  properties: {
    idleTimeoutInMinutes: 4
    publicIpAddresses: [
      {
        id: address.id
      }
    ]
  }
}

var natReference = {
  id: nat.id
}

resource network 'Microsoft.Network/virtualNetworks@2025-09-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [
        addressPrefix
      ]
    }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: appSubnetPrefix
          networkSecurityGroup: {
            id: closed.id
          }
          natGateway: natGateway ? natReference : null
          // Flex Consumption runs on the Container Apps platform: this delegation, not Microsoft.Web/serverFarms.
          delegations: [
            {
              name: 'flex'
              properties: {
                serviceName: 'Microsoft.App/environments'
              }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: endpointSubnetPrefix
          networkSecurityGroup: {
            id: closed.id
          }
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
    ]
  }

  resource appSubnet 'subnets' existing = {
    name: 'app'
  }

  resource endpointSubnet 'subnets' existing = {
    name: 'endpoints'
  }
}

resource dnsZones 'Microsoft.Network/privateDnsZones@2024-06-01' = [for zone in zoneNames: {
  name: zone
  location: 'global'
  tags: tags
}]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [for (zone, i) in zoneNames: {
  parent: dnsZones[i]
  name: name
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: {
      id: network.id
    }
  }
}]

output appSubnetId string = network::appSubnet.id
output endpointSubnetId string = network::endpointSubnet.id
output dnsZoneIds object = {
  blob: dnsZones[0].id
  queue: dnsZones[1].id
  table: dnsZones[2].id
  vault: dnsZones[3].id
  app: hasAppZone ? dnsZones[4].id : ''
}
output outboundAddress string = natGateway ? address!.properties.ipAddress : ''
