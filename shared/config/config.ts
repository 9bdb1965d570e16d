import { objectName } from '../registry/fields.ts';
import { parseArmAudience, parseArmEndpoint } from './arm.ts';
import { parseHosts } from './hosts.ts';
import { parseClientId, parseInstance, parseOwnersGroup } from './identity.ts';
import { parseMetadata } from './metadata.ts';
import { type Parsed, parseEntries, parseInteger } from './parse.ts';
import { parseSchedule } from './schedule.ts';
import { parseScopes } from './scopes.ts';
import { readQueues, readTables, storageNotes, type StorageSetting } from './storage.ts';
import { parseCredentialVault, parseVaults } from './vaults.ts';

/** What the app can do nothing without. */
interface Vital {
  /** Alias -> origin. */
  vaults: ReadonlyMap<string, string>;
  /** Origin of the vault with stored cluster credentials; never one that routes can name. */
  credentialVault: string | undefined;
  registry: StorageSetting;
  queues: StorageSetting;
  /** Of the managed identity; undefined: the app's only one. */
  clientId: string | undefined;
  instance: string;
}

/** What the app cannot do without, and all else that `readSpare` reads. */
export type Config = Vital & ReturnType<typeof readSpare>['spare'];

/** Every variable read here; local.settings.sample.json has each of them. */
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
  'ARM_ENDPOINT',
  'ARM_AUDIENCE',
  'CLUSTER_HOSTS',
  'CLUSTER_SCOPES',
  'CONSENT_NOT_REQUIRED',
  'ALLOWED_METADATA',
  'OWNERS_GROUP',
  'RECONCILE_SCHEDULE',
  'PUSH_CONCURRENCY',
  'EVENT_BUDGET_SECONDS',
] as const;

const CONCURRENCY = { min: 1, max: 512, fallback: 64 };
/** Event Grid waits 30 s for an answer. */
const EVENT_BUDGET = { min: 5, max: 28, fallback: 20 };

/** What the platform sets, and what Node itself obeys. */
const OF_OTHERS = ['WEBSITE_SITE_NAME', 'WEBSITE_AUTH_ENABLED', 'NODE_TLS_REJECT_UNAUTHORIZED'] as const;

type ConfigVariable = (typeof CONFIG_VARIABLES | typeof OF_OTHERS)[number];

/** The variables that are set, trimmed: an app setting left blank is not. What is not listed cannot be read. */
function configured(env: NodeJS.ProcessEnv): Partial<Record<ConfigVariable, string>> {
  const names = [...CONFIG_VARIABLES, ...OF_OTHERS];
  const values = names.map((name) => [name, env[name]?.trim() ?? ''] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== ''));
}

interface ReadConfig {
  config: Config;
  /** Variable -> what is wrong with it, or with entries of its list; the rest is served. */
  leftOut: ReadonlyMap<string, readonly string[]>;
  /** What was ignored and harms nothing. */
  notes: readonly string[];
}

/**
 * The configuration in the environment, or everything that is wrong with it: one sentence each, starting with the
 * variable's name, saying what was found and what is allowed, and never quoting a credential. What the app can do without
 * is left out and the rest served: a list loses what is not legal in it, and so only allows less; a pace falls back to its
 * default. What it cannot do anything without, or nothing safely, refuses the whole.
 */
export function readConfig(all: NodeJS.ProcessEnv): ReadConfig | { problems: string[] } {
  const { leftOut, spare } = readSpare(all);
  const { problems, rest } = readVital(configured(all));
  if (problems.length > 0) return { problems: [...problems, ...sentencesOf(leftOut)] };
  const notes = [...storageNotes(all, 'AzureWebJobsStorage'), ...signInNotes(spare)];
  return { config: { ...rest, ...spare }, leftOut, notes };
}

/** As problems are said: starting with the variable's name. */
export function sentencesOf(leftOut: ReadConfig['leftOut']): string[] {
  return [...leftOut].flatMap(([name, wrong]) => wrong.map((problem) => `${name} ${problem}`));
}

type Configured = ReturnType<typeof configured>;

