// Deployed to the resource group of the vault: reading secrets of this one vault, and nothing else in it. And where that
// is, because its system topic must be there, too.

@description('Name of the vault; it must use Azure RBAC, not access policies.')
param vaultName string

@description('Object id of the identity of the app.')
param principalId string

@description('Whether the app reads the certificates of this vault themselves, not only the secrets behind them.')
param certificates bool = false

var roles = loadJsonContent('../roles.json')

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: vaultName
}

resource secretsUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, principalId, roles.keyVaultSecretsUser.id)
  scope: vault
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsUser.id)
  }
}

resource certificateUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (certificates) {
  name: guid(vault.id, principalId, roles.keyVaultCertificateUser.id)
  scope: vault
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultCertificateUser.id)
  }
}

output location string = vault.location
