// Deployed to a subscription: as cluster-group-access.bicep, for all AKS clusters of it.
targetScope = 'subscription'

@description('Object id of the identity of the app.')
param principalId string

var roles = loadJsonContent('../roles.json')

resource clusterUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, principalId, roles.aksClusterUser.id)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.aksClusterUser.id)
  }
}
