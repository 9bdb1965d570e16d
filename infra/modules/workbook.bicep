// A page for people: the fleet, what fails, how long deliveries take, what expires. Its queries are those of the runbook.

@description('Name of the instance.')
param instance string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the Application Insights component.')
param insightsId string

var parts = [
  {
    title: 'Fleet: the last day of each cluster'
    query: loadTextContent('../kql/fleet.kql')
    visualization: 'table'
  }
  {
    title: 'Targets that fail now'
    query: loadTextContent('../kql/failed-targets.kql')
    visualization: 'table'
  }
  {
    title: 'Seconds from an event to the write, by hour'
    query: loadTextContent('../kql/event-to-write.kql')
    visualization: 'timechart'
  }
  {
    title: 'Deliveries that came late, and why'
    query: loadTextContent('../kql/late-deliveries.kql')
    visualization: 'table'
  }
  {
    title: 'Secrets that expire soon or have expired'
    query: loadTextContent('../kql/expires-soon.kql')
    visualization: 'table'
  }
]

// type 3 is a query; queryType 0 asks the logs.
var items = [for part in parts: {
  type: 3
  content: {
    version: 'KqlItem/1.0'
    title: part.title
    query: part.query
    size: 0
    queryType: 0
    resourceType: 'microsoft.insights/components'
    visualization: part.visualization
  }
}]

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, instance, 'workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: instance
    category: 'workbook'
    sourceId: insightsId
    version: 'Notebook/1.0'
    serializedData: string({
      version: 'Notebook/1.0'
      items: items
      fallbackResourceIds: [
        insightsId
      ]
    })
  }
}
