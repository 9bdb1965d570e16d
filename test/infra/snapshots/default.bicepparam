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
  '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-aks/providers/Microsoft.ContainerService/managedClusters/aks-one'
]
param operatorsId = '22222222-2222-2222-2222-222222222222'
param alertEmail = 'oncall@example.com'
