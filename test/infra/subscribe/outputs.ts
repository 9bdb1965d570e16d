import { SUBSCRIPTION } from '../deployed.ts';

const under = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-vaultcast-prod/providers`;

/** Outputs of main.bicep, as azd hands them to a hook. */
export const outputs = {
  INSTANCE: 'vaultcast-prod',
  LOCATION: 'westeurope',
  EVENT_TOPICS: JSON.stringify([
    { name: "kv-team's-events", id: `${under}/Microsoft.EventGrid/systemTopics/kv-team-events` },
  ]),
  EVENT_DESTINATION: 'function',
  FUNCTION_APP_ID: `${under}/Microsoft.Web/sites/vaultcast-prod-abcdef`,
  FUNCTION_APP_URL: 'https://vaultcast-prod-abcdef.azurewebsites.net',
  HOST_STORAGE_ID: `${under}/Microsoft.Storage/storageAccounts/vchostabc`,
  DEAD_LETTER_CONTAINER: 'dead-letters',
  INBOUND: 'open',
};

/** The others, for people. */
const forPeople = {
  AZURE_RESOURCE_GROUP: 'rg-vaultcast-prod',
  FUNCTION_APP_NAME: 'vaultcast-prod-abcdef',
  IDENTITY_OBJECT_ID: '99999999-0000-0000-0000-000000000000',
  IDENTITY_CLIENT_ID: '22222222-3333-4444-5555-666666666666',
  OUTBOUND_ADDRESS: '',
  REGISTRY__tableServiceUri: 'https://vcregabc.table.core.windows.net',
  AzureWebJobsStorage__queueServiceUri: 'https://vchostabc.queue.core.windows.net',
};
export const everyOutput = { ...outputs, ...forPeople };

/** The same as `az deployment sub show` has them: Resource Manager spells the first letter small. */
export const deploymentOutputs = Object.fromEntries(
  Object.entries(everyOutput).map(([name, text]) => {
    const value = name === 'EVENT_TOPICS' ? (JSON.parse(text) as unknown) : text;
    return [`${name.charAt(0).toLowerCase()}${name.slice(1)}`, { value }];
  }),
);
