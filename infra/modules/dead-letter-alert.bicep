// Deployed beside the system topic: a metric rule cannot watch topics of several regions or subscriptions.

@description('Name of the rule.')
param name string

@description('Tags of every resource.')
param tags object

@description('Resource id of the system topic.')
param topicId string

@description('Name of the event subscription whose dead letters count.')
param subscriptionName string

@description('Resource ids of action groups that are told.')
param actionGroupIds array

@description('Address of the runbook, as people on call can open it.')
param runbookUrl string

@description('How many dead letters in 15 minutes are too many.')
param threshold int

resource rule 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    description: 'Event Grid gave up on events of a vault. Runbook: ${runbookUrl}#events-were-dead-lettered'
    severity: 2
    enabled: true
    scopes: [
      topicId
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'dead-letters'
          metricNamespace: 'Microsoft.EventGrid/systemTopics'
          metricName: 'DeadLetteredCount'
          dimensions: [
            {
              name: 'EventSubscriptionName'
              operator: 'Include'
              values: [
                subscriptionName
              ]
            }
          ]
          timeAggregation: 'Total'
          operator: 'GreaterThanOrEqual'
          threshold: threshold
        }
      ]
    }
    autoMitigate: true
    actions: [for id in actionGroupIds: {
      actionGroupId: id
    }]
  }
}
