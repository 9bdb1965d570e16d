import { answerRest } from './rest.ts';
import { failed, ok, type Said } from './said.ts';
import { listSecrets, listVersions, recoverSecret, showSecret } from './secrets.ts';
import type { World } from './world.ts';

type Options = Record<string, string>;

/** A command: its options (required ones with `!`), and what it prints as JSON. */
interface Command {
  options: string[];
  run: (world: World, options: Options) => Said;
}

/** Of every command. */
const GLOBAL = ['--output', '--query', '--only-show-errors', '--subscription'];

const SHORT: Options = {
  '-g': '--resource-group',
  '-n': '--name',
  '-l': '--location',
  '-o': '--output',
  '-f': '--template-file',
  '-p': '--parameters',
};

const find = (world: World, id: string): Said => answerRest(world, 'get', `${id}?api-version=any`, '');

function named(world: World, type: string, { '--name': name = '' }: Options): Said {
  const found = world.resources.find(
    (one) => String(one['type']).toLowerCase() === type.toLowerCase() && one['name'] === name,
  );
  return found === undefined
    ? failed(3, `ERROR: (ResourceNotFound) ${type} ${name} was not found`)
    : ok(found);
}

const done = (): Said => ok(undefined);

/** Commands of the Azure CLI that this project or its documents use: https://learn.microsoft.com/cli/azure/reference-index */
const COMMANDS: Record<string, Command> = {
  'account show': { options: [], run: (world) => ok(world.account) },
  'ad group show': { options: ['--group!'], run: () => ok({ id: '33333333-0000-0000-0000-000000000000' }) },
  'aks get-credentials': { options: ['--resource-group!', '--name!'], run: done },
  'aks show': {
    options: ['--resource-group!', '--name!'],
    run: (world, options) => named(world, 'Microsoft.ContainerService/managedClusters', options),
  },
  'deployment sub create': {
    options: ['--name!', '--location!', '--template-file!', '--parameters!'],
    run: done,
  },
  'deployment sub show': {
    options: ['--name!'],
    run: (world, { '--name': name = '' }) => {
      const outputs = world.deployments[name];
      const provisioningState = world.unfinished[name];
      if (provisioningState !== undefined)
        return ok({ name, properties: { provisioningState, outputs: null } });
      return outputs === undefined
        ? failed(3, `ERROR: (DeploymentNotFound) Deployment '${name}' could not be found.`)
        : ok({ name, properties: { provisioningState: 'Succeeded', outputs } });
    },
  },
  'eventgrid system-topic event-subscription show': {
    options: ['--resource-group!', '--system-topic-name!', '--name!'],
    run: (world, options) => named(world, 'Microsoft.EventGrid/systemTopics/eventSubscriptions', options),
  },
  'eventgrid system-topic list': { options: ['--resource-group'], run: () => ok([]) },
  'functionapp config appsettings list': {
    options: ['--resource-group!', '--name!'],
    run: () => ok([]),
  },
  'functionapp identity show': { options: ['--resource-group!', '--name!'], run: () => ok({}) },
  'functionapp keys set': {
    options: ['--resource-group!', '--name!', '--key-type!', '--key-name!', '--key-value'],
    run: done,
  },
  'functionapp deployment source config-zip': {
    options: ['--resource-group!', '--name!', '--src!'],
    run: done,
  },
  'functionapp function list': {
    options: ['--resource-group!', '--name!'],
    run: (world, { '--name': app = '' }) =>
      ok(world.resources.filter((one) => String(one['name']).startsWith(`${app}/`))),
  },
  'functionapp list-flexconsumption-locations': {
    options: ['--zone-redundant!'],
    run: ({ zonal }) => ok(zonal.map((name) => ({ name }))),
  },
  'functionapp list-flexconsumption-runtimes': {
    options: ['--location!', '--runtime!'],
    run: (world, { '--location': region = '', '--runtime': runtime }) => {
      const versions = world.runtimes[region.toLowerCase()];
      if (versions === undefined)
        return failed(1, `ERROR: Invalid location: ${region} is not supported by Flex Consumption.`);
      return ok(versions.map((version) => flexRuntime(String(runtime), version)));
    },
  },
  'functionapp show': {
    options: ['--resource-group!', '--name!'],
    run: (world, options) => named(world, 'Microsoft.Web/sites', options),
  },
  'keyvault secret list': {
    options: ['--vault-name!'],
    run: (world, options) => listSecrets(world, options, false),
  },
  'keyvault secret list-deleted': {
    options: ['--vault-name!'],
    run: (world, options) => listSecrets(world, options, true),
  },
  'keyvault secret list-versions': { options: ['--vault-name!', '--name!'], run: listVersions },
  'keyvault secret recover': { options: ['--vault-name!', '--name!'], run: recoverSecret },
  'keyvault secret set-attributes': {
    options: ['--vault-name!', '--name!', '--version', '--enabled', '--expires', '--not-before', '--tags'],
    run: showSecret,
  },
  'keyvault secret show': { options: ['--vault-name!', '--name!', '--version'], run: showSecret },
  'keyvault secret set': {
    options: ['--vault-name!', '--name!', '--value', '--file', '--tags', '--encoding'],
    run: done,
  },
  'keyvault show': {
    options: ['--name!', '--resource-group'],
    run: (world, options) => named(world, 'Microsoft.KeyVault/vaults', options),
  },
  login: { options: [], run: done },
  'provider register': { options: ['--namespace!', '--wait!'], run: done },
  rest: {
    options: ['--method!', '--url!', '--body'],
    run: (world, { '--method': method = '', '--url': url = '', '--body': body = '' }) =>
      answerRest(world, method, url, body),
  },
  'resource show': { options: ['--ids!'], run: (world, { '--ids': id = '' }) => find(world, id) },
  'role assignment create': {
    options: ['--assignee-object-id!', '--assignee-principal-type!', '--role!', '--scope!'],
    run: done,
  },
  'role assignment delete': { options: ['--assignee!', '--scope!', '--role'], run: done },
  'role assignment list': { options: ['--assignee!', '--all!'], run: () => ok([]) },
};

