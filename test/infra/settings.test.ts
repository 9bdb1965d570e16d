import { beforeAll, describe, expect, it } from 'vitest';
import { CONFIG_VARIABLES, readConfig } from '../../shared/config/config.ts';
import { type BicepFile, bicepFiles, nameOf } from './bicep/file.ts';
import { nodesOf, propertiesOf } from './bicep/tree.ts';

/** Settings of the platform itself: the Functions host and its telemetry read them, the app does not. */
const OF_THE_HOST = [
  'AzureWebJobsStorage__blobServiceUri',
  'AzureWebJobsStorage__tableServiceUri',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
];
/** Other ways to say the same, for the emulator or by account name. */
const ALTERNATIVES = ['REGISTRY', 'AzureWebJobsStorage', 'AzureWebJobsStorage__accountName'];

let main: BicepFile;
let app: BicepFile;

beforeAll(async () => {
  const files = await bicepFiles();
  const find = (path: string): BicepFile => {
    const file = files.find((candidate) => candidate.path === path);
    if (file === undefined) throw new Error(`${path} is missing`);
    return file;
  };
  [main, app] = [find('main.bicep'), find('modules/function-app.bicep')];
});

/** Names in every object literal that stands right behind `marker`. */
function namesBehind(file: BicepFile, marker: string): string[] {
  const objects = nodesOf(file.root, 'object').filter((node) =>
    file.text.slice(0, node.startIndex).endsWith(marker),
  );
  return objects.flatMap((object) => [...propertiesOf(object).keys()]);
}

function settings(): string[] {
  return [...namesBehind(main, 'settings: '), ...namesBehind(app, 'union(settings, ')];
}

/** What the deployment sets, with resources called what the templates call them. */
function deployed(overrides: Record<string, string> = {}): Record<string, string> {
  const clientId = '11111111-2222-3333-4444-555555555555';
  return {
    VAULTS: 'team=https://kv-team.vault.azure.net',
    CREDENTIAL_VAULT: '',
    REGISTRY__tableServiceUri: 'https://vcregabc.table.core.windows.net',
    REGISTRY__credential: 'managedidentity',
    REGISTRY__clientId: clientId,
    INSTANCE: 'vaultcast-prod',
    CLUSTER_HOSTS: `/subscriptions/${clientId}/resourceGroups/aks/providers/Microsoft.ContainerService/managedClusters/weu-1`,
    CLUSTER_SCOPES: '',
    RECONCILE_SCHEDULE: parameterDefault('reconcileSchedule'),
    PUSH_CONCURRENCY: parameterDefault('pushConcurrency'),
    EVENT_BUDGET_SECONDS: parameterDefault('eventBudgetSeconds'),
    AzureWebJobsStorage__queueServiceUri: 'https://vchostabc.queue.core.windows.net',
    AzureWebJobsStorage__credential: 'managedidentity',
    AzureWebJobsStorage__clientId: clientId,
    AZURE_CLIENT_ID: clientId,
    ...overrides,
  };
}

function parameter(name: string): string {
  const nodes = nodesOf(main.root, 'parameter_declaration');
  return nodes.find((node) => nameOf(node) === name)?.text ?? '';
}

function parameterDefault(name: string): string {
  return (parameter(name).split(' = ')[1] ?? '').replaceAll("'", '');
}

function bounds(name: string): { min: number; max: number } {
  const text = new RegExp(`@minValue\\((\\d+)\\)\\n@maxValue\\((\\d+)\\)\\nparam ${name} `).exec(main.text);
  return { min: Number(text?.[1]), max: Number(text?.[2]) };
}

describe('the settings of the function app', () => {
  it('are exactly those the app reads, and the host', () => {
    const read = CONFIG_VARIABLES.filter((name) => !ALTERNATIVES.includes(name));
    expect(settings().toSorted()).toEqual([...read, ...OF_THE_HOST].toSorted());
  });

  it('are accepted as a fresh deployment sets them', () => {
    expect(Object.keys(deployed()).toSorted()).toEqual(
      settings()
        .filter((name) => !OF_THE_HOST.includes(name))
        .toSorted(),
    );
    expect(readConfig(deployed())).toHaveProperty('config');
    expect(readConfig(deployed({ VAULTS: '' }))).toHaveProperty('problems');
  });

  it.each([
    ['pushConcurrency', 'PUSH_CONCURRENCY'],
    ['eventBudgetSeconds', 'EVENT_BUDGET_SECONDS'],
  ])('%s has the bounds the app has', (name, variable) => {
    const { min, max } = bounds(name);
    const accepts = (value: number): boolean =>
      'config' in readConfig(deployed({ [variable]: String(value) }));
    expect([min - 1, min, max, max + 1].map(accepts)).toEqual([false, true, true, false]);
  });
});
