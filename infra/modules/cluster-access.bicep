// Deployed to the resource group of the cluster: looking up its API server and CA. What the identity may do inside the
// cluster is Kubernetes RBAC (infra/kubernetes), so that a namespace's consent stays the cluster's own decision.

@description('Name of the managed cluster.')
param clusterName string

@description('Object id of the identity of the app.')
param principalId string

var roles = loadJsonContent('../roles.json')

resource cluster 'Microsoft.ContainerService/managedClusters@2026-05-01' existing = {
  name: clusterName
}

resource clusterUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(cluster.id, principalId, roles.aksClusterUser.id)
  scope: cluster
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.aksClusterUser.id)
  }
}
