// For clusters that decide with Azure RBAC: what ../base/rbac.yaml says there, as two roles of the subscription. They are
// assigned by hand, because every assignment in a namespace is that namespace's decision: see ../README.md.
targetScope = 'subscription'

var cluster = 'Microsoft.ContainerService/managedClusters'

resource namespaces 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, 'vaultcast namespaces')
  properties: {
    roleName: 'vaultcast namespaces'
    description: 'Look at every Namespace of a cluster: its annotations hold the consent.'
    type: 'CustomRole'
    assignableScopes: [
      subscription().id
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
  name: guid(subscription().id, 'vaultcast secrets')
  properties: {
    roleName: 'vaultcast secrets'
    description: 'Write Secrets of a namespace, and read them, as every writer can.'
    type: 'CustomRole'
    assignableScopes: [
      subscription().id
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
