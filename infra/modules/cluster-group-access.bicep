// Deployed to a resource group: looking up the API servers of all AKS clusters in it, those that come later included. On a
// cluster without Entra this role gives out the credentials of an administrator, so the preflight lists what is taken in.

@description('Object id of the identity of the app.')
param principalId string

var roles = loadJsonContent('../roles.json')

resource clusterUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, principalId, roles.aksClusterUser.id)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.aksClusterUser.id)
  }
}
