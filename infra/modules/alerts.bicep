// Alert rules over the outcome lines. Each one names the entry of infra/runbook.md that says what to do.

@description('Name of the instance: rules are named after it.')
param instance string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the Application Insights component.')
param insightsId string

@description('Resource ids of action groups that are told.')
param actionGroupIds array

@description('Address of the runbook, as people on call can open it.')
param runbookUrl string

@description('Thresholds and windows: see infra/README.md.')
param thresholds object

var rules = [
  {
    name: 'gave-up'
    description: 'Work was given up after 24 hours or poisoned; a problem is recorded.'
    runbook: 'gave_up'
    query: loadTextContent('../kql/alert-gave-up.kql')
    severity: 1
    operator: 'GreaterThanOrEqual'
    threshold: 1
    frequency: 'PT5M'
    window: 'PT15M'
  }
  {
    name: 'run-missed'
    description: 'No reconcile run has looked at any cluster for too long.'
    runbook: 'run_missed'
    query: loadTextContent('../kql/alert-run-ended.kql')
    severity: 1
    operator: 'LessThan'
    threshold: 1
    frequency: 'PT15M'
    window: thresholds.runMissedWindow
  }
  {
    name: 'run-late'
    description: 'The reconcile timer fired late.'
    runbook: 'run_missed'
    query: loadTextContent('../kql/alert-run-late.kql')
    severity: 3
    operator: 'GreaterThanOrEqual'
    threshold: thresholds.runLateCount
    frequency: 'PT15M'
    window: 'PT1H'
  }
  {
    name: 'no-events'
    description: 'Changes reach the clusters by the reconcile only: no event has arrived for long.'
    runbook: 'no-event-has-arrived'
    query: loadTextContent('../kql/alert-no-events.kql')
    severity: 2
    operator: 'GreaterThanOrEqual'
    threshold: thresholds.noEventsChanges
    frequency: 'PT1H'
    window: 'P1D'
    each: 'vault'
  }
  {
    name: 'vault-forbidden'
    description: 'Key Vault refuses the identity or its network.'
    runbook: 'vault_forbidden'
    query: loadTextContent('../kql/alert-vault-forbidden.kql')
    severity: 1
    operator: 'GreaterThanOrEqual'
    threshold: thresholds.vaultForbiddenCount
    frequency: 'PT5M'
    window: 'PT15M'
  }
  {
    name: 'removals-held'
    description: 'A run would remove much; nothing is removed until a person confirms.'
    runbook: 'removal_held'
    query: loadTextContent('../kql/alert-removals-held.kql')
    severity: 2
    operator: 'GreaterThanOrEqual'
    threshold: 1
    frequency: 'PT15M'
    window: 'PT1H'
  }
  {
    name: 'expiring-secrets'
    description: 'Secrets expire within 30 days or have expired.'
    runbook: 'near_expiry'
    query: loadTextContent('../kql/alert-expiring.kql')
    severity: 3
    operator: 'GreaterThanOrEqual'
    threshold: thresholds.expiringSecrets
    frequency: 'PT6H'
    window: 'P1D'
  }
  {
    name: 'cluster-failing'
    description: 'A cluster cannot be written to.'
    runbook: 'cluster_unreachable'
    query: loadTextContent('../kql/alert-cluster-failing.kql')
    severity: 2
    operator: 'GreaterThanOrEqual'
    threshold: thresholds.clusterFailures
    frequency: 'PT15M'
    window: 'PT6H'
    each: 'cluster'
  }
  {
    name: 'defect'
    description: 'vaultcast met something it has no code for.'
    runbook: 'internal'
    query: loadTextContent('../kql/alert-defect.kql')
    severity: 2
    operator: 'GreaterThanOrEqual'
    threshold: 1
    frequency: 'PT15M'
    window: 'PT1H'
  }
  {
    name: 'run-incomplete'
    description: 'Runs cannot look at everything in a cluster.'
    runbook: 'run_incomplete'
    query: loadTextContent('../kql/alert-run-incomplete.kql')
    severity: 2
    operator: 'GreaterThanOrEqual'
    threshold: thresholds.incompleteRuns
    frequency: 'PT15M'
    window: 'PT6H'
    each: 'cluster'
  }
  {
    name: 'outage'
    description: 'A vault, the tables, the queues or the identity did not serve the app.'
    runbook: 'something-it-stands-on-is-away'
    query: loadTextContent('../kql/alert-outage.kql')
    severity: 2
    operator: 'GreaterThanOrEqual'
    threshold: thresholds.outageFailures
    frequency: 'PT15M'
    window: 'PT15M'
    each: 'code'
  }
  {
    name: 'host'
    description: 'The Functions host ended, lost its worker, or could not start to listen.'
    runbook: 'the-host-shut-down'
    query: loadTextContent('../kql/alert-host.kql')
    severity: 1
    operator: 'GreaterThanOrEqual'
    threshold: 1
    frequency: 'PT15M'
    window: 'PT15M'
  }
  {
    name: 'handler'
    description: 'Invocations failed: their events or messages come again.'
    runbook: 'an-invocation-failed'
    query: loadTextContent('../kql/alert-handler.kql')
    severity: 2
    operator: 'GreaterThanOrEqual'
    threshold: thresholds.failedInvocations
    frequency: 'PT15M'
    window: 'PT15M'
  }
  {
    name: 'settings'
    description: 'Settings are refused, or left out in part.'
    runbook: 'settings_refused'
    query: loadTextContent('../kql/alert-settings.kql')
    severity: 1
    operator: 'GreaterThanOrEqual'
    threshold: 1
    frequency: 'PT15M'
    window: 'PT1H'
  }
  {
    name: 'messages'
    description: 'Messages cannot be read, or were put aside as poison.'
    runbook: 'bad_message'
    query: loadTextContent('../kql/alert-messages.kql')
    severity: 2
    operator: 'GreaterThanOrEqual'
    threshold: 1
    frequency: 'PT15M'
    window: 'PT1H'
  }
  {
    name: 'queue-age'
    description: 'Messages wait that nobody takes.'
    runbook: 'queue_length'
    query: loadTextContent('../kql/alert-queue-age.kql')
    severity: 2
    operator: 'GreaterThanOrEqual'
    threshold: thresholds.queueAges
    frequency: 'PT15M'
    window: 'PT2H'
  }
]

resource logAlerts 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [for rule in rules: {
  name: '${instance}-${rule.name}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: '${instance}: ${rule.name}'
    description: '${rule.description} Runbook: ${runbookUrl}#${rule.runbook}'
    severity: rule.severity
    enabled: true
    scopes: [
      insightsId
    ]
    evaluationFrequency: rule.frequency
    windowSize: rule.window
    criteria: {
      allOf: [
        {
          query: rule.query
          timeAggregation: 'Count'
          operator: rule.operator
          threshold: rule.threshold
          // Counted for each value of a column by itself, or the failures of all clusters would add up.
          dimensions: contains(rule, 'each') ? [
            {
              name: rule.?each ?? ''
              operator: 'Include'
              values: [
                '*'
              ]
            }
          ] : []
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    // A new workspace has no table yet, and a rule over one would be refused.
    skipQueryValidation: true
    autoMitigate: true
    actions: {
      actionGroups: actionGroupIds
      customProperties: {
        runbook: '${runbookUrl}#${rule.runbook}'
      }
    }
  }
}]
