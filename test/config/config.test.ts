import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { CONFIG_VARIABLES, readConfig, reconcileSchedule, sentencesOf } from '../../shared/config/config.ts';
import { scheduleWarnings } from '../../shared/config/schedule.ts';
import type { Env } from '../support/environment.ts';
import { anEnvironment, config, leftOut, problems } from '../support/environment.ts';

/** All that is said of an environment. */
const saidOf = (overrides: Env): string[] => {
  const read = readConfig(anEnvironment(overrides));
  return 'problems' in read ? read.problems : sentencesOf(read.leftOut);
};

describe('the configuration', () => {
  it('needs four variables and has a default for the rest', () => {
    expect(config()).toEqual({
      vaults: new Map([['team', 'https://team.vault.azure.net']]),
      credentialVault: undefined,
      registry: { serviceUri: 'https://registry.table.core.windows.net' },
      queues: { serviceUri: 'https://vaultcasthost.queue.core.windows.net' },
      clientId: undefined,
      instance: 'vaultcast-prod',
      arm: undefined,
      clusters: { patterns: [], armIds: [], tooWide: [], scopes: { bound: [], refused: [] } },
      consentNotRequired: new Set(),
      ownersGroup: undefined,
      signsIn: false,
      allowedMetadata: { keys: new Set(), prefixes: [] },
      reconcileSchedule: '0 */15 * * * *',
      pushConcurrency: 64,
      eventBudgetMs: 20_000,
    });
  });

  it('reports everything that is wrong at once, by name', () => {
    const names = problems({
      VAULTS: 'team',
      CREDENTIAL_VAULT: 'http://x',
      REGISTRY__tableServiceUri: undefined,
      AzureWebJobsStorage__accountName: 'Not_An_Account',
      AZURE_CLIENT_ID: 'me',
      INSTANCE: '-x',
      ARM_ENDPOINT: 'http://management.example.com',
      ARM_AUDIENCE: 'everything',
      CLUSTER_HOSTS: '*',
      CLUSTER_SCOPES: 'everything',
      CONSENT_NOT_REQUIRED: 'Weu_1',
      ALLOWED_METADATA: '*',
      RECONCILE_SCHEDULE: 'often',
      PUSH_CONCURRENCY: '0',
      EVENT_BUDGET_SECONDS: '1e1',
    }).map((problem) => problem.split(/[ (]/)[0]);
    expect(names).toEqual([
      'VAULTS',
      'CREDENTIAL_VAULT',
      'REGISTRY__tableServiceUri',
      'AzureWebJobsStorage__accountName',
      'AZURE_CLIENT_ID',
      'INSTANCE',
      'ARM_ENDPOINT',
      'ARM_AUDIENCE',
      'CLUSTER_HOSTS',
      'CLUSTER_SCOPES',
      'CONSENT_NOT_REQUIRED',
      'ALLOWED_METADATA',
      'RECONCILE_SCHEDULE',
      'PUSH_CONCURRENCY',
      'EVENT_BUDGET_SECONDS',
    ]);
  });

  it('says in an empty environment what must be set', () => {
    expect(readConfig({})).toEqual({
      problems: [
        'VAULTS must name a vault: ALIAS=https://team.vault.azure.net',
        'REGISTRY__tableServiceUri (or REGISTRY) must be set',
        'AzureWebJobsStorage__queueServiceUri (or AzureWebJobsStorage) must be set',
        expect.stringMatching(
          /^INSTANCE must be the name of this deployment: .*WEBSITE_SITE_NAME is not set either$/,
        ),
      ],
    });
  });

  it('takes a blank variable for one that is not set', () => {
    const blank = Object.fromEntries(CONFIG_VARIABLES.map((name) => [name, '  ']));
    expect(readConfig({ ...blank, ...anEnvironment() })).toEqual(readConfig(anEnvironment()));
  });

  it.each(CONFIG_VARIABLES)('never quotes a credential found in %s', (name) => {
    for (const value of [
      'AccountName=x;AccountKey=hunter2',
      'https://x.table.core.windows.net/?sig=hunter2',
      'team=https://user:hunter2@team.vault.azure.net',
      'password=hunter2',
    ])
      expect(JSON.stringify(saidOf({ [name]: value }))).not.toContain('hunter2');
  });

  it('is refused whole while Node is told to verify nothing', () => {
    expect(problems({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toEqual([
      expect.stringMatching(/^NODE_TLS_REJECT_UNAUTHORIZED must not be 0: .*NODE_EXTRA_CA_CERTS instead$/),
    ]);
    for (const fine of ['1', '', undefined])
      expect(problems({ NODE_TLS_REJECT_UNAUTHORIZED: fine })).toEqual([]);
  });

  it('is the same whatever the order of the variables, and leaves them alone', () => {
    const env = Object.freeze(anEnvironment());
    expect(readConfig(Object.fromEntries(Object.entries(env).toReversed()))).toEqual(readConfig(env));
  });
});

describe('the smaller settings', () => {
  it.each(['0 */5 * * * *', '30 0,30 8-18 * * mon-fri', '0 0 0 1 JAN *', '0  0 3 * * 0', '0 10/20 * * * *'])(
    'RECONCILE_SCHEDULE may be %s',
    (RECONCILE_SCHEDULE) => {
      expect(config({ RECONCILE_SCHEDULE }).reconcileSchedule).toBe(RECONCILE_SCHEDULE);
    },
  );

  it.each([
    '*/5 * * * *',
    '00:15:00',
    '0 60 * * * *',
    '0 0 0 0 * *',
    '0 a * * * *',
    '0 */0 * * * *',
    '0 1-2-3 * * * *',
    '0 0\t* * * *',
    '0\t0 * * * *',
    '0 0 *\t* * * *',
  ])('RECONCILE_SCHEDULE may not be %j; the app then serves on, with the default', (RECONCILE_SCHEDULE) => {
    expect(leftOut({ RECONCILE_SCHEDULE })).toEqual([expect.stringContaining('NCRONTAB')]);
    expect(config({ RECONCILE_SCHEDULE }).reconcileSchedule).toBe('0 */15 * * * *');
    expect(reconcileSchedule({ RECONCILE_SCHEDULE })).toBe('0 */15 * * * *');
  });

  it.each([
    ['0 0 22-2 * * *', ['22-2, which the host reads as 2-22']],
    ['0 0 22-23,0-2 * * *', []],
    [
      '0 50-10/5 * * * fri-mon',
      ['50-10, which the host reads as 10-50', 'fri-mon, which the host reads as mon-fri'],
    ],
    ['0 */15 * * jan-mar *', []],
  ])(
    'RECONCILE_SCHEDULE %s is taken, with a warning of each range that is read the other way round',
    (given, said) => {
      expect(config({ RECONCILE_SCHEDULE: given }).reconcileSchedule).toBe(given);
      expect(scheduleWarnings(given)).toEqual(
        said.map((what) => expect.stringMatching(`^RECONCILE_SCHEDULE has ${what}`) as string),
      );
    },
  );

  it('gives the timer its schedule, or the default without one', () => {
    expect(reconcileSchedule({ RECONCILE_SCHEDULE: '0 0 * * * *' })).toBe('0 0 * * * *');
    expect(reconcileSchedule({})).toBe('0 */15 * * * *');
  });

  it.each([
    ['PUSH_CONCURRENCY', '513', 'PUSH_CONCURRENCY must be a whole number from 1 to 512; found "513"'],
    ['EVENT_BUDGET_SECONDS', '29', 'EVENT_BUDGET_SECONDS must be a whole number from 5 to 28; found "29"'],
    [
      'EVENT_BUDGET_SECONDS',
      '12.5',
      'EVENT_BUDGET_SECONDS must be a whole number from 5 to 28; found "12.5"',
    ],
  ])('%s may not be %s; the app then serves on, with the default', (name, value, problem) => {
    expect(leftOut({ [name]: value })).toEqual([problem]);
    expect(config({ [name]: value })).toEqual(config());
  });

  it('takes numbers at their limits', () => {
    expect(config({ PUSH_CONCURRENCY: '512', EVENT_BUDGET_SECONDS: '5' })).toMatchObject({
      pushConcurrency: 512,
      eventBudgetMs: 5000,
    });
  });

  it.each([
    ['True', true],
    ['true', true],
    ['False', false],
    ['', false],
  ])('knows whether App Service asks callers to sign in: WEBSITE_AUTH_ENABLED=%s', (text, signsIn) => {
    expect(config({ WEBSITE_AUTH_ENABLED: text }).signsIn).toBe(signsIn);
  });

  it('prefers INSTANCE to the name of the function app', () => {
    for (const name of ['prod_2', '7']) expect(config({ INSTANCE: name }).instance).toBe(name);
    expect(problems({ INSTANCE: 'x'.repeat(64) })).toHaveLength(1);
  });
});

describe('the lists that only a deployment decides', () => {
  it('CONSENT_NOT_REQUIRED names clusters, and keeps those beside one that is no name', () => {
    const CONSENT_NOT_REQUIRED = 'weu-1, Weu_2 ,neu-1';
    expect(config({ CONSENT_NOT_REQUIRED }).consentNotRequired).toEqual(new Set(['weu-1', 'neu-1']));
    expect(leftOut({ CONSENT_NOT_REQUIRED })).toEqual([
      'CONSENT_NOT_REQUIRED entry "Weu_2" must be the name of a Cluster',
    ]);
  });

  it('ALLOWED_METADATA names keys, one by one or by prefix', () => {
    const ALLOWED_METADATA = 'team,example.com/team,cost.example.com/*';
    expect(config({ ALLOWED_METADATA }).allowedMetadata).toEqual({
      keys: new Set(['team', 'example.com/team']),
      prefixes: ['cost.example.com/'],
    });
  });

  it.each([
    '*',
    '*/*',
    'example.com/',
    '*.example.com/x',
    'example.com/team*',
    'a b',
    'vaultcast.dev/instance',
    'vaultcast.dev/*',
    'app.kubernetes.io/managed-by',
    'app.kubernetes.io/*',
  ])('ALLOWED_METADATA leaves out %s', (ALLOWED_METADATA) => {
    expect(leftOut({ ALLOWED_METADATA })).toEqual([expect.stringMatching(/^ALLOWED_METADATA entry /)]);
    expect(config({ ALLOWED_METADATA }).allowedMetadata).toEqual({ keys: new Set(), prefixes: [] });
  });
});

describe('every variable', () => {
  it.each(CONFIG_VARIABLES)('%s changes the configuration', (name) => {
    expect(readConfig(anEnvironment({ [name]: '!' }))).not.toEqual(readConfig(anEnvironment()));
  });
});

describe('local.settings.sample.json', () => {
  const sample = async (): Promise<{ Values: Env; InsteadOfConnectionStrings: Env }> =>
    JSON.parse(await readFile(new URL('../../local.settings.sample.json', import.meta.url), 'utf8'));

  it('has every variable, and no other', async () => {
    const { Values, InsteadOfConnectionStrings } = await sample();
    const { FUNCTIONS_WORKER_RUNTIME, ...ours } = Values;
    expect(FUNCTIONS_WORKER_RUNTIME).toBe('node');
    expect(Object.keys({ ...ours, ...InsteadOfConnectionStrings }).toSorted()).toEqual(
      [...CONFIG_VARIABLES].toSorted(),
    );
  });

  it('is a configuration without a problem, in both of its forms', async () => {
    const { Values, InsteadOfConnectionStrings } = await sample();
    const identity = { ...Values, ...InsteadOfConnectionStrings, REGISTRY: '', AzureWebJobsStorage: '' };
    for (const env of [Values, identity]) expect(readConfig(env)).toHaveProperty('leftOut', new Map());
  });
});
