// One address that is told of every alert; teams with action groups of their own pass those instead.

@description('Name of the action group.')
param name string

@description('Tags of every resource.')
param tags object

@description('Where alerts go.')
param email string

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'vaultcast'
    enabled: true
    emailReceivers: [
      {
        name: 'on-call'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

output id string = group.id
