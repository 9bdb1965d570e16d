import { describe, expect, it } from 'vitest';
import { appSettings, deployMain, propertiesOf } from './deployed.ts';

/**
 * What Flex Consumption refuses or ignores, as far as it is known; a new one goes here with its template.
 * https://learn.microsoft.com/azure/azure-functions/functions-app-settings#flex-consumption-plan-deprecations
 * ftpsState: error 51021, https://github.com/microsoft/azure-pipelines-tasks/issues/21032
 */
const REFUSED_PROPERTIES = [
  'alwaysOn',
  'containerSize',
  'dailyMemoryTimeQuota',
  'ftpsState',
  'functionAppScaleLimit',
  'functionsRuntimeScaleMonitoringEnabled',
  'isXenon',
  'javaVersion',
  'linuxFxVersion',
  'minimumElasticInstanceCount',
  'netFrameworkVersion',
  'nodeVersion',
  'phpVersion',
  'powerShellVersion',
  'preWarmedInstanceCount',
  'pythonVersion',
  'use32BitWorkerProcess',
  'vnetPrivatePortsCount',
  'vnetRouteAllEnabled',
  'windowsFxVersion',
];
const REFUSED_SETTINGS = [
  'ENABLE_ORYX_BUILD',
  'FUNCTIONS_EXTENSION_VERSION',
  'FUNCTIONS_MAX_HTTP_CONCURRENCY',
  'FUNCTIONS_WORKER_DYNAMIC_CONCURRENCY_ENABLED',
  'FUNCTIONS_WORKER_PROCESS_COUNT',
  'FUNCTIONS_WORKER_RUNTIME',
  'FUNCTIONS_WORKER_RUNTIME_VERSION',
  'SCM_DO_BUILD_DURING_DEPLOYMENT',
  'WEBSITE_CONTENTAZUREFILECONNECTIONSTRING',
  'WEBSITE_CONTENTOVERVNET',
  'WEBSITE_CONTENTSHARE',
  'WEBSITE_DNS_SERVER',
  'WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT',
  'WEBSITE_NODE_DEFAULT_VERSION',
  'WEBSITE_RUN_FROM_PACKAGE',
  'WEBSITE_SKIP_CONTENTSHARE_VALIDATION',
  'WEBSITE_VNET_ROUTE_ALL',
];

interface Site {
  siteConfig: Record<string, unknown>;
  functionAppConfig: {
    runtime: object;
    scaleAndConcurrency: {
      alwaysReady: { name: string; instanceCount: number }[];
      triggers: { http: { perInstanceConcurrency: number } };
    };
  };
}

const siteOf = (overrides: Record<string, unknown> = {}): Site =>
  propertiesOf<Site>(deployMain(overrides), 'Microsoft.Web/sites');
const warm = (overrides: Record<string, unknown>): string[] =>
  siteOf(overrides).functionAppConfig.scaleAndConcurrency.alwaysReady.map(
    ({ name, instanceCount }) => `${name}: ${instanceCount}`,
  );

describe('the function app on Flex Consumption', () => {
  const configurations = [
    {},
    { network: 'new', inbound: 'eventGrid', zoneRedundant: true, natGateway: true },
    { network: 'new', inbound: 'closed', eventDestination: 'queue' },
  ];

  it('has no property that the plan refuses', () => {
    const used = configurations.flatMap((one) => {
      const site = siteOf(one);
      return [...Object.keys(site), ...Object.keys(site.siteConfig)];
    });
    expect(used).toContain('minTlsVersion');
    expect(used.filter((name) => REFUSED_PROPERTIES.includes(name))).toEqual([]);
  });

  it('has no setting that the plan refuses', () => {
    const used = configurations.flatMap((one) => Object.keys(appSettings(deployMain(one))));
    expect(used.filter((name) => REFUSED_SETTINGS.includes(name))).toEqual([]);
  });

  it('runs the version of Node that is asked for', () => {
    expect(siteOf().functionAppConfig.runtime).toEqual({ name: 'node', version: '24' });
    expect(siteOf({ nodeVersion: '22' }).functionAppConfig.runtime).toEqual({ name: 'node', version: '22' });
  });
});

describe('instances that are always there', () => {
  it.each([
    ['one for events, unless something is said', {}, ['http: 1']],
    ['two with zones', { zoneRedundant: true }, ['http: 2']],
    ['none where a queue takes the events', { eventDestination: 'queue' }, []],
    [
      'of the function behind that queue, when some are asked for',
      { eventDestination: 'queue', alwaysReady: 1 },
      ['function:on-vault-event-queue: 1'],
    ],
    [
      'two of it with zones',
      { eventDestination: 'queue', zoneRedundant: true },
      ['function:on-vault-event-queue: 2'],
    ],
    ['none when 0 is asked for', { alwaysReady: 0 }, []],
    ['as many as are asked for', { alwaysReady: 3, zoneRedundant: true }, ['http: 3']],
  ])('are %s', (_, overrides, expected) => {
    expect(warm(overrides)).toEqual(expected);
  });

  it('each get as many events at once as the parameter says', () => {
    const { triggers } = siteOf({ perInstanceConcurrency: 7 }).functionAppConfig.scaleAndConcurrency;
    expect(triggers).toEqual({ http: { perInstanceConcurrency: 7 } });
    expect(siteOf().functionAppConfig.scaleAndConcurrency.triggers.http.perInstanceConcurrency).toBe(16);
  });
});
