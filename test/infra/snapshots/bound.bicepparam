using '../../../infra/main.bicep'

param environmentName = 'demo'
param location = 'westeurope'
param vaults = [
  {
    alias: 'team'
    id: '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-vaults/providers/Microsoft.KeyVault/vaults/kv-team'
  }
]
param clusterHosts = '*.k8s.example.com:6443'
param clusterScopes = 'api://66666666-7777-8888-9999-000000000000/.default@*.k8s.example.com:6443'
param consentNotRequired = [
  'legacy-1'
]
param allowedMetadata = [
  'example.com/*'
]