/** What the app can do without. */
export function readSpare(all: NodeJS.ProcessEnv) {
  const env = configured(all);
  const leftOut = new Map<string, readonly string[]>();
  const read = <T>(name: ConfigVariable, parse: (text: string) => Parsed<T>): T => {
    const { value, problems } = parse(env[name] ?? '');
    if (problems.length > 0) leftOut.set(name, problems);
    return value;
  };
  const endpoint = read('ARM_ENDPOINT', parseArmEndpoint);
  const audience = read('ARM_AUDIENCE', parseArmAudience);
  const spare = {
    /** Origin and audience of Azure Resource Manager; undefined: as the domain of the vaults tells. */
    arm: endpoint === undefined ? undefined : { endpoint, audience: audience ?? endpoint },
    clusters: {
      ...read('CLUSTER_HOSTS', parseHosts),
      scopes: read('CLUSTER_SCOPES', parseScopes),
    },
    /** Names of clusters whose namespaces get what routes send, asked or not. */
    consentNotRequired: read('CONSENT_NOT_REQUIRED', parseNames),
    /** Label and annotation keys that routes may set. */
    allowedMetadata: read('ALLOWED_METADATA', parseMetadata),
    /** Object id, lower case, of the group whose members may ask where a secret is; undefined: nobody may without a key. */
    ownersGroup: read('OWNERS_GROUP', parseOwnersGroup),
    /** Whether the platform signs callers in, and so nobody but the platform can say who calls. */
    signsIn: env.WEBSITE_AUTH_ENABLED?.toLowerCase() === 'true',
    reconcileSchedule: read('RECONCILE_SCHEDULE', parseSchedule),
    pushConcurrency: read('PUSH_CONCURRENCY', (text) => parseInteger(text, CONCURRENCY)),
    eventBudgetMs: 1000 * read('EVENT_BUDGET_SECONDS', (text) => parseInteger(text, EVENT_BUDGET)),
  };
  return { leftOut, spare };
}

function signInNotes({ ownersGroup, signsIn }: Pick<Config, 'ownersGroup' | 'signsIn'>): string[] {
  if (ownersGroup === undefined || signsIn) return [];
  return ['OWNERS_GROUP is set, and App Service authentication is off: nobody of the group is let in'];
}

function parseNames(text: string): Parsed<ReadonlySet<string>> {
  const { value, problems } = parseEntries(text, (entry) =>
    objectName.safeParse(entry).success ? entry : { problem: 'must be the name of a Cluster' },
  );
  return { value: new Set(value), problems };
}

function readVital(env: Configured): { rest: Vital; problems: string[] } {
  const problems: string[] = unsafeProblems(env);
  const checked = <T>(name: string, { value, problems: wrong }: Parsed<T>): T => {
    problems.push(...wrong.map((problem) => `${name} ${problem}`));
    return value;
  };
  const text = (name: ConfigVariable): string => env[name] ?? '';
  const stored = (read: StorageSetting | { problems: string[] }): StorageSetting => {
    if (!('problems' in read)) return read;
    problems.push(...read.problems);
    return { connectionString: '' };
  };
  const vaults = checked('VAULTS', parseVaults(text('VAULTS')));
  const rest = {
    vaults,
    credentialVault: checked('CREDENTIAL_VAULT', parseCredentialVault(text('CREDENTIAL_VAULT'), vaults)),
    registry: stored(readTables(env, 'REGISTRY')),
    queues: stored(readQueues(env, 'AzureWebJobsStorage')),
    clientId: checked('AZURE_CLIENT_ID', parseClientId(text('AZURE_CLIENT_ID'))),
    instance: checked('INSTANCE', parseInstance(text('INSTANCE') || text('WEBSITE_SITE_NAME'))),
  };
  return { rest, problems };
}

/** Node obeys it in every connection, and no vault, table or cluster would be the one it says it is. */
function unsafeProblems(env: Configured): string[] {
  if (env.NODE_TLS_REJECT_UNAUTHORIZED !== '0') return [];
  return [
    'NODE_TLS_REJECT_UNAUTHORIZED must not be 0: nothing that vaultcast talks to would be verified; name an authority in NODE_EXTRA_CA_CERTS instead',
  ];
}

/**
 * The schedule to register the timer with, whatever else is wrong. Given to the binding as text instead of
 * `%RECONCILE_SCHEDULE%`, because the host knows no default for a setting that is not there.
 */
export function reconcileSchedule(env: NodeJS.ProcessEnv): string {
  return parseSchedule(env['RECONCILE_SCHEDULE']?.trim() ?? '').value;
}
