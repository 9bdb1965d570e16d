using '../../../infra/main.bicep'

param environmentName = 'demo'
param location = 'westeurope'
param vaults = [
  {
    alias: 'team'
    id: '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-vaults/providers/Microsoft.KeyVault/vaults/kv-team'
  }
  {
    alias: 'other'
    id: '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-vaults/providers/Microsoft.KeyVault/vaults/kv-other'
    systemTopic: 'rg-events/theirs'
  }
]
param clusters = [
  '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-aks'
  '/subscriptions/44444444-4444-4444-4444-444444444444'
]
param operatorsId = 'none'
param network = 'new'
param natGateway = true
param inbound = 'closed'
param eventDestination = 'queue'
param zoneRedundant = true
