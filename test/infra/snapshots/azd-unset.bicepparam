using '../../../infra/main.bicep'

param environmentName = 'demo'
param location = 'westeurope'
param vaults = [
  {
    alias: 'team'
    id: '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-vaults/providers/Microsoft.KeyVault/vaults/kv-team'
  }
]
param clusters = [
  ''
]
param operatorsId = ''
param principalId = ''
param principalType = ''
