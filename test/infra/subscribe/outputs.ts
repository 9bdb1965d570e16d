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

/** The same as `az deployment sub show` has them: Resource Manager spells the first letter small. */
export const deploymentOutputs = Object.fromEntries(
  Object.entries(outputs).map(([name, text]) => {
    const value = name === 'EVENT_TOPICS' ? (JSON.parse(text) as unknown) : text;
    return [`${name.charAt(0).toLowerCase()}${name.slice(1)}`, { value }];
  }),
);
