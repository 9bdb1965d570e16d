import { describe, expect, it } from 'vitest';
import { CONFIG_VARIABLES, readConfig, readSpare } from '../../shared/config/config.ts';
import { DEPLOYED_ARGUMENTS } from '../support/deployed.ts';
import { appSettings, clusterId, deployMain, groupId, refusalOf, SUBSCRIPTION, vaultId } from './deployed.ts';

/** Settings of the platform itself: the Functions host, its telemetry and its worker read them, the app does not. */
const OF_THE_HOST = [
  'AzureWebJobsStorage__blobServiceUri',
  'AzureWebJobsStorage__tableServiceUri',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
  'languageWorkers__node__arguments',
];
/** Other ways to say the same, for the emulator or by account name. */
const ALTERNATIVES = ['REGISTRY', 'AzureWebJobsStorage', 'AzureWebJobsStorage__accountName'];

const settingsOf = (overrides: Record<string, unknown> = {}): Record<string, string> =>
  appSettings(deployMain(overrides));

describe('the settings of the function app', () => {
  it('are exactly those the app reads, and the host', () => {
    const read = CONFIG_VARIABLES.filter((name) => !ALTERNATIVES.includes(name));
    expect(Object.keys(settingsOf()).toSorted()).toEqual([...read, ...OF_THE_HOST].toSorted());
  });

  it.each([
    ['as a fresh deployment sets them', {}],
    [
      'with nothing but a vault, as azd passes variables that are not set',
      { clusters: [''], operatorsId: '' },
    ],
    [
      'with a vault of credentials, other hosts and scopes',
      {
        credentialVaultId: vaultId('kv-credentials'),
        clusterHosts: '*.corp.example.com',
        clusterScopes: 'api://66666666-7777-8888-9999-000000000000/.default@*.corp.example.com:6443',
        consentNotRequired: ['legacy-1', ''],
        allowedMetadata: ['example.com/team', 'cost.example.com/*'],
      },
    ],
    [
      'with resource groups and subscriptions of clusters',
      {
        clusters: [groupId('rg-aks'), `/subscriptions/${SUBSCRIPTION}`],
      },
    ],
  ])('are accepted by the app %s', (_, overrides) => {
    expect(readConfig(settingsOf(overrides))).toHaveProperty('leftOut', new Map());
  });

  it.each([
    ['pushConcurrency', 'PUSH_CONCURRENCY', 1, 512],
    ['eventBudgetSeconds', 'EVENT_BUDGET_SECONDS', 5, 28],
  ])('%s has the bounds the app has', (name, variable, min, max) => {
    const tried = [min - 1, min, max, max + 1];
    const accepts = (value: number): boolean =>
      !readSpare({ ...settingsOf(), [variable]: String(value) }).leftOut.has(variable);
    expect(tried.map(accepts)).toEqual([false, true, true, false]);
    expect(tried.map((value) => refusalOf({ [name]: value }) === undefined)).toEqual(tried.map(accepts));
  });

  it('name clusters by the widest id that covers them, and only once', () => {
    const wide = groupId('rg-aks');
    const hosts = settingsOf({
      clusters: [clusterId('a'), wide, clusterId('b', 'RG-AKS'), clusterId('c', 'rg-2')],
    });
    expect(hosts['CLUSTER_HOSTS']).toBe(`${wide},${clusterId('c', 'rg-2')}`);
  });

  it.each([
    [512, '192'],
    [2048, '1024'],
    [4096, '2560'],
  ])('limit the heap on instances of %i MB to %s MB', (instanceMemoryMB, heap) => {
    expect(settingsOf({ instanceMemoryMB })['languageWorkers__node__arguments']).toBe(
      `--max-old-space-size=${heap} --max-semi-space-size=8`,
    );
  });

  it('start Node as the tests do that measure memory', () => {
    expect(settingsOf({ instanceMemoryMB: 2048 })['languageWorkers__node__arguments']).toBe(
      DEPLOYED_ARGUMENTS.join(' '),
    );
  });

  it('take a heap limit that is given', () => {
    expect(settingsOf({ heapMB: 700 })['languageWorkers__node__arguments']).toBe(
      '--max-old-space-size=700 --max-semi-space-size=8',
    );
  });
});
