// For clusters that decide with Azure RBAC: what kubernetes/base/rbac.yaml says elsewhere, as two roles of the subscription.
// They are assigned by hand, because every assignment in a namespace is that namespace's decision: see kubernetes/README.md.
targetScope = 'subscription'

var here = subscription().id
var cluster = 'Microsoft.ContainerService/managedClusters'

resource namespaces 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(here, 'vaultcast namespaces')
  properties: {
    roleName: 'vaultcast namespaces'
    description: 'Look at every Namespace of a cluster: its annotations hold the consent.'
    type: 'CustomRole'
    assignableScopes: [
      here
    ]
    permissions: [
      {
        actions: []
        notActions: []
        dataActions: [
          '${cluster}/namespaces/read'
        ]
        notDataActions: []
      }
    ]
  }
}

resource secrets 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(here, 'vaultcast secrets')
  properties: {
    roleName: 'vaultcast secrets'
    description: 'Write Secrets of a namespace, and read them, as every writer can.'
    type: 'CustomRole'
    assignableScopes: [
      here
    ]
    permissions: [
      {
        actions: []
        notActions: []
        dataActions: [
          '${cluster}/secrets/read'
          '${cluster}/secrets/write'
          '${cluster}/secrets/delete'
        ]
        notDataActions: []
      }
    ]
  }
}
