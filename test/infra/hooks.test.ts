import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parameterProblems } from '../../infra/hooks/check.ts';
import { eventsCommand, eventsParameters } from '../../infra/hooks/events-deployment.ts';
import { substitute } from '../../infra/hooks/parameters.ts';
import { type BicepFile, bicepFiles, INFRA } from './bicep/file.ts';

const SUBSCRIPTION = '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers';
const shipped = readFileSync(join(INFRA, 'main.parameters.json'), 'utf8');
const chosen = {
  AZURE_ENV_NAME: 'prod',
  AZURE_LOCATION: 'westeurope',
  VAULTCAST_VAULT_ID: `${SUBSCRIPTION}/Microsoft.KeyVault/vaults/kv-team`,
  VAULTCAST_CLUSTER_ID: `${SUBSCRIPTION}/Microsoft.ContainerService/managedClusters/weu-1`,
};
const outputs = {
  INSTANCE: 'vaultcast-prod',
  EVENT_TOPICS: JSON.stringify([{ name: 'kv-team-events', id: `${SUBSCRIPTION}/Microsoft.EventGrid/x` }]),
  FUNCTION_APP_ID: 'app',
  HOST_STORAGE_ID: 'storage',
  DEAD_LETTER_CONTAINER: 'dead-letters',
  EVENT_DESTINATION: 'function',
};

let files: BicepFile[] = [];
beforeAll(async () => {
  files = await bicepFiles();
});
const template = (path: string): BicepFile | undefined => files.find((file) => file.path === path);

describe('filling in main.parameters.json', () => {
  it('takes variables and defaults as azd does', () => {
    expect(substitute('${A} ${B=b} ${C=}', { A: 'a' })).toBe('a b ');
    expect(substitute('${B=b}', { B: '' })).toBe('b');
  });

  it('names only parameters the template has, and every one it needs', () => {
    const { parameters } = JSON.parse(substitute(shipped, chosen)) as { parameters: Record<string, unknown> };
    const declared = template('main.bicep')?.params ?? new Map<string, { required: boolean }>();
    const required = [...declared].filter(([, { required: needed }]) => needed).map(([name]) => name);
    expect(Object.keys(parameters).filter((name) => !declared.has(name))).toEqual([]);
    expect(required.filter((name) => !(name in parameters))).toEqual([]);
  });
});

describe('the check before provisioning', () => {
  it('finds nothing wrong with a vault and a cluster, or no cluster yet', () => {
    expect(parameterProblems(shipped, chosen)).toEqual([]);
    expect(parameterProblems(shipped, { ...chosen, VAULTCAST_CLUSTER_ID: '' })).toEqual([]);
  });

  it('reports everything at once, with the command that mends it', () => {
    const problems = parameterProblems(shipped, {
      VAULTCAST_CLUSTER_ID: 'weu-1',
      VAULTCAST_VAULT_ALIAS: 'T',
    });
    expect(problems).toEqual([
      expect.stringContaining('azd env new'),
      expect.stringContaining('vaults[0].alias'),
      expect.stringContaining('azd env set VAULTCAST_VAULT_ID'),
      expect.stringContaining('azd env set VAULTCAST_CLUSTER_ID'),
    ]);
  });

  it('does not take a vault for a cluster', () => {
    const swapped = { ...chosen, VAULTCAST_CLUSTER_ID: chosen.VAULTCAST_VAULT_ID };
    expect(parameterProblems(shipped, swapped)).toEqual([expect.stringContaining('clusters[0]')]);
  });
});

describe('the second phase', () => {
  it('hands every parameter of events.bicep that has no default over from outputs of main.bicep', () => {
    const { parameters } = JSON.parse(eventsParameters(outputs)) as { parameters: Record<string, object> };
    const declared = template('events.bicep')?.params ?? new Map<string, { required: boolean }>();
    const required = [...declared].filter(([, { required: needed }]) => needed).map(([name]) => name);
    expect(Object.keys(parameters).toSorted()).toEqual(required.toSorted());
    expect(parameters['topics']).toEqual({ value: JSON.parse(outputs.EVENT_TOPICS) as unknown });
    expect(Object.keys(outputs).filter((name) => !template('main.bicep')?.outputs.includes(name))).toEqual(
      [],
    );
  });

  it('says which outputs are missing', () => {
    expect(() => eventsParameters({ INSTANCE: 'x' })).toThrow(/EVENT_TOPICS, FUNCTION_APP_ID.*azd provision/);
  });

  it('deploys with the Azure CLI, the list of topics in a file', () => {
    const environment = { ...outputs, AZURE_LOCATION: 'westeurope', AZURE_SUBSCRIPTION_ID: 'sub' };
    const command = eventsCommand(environment, 'events.bicep', '/tmp/p.json').join(' ');
    expect(command).toMatch(/^deployment sub create --name vaultcast-prod-events --location westeurope /);
    expect(command).toContain('--parameters @/tmp/p.json');
  });
});
