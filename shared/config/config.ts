import type { AllowedClusters } from './clusters.ts';
import { parseHosts } from './hosts.ts';
import { parseSchedule } from './schedule.ts';
import { parseScopes } from './scopes.ts';
import { parseClientId, parseInstance } from './identity.ts';
import type { Env, StorageSetting } from './storage.ts';
import { readQueues, readTables } from './storage.ts';
import type { Parsed } from './parse.ts';
import { parseInteger } from './parse.ts';
import { parseCredentialVault, parseVaults } from './vaults.ts';

export interface Config {
  /** Alias -> origin. */
  vaults: ReadonlyMap<string, string>;
  /** Origin of the vault with stored cluster credentials; never one that routes can name. */
  credentialVault: string | undefined;
  registry: StorageSetting;
  queues: StorageSetting;
  /** Of the managed identity; undefined: the app's only one. */
  clientId: string | undefined;
  instance: string;
  clusters: AllowedClusters;
  reconcileSchedule: string;
  pushConcurrency: number;
  eventBudgetMs: number;
}

/** Every variable read here; local.settings.sample.json has each of them. WEBSITE_SITE_NAME is the platform's. */
export const CONFIG_VARIABLES = [
  'VAULTS',
  'CREDENTIAL_VAULT',
  'REGISTRY',
  'REGISTRY__tableServiceUri',
  'REGISTRY__credential',
  'REGISTRY__clientId',
  'AzureWebJobsStorage',
  'AzureWebJobsStorage__queueServiceUri',
  'AzureWebJobsStorage__accountName',
  'AzureWebJobsStorage__credential',
  'AzureWebJobsStorage__clientId',
  'AZURE_CLIENT_ID',
  'INSTANCE',
  'CLUSTER_HOSTS',
  'CLUSTER_SCOPES',
  'RECONCILE_SCHEDULE',
  'PUSH_CONCURRENCY',
  'EVENT_BUDGET_SECONDS',
] as const;

const CONCURRENCY = { min: 1, max: 512, fallback: 64 };
/** Event Grid waits 30 s for an answer. */
const EVENT_BUDGET = { min: 5, max: 28, fallback: 20 };

type ConfigVariable = (typeof CONFIG_VARIABLES)[number] | 'WEBSITE_SITE_NAME';

/** The variables that are set, trimmed: an app setting left blank is not. What is not listed cannot be read. */
function configured(env: Env): Partial<Record<ConfigVariable, string>> {
  const names = [...CONFIG_VARIABLES, 'WEBSITE_SITE_NAME'] as const;
  const values = names.map((name) => [name, env[name]?.trim() ?? ''] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== ''));
}

/**
 * The configuration in the environment, or everything that is wrong with it: one sentence each, starting with the
 * variable's name, saying what was found and what is allowed, and never quoting a credential.
 */
export function readConfig(all: Env): { config: Config } | { problems: string[] } {
  const problems: string[] = [];
  const env = configured(all);
  const text = (name: ConfigVariable): string => env[name] ?? '';
  const checked = <T>(name: string, { value, problems: wrong }: Parsed<T>): T => {
    problems.push(...wrong.map((problem) => `${name} ${problem}`));
    return value;
  };
  const stored = (read: StorageSetting | { problems: string[] }): StorageSetting => {
    if (!('problems' in read)) return read;
    problems.push(...read.problems);
    return { connectionString: '' };
  };

  const vaults = checked('VAULTS', parseVaults(text('VAULTS')));
  const config: Config = {
    vaults,
    credentialVault: checked('CREDENTIAL_VAULT', parseCredentialVault(text('CREDENTIAL_VAULT'), vaults)),
    registry: stored(readTables(env, 'REGISTRY')),
    queues: stored(readQueues(env, 'AzureWebJobsStorage')),
    clientId: checked('AZURE_CLIENT_ID', parseClientId(text('AZURE_CLIENT_ID'))),
    instance: checked('INSTANCE', parseInstance(text('INSTANCE') || text('WEBSITE_SITE_NAME'))),
    clusters: {
      ...checked('CLUSTER_HOSTS', parseHosts(text('CLUSTER_HOSTS'))),
      scopes: checked('CLUSTER_SCOPES', parseScopes(text('CLUSTER_SCOPES'))),
    },
    reconcileSchedule: checked('RECONCILE_SCHEDULE', parseSchedule(text('RECONCILE_SCHEDULE'))),
    pushConcurrency: checked('PUSH_CONCURRENCY', parseInteger(text('PUSH_CONCURRENCY'), CONCURRENCY)),
    eventBudgetMs:
      1000 * checked('EVENT_BUDGET_SECONDS', parseInteger(text('EVENT_BUDGET_SECONDS'), EVENT_BUDGET)),
  };
  return problems.length > 0 ? { problems } : { config };
}

/**
 * The schedule to register the timer with, whatever else is wrong. Given to the binding as text instead of
 * `%RECONCILE_SCHEDULE%`, because the host knows no default for a setting that is not there.
 */
export function reconcileSchedule(env: Env): string {
  return parseSchedule(env['RECONCILE_SCHEDULE']?.trim() ?? '').value;
}