/** As the CLI of 2.83 prints it; shape: azure-powershell, Get-AzFunctionAppFlexConsumptionRuntime.md. */
const flexRuntime = (runtime: string, version: string): object => ({
  runtime,
  version,
  sku: {
    skuCode: 'FC1',
    instanceMemoryMB: [
      { size: 2048, isDefault: true },
      { size: 4096, isDefault: false },
    ],
    maximumInstanceCount: {
      lowestMaximumInstanceCount: 40,
      highestMaximumInstanceCount: 1000,
      defaultValue: 100,
    },
    functionAppConfigProperties: { runtime: { name: runtime, version } },
  },
});

/** Options that need no value. */
const FLAGS = new Set(['--wait', '--all', '--only-show-errors']);

function parse(args: readonly string[], { options: known }: Command): Options | string {
  const allowed = [...GLOBAL, ...known.map((name) => name.replace('!', ''))];
  const options: Options = {};
  const rest = [...args];
  while (rest.length > 0) {
    const given = rest.shift() ?? '';
    const name = SHORT[given] ?? given;
    if (!allowed.includes(name)) return `unrecognized arguments: ${given}`;
    const value = FLAGS.has(name) ? 'true' : rest.shift();
    if (value === undefined || value.startsWith('--')) return `argument ${given}: expected one argument`;
    options[name] = value;
  }
  const missing = known.filter((name) => name.endsWith('!') && options[name.slice(0, -1)] === undefined);
  return missing.length > 0
    ? `the following arguments are required: ${missing.join(', ').replaceAll('!', '')}`
    : options;
}

/** `--query`, as far as documents here use it: members and indices, one after the other, and how many there are. */
function queried(json: unknown, query: string): unknown {
  if (query === 'length(@)') return (json as unknown[]).length;
  return query.split('.').reduce<unknown>((value, part) => {
    const [, name = '', index] = /^(\w+)(?:\[(\d+)\])?$/.exec(part) ?? [];
    if (name === '') throw new Error(`this stand-in knows no query ${query}`);
    const member: unknown = (value as Record<string, unknown> | undefined)?.[name];
    return index === undefined ? member : (member as unknown[])[Number(index)];
  }, json);
}

function printed(said: Said, options: Options): Said {
  if (said.status !== 0 || said.stdout === '') return said;
  const query = options['--query'];
  const json: unknown = JSON.parse(said.stdout);
  const shown = query === undefined ? json : queried(json, query);
  if (options['--output'] === 'none') return { ...said, stdout: '' };
  const text = options['--output'] === 'tsv' ? String(shown) : JSON.stringify(shown, undefined, 2);
  return { ...said, stdout: `${text}\n` };
}

/** What `az` does with these arguments in this world; an argument that it does not know fails, as the real one does. */
export function az(world: World, args: readonly string[]): Said {
  const name = Object.keys(COMMANDS).find((one) => `${args.join(' ')} `.startsWith(`${one} `));
  const command = COMMANDS[name ?? ''];
  if (name === undefined || command === undefined)
    return failed(2, `ERROR: '${args.join(' ')}' is misspelled or not recognized by the system.`);
  const options = parse(args.slice(name.split(' ').length), command);
  if (typeof options === 'string') return failed(2, `ERROR: ${options}`);
  if (!world.signedIn && name !== 'login')
    return failed(
      1,
      "ERROR: AADSTS700082: The refresh token has expired due to inactivity. Please run 'az login' to setup account.",
    );
  const line = args.join(' ');
  const ms = world.slow.find(({ part }) => line.includes(part))?.ms ?? 0;
  if (world.forbidden.some((part) => line.includes(part)))
    return {
      ...failed(
        1,
        'ERROR: Forbidden({"error":{"code":"AuthorizationFailed","message":"The client does not have authorization to perform action"}})',
      ),
      ms,
    };
  return { ...printed(command.run(world, options), options), ms };
}
