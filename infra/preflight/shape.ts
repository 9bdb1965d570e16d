import { z } from 'zod';
import { closest } from '../../shared/registry/closest.ts';

const text = z.string('must be a text');
const flag = z.boolean('must be true or false');
const texts = z.array(text, 'must be a list of texts');
const choice = (...values: string[]): z.ZodType =>
  z.enum(values, `must be ${values.map((value) => JSON.stringify(value)).join(' or ')}`);

function whole(min: number, max = Number.MAX_SAFE_INTEGER): z.ZodType {
  const bounds = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`;
  const error = `must be a whole number ${bounds}`;
  return z.int(error).min(min, error).max(max, error);
}

const count = z.int('must be a whole number').nullish();

const VAULT = z.strictObject(
  { alias: text, id: text, systemTopic: text.nullish(), certificates: flag.nullish() },
  'must have alias and id',
);
const ADDRESSES = z.strictObject(
  { network: text, app: text, endpoints: text },
  'must have network, app and endpoints',
);
const id = text.nullish();
const ZONES = { blob: id, queue: id, table: id, vault: id, app: id };
const THRESHOLDS = {
  runMissedWindow: text.nullish(),
  runLateCount: count,
  noEventsChanges: count,
  vaultForbiddenCount: count,
  expiringSecrets: count,
  clusterFailures: count,
  incompleteRuns: count,
  outageFailures: count,
  failedInvocations: count,
  queueAges: count,
  deadLetters: count,
};

/** Parameters of main.bicep, as far as Resource Manager itself looks at them; test/infra/preflight holds both together. */
const PARAMETERS = z.strictObject({
  environmentName: text.optional(),
  location: text.min(1, 'must be a region, such as westeurope'),
  resourceGroupName: text.optional(),
  vaults: z.array(VAULT, 'must be a list of vaults').min(1, 'must have one vault at least'),
  systemTopics: text.optional(),
  credentialVaultId: text.optional(),
  clusters: texts.optional(),
  clusterHosts: text.optional(),
  clusterScopes: text.optional(),
  consentNotRequired: texts.optional(),
  allowedMetadata: texts.optional(),
  ownersGroupId: text.optional(),
  ownersClientId: text.optional(),
  armEndpoint: text.optional(),
  armAudience: text.optional(),
  reconcileSchedule: text.optional(),
  pushConcurrency: whole(1, 512).optional(),
  eventBudgetSeconds: whole(5, 28).optional(),
  eventDestination: choice('function', 'queue').optional(),
  inbound: choice('open', 'eventGrid', 'closed').optional(),
  network: choice('none', 'new', 'existing').optional(),
  addressPrefixes: ADDRESSES.optional(),
  natGateway: flag.optional(),
  appSubnetId: text.optional(),
  endpointSubnetId: text.optional(),
  dnsZoneIds: z.strictObject(ZONES, 'must be ids by name').optional(),
  storageSku: choice('Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS').optional(),
  nodeVersion: choice('24', '22').optional(),
  instanceMemoryMB: z.literal([512, 2048, 4096], 'must be 512, 2048 or 4096').optional(),
  heapMB: whole(128).nullish(),
  perInstanceConcurrency: whole(1, 1000).optional(),
  maximumInstanceCount: whole(40, 1000).optional(),
  alwaysReady: whole(0, 20).nullish(),
  zoneRedundant: flag.optional(),
  operatorsId: text.optional(),
  operatorsType: choice('Group', 'User', 'ServicePrincipal').optional(),
  principalId: text.optional(),
  principalType: choice('', 'User', 'ServicePrincipal').optional(),
  logRetentionDays: whole(30, 730).optional(),
  logDailyCapGB: text.optional(),
  deadLetterDays: whole(1).optional(),
  alertEmail: text.optional(),
  actionGroupIds: texts.optional(),
  runbookUrl: text.optional(),
  alertThresholds: z.strictObject(THRESHOLDS, 'must be thresholds by name').optional(),
  tags: z.record(z.string(), text, 'must be texts by name').optional(),
});

const NAMES: readonly string[] = Object.keys(PARAMETERS.shape);

type Issue = z.core.$ZodIssue;

/** `vaults[0].alias` */
const pathOf = (path: readonly PropertyKey[]): string =>
  path.map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i > 0 ? '.' : ''}${String(key)}`)).join('');

const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  vaults: Object.keys(VAULT.shape),
  addressPrefixes: Object.keys(ADDRESSES.shape),
  dnsZoneIds: Object.keys(ZONES),
  alertThresholds: Object.keys(THRESHOLDS),
};

function unknown(path: readonly PropertyKey[], key: string): string {
  const known = path.length === 0 ? NAMES : (MEMBERS[String(path[0])] ?? []);
  const meant = closest(key, known);
  const what = path.length === 0 ? 'is no parameter' : `is none of ${known.join(', ')}`;
  return `${pathOf([...path, key])}: ${what}${meant === undefined ? '.' : `; did you mean ${meant}?`}`;
}

const sentences = (issue: Issue): string[] =>
  issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => unknown(issue.path, key))
    : [`${pathOf(issue.path)}: ${issue.message}.`];

export interface Shaped {
  /** A sentence each, which begins with where the fault is. */
  misfits: string[];
  /** Parameters that a misfit is about. */
  wrong: ReadonlySet<string>;
  /** The others, so that nothing else stumbles over these. */
  sound: Record<string, unknown>;
}

/** Whether the parameters have the names, types and bounds that main.bicep declares. */
export function shaped(given: Readonly<Record<string, unknown>>): Shaped {
  const { error } = PARAMETERS.safeParse(given);
  const issues = error?.issues ?? [];
  const wrong = new Set(
    issues.flatMap((issue) =>
      issue.path.length === 0 && issue.code === 'unrecognized_keys' ? issue.keys : [String(issue.path[0])],
    ),
  );
  return {
    misfits: issues.flatMap(sentences),
    wrong,
    sound: Object.fromEntries(Object.entries(given).filter(([name]) => !wrong.has(name))),
  };
}
