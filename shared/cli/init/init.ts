import { parseInstance } from '../../config/identity.ts';
import type { AddCommand, Context } from '../command.ts';
import { examples } from '../command.ts';
import type { Arm } from '../connect/arm.ts';
import { collect, withQueue, withRegistry, withVaults } from '../connect/flags.ts';
import type { QueueOptions, RegistryOptions, VaultOptions } from '../connect/flags.ts';
import { queueSetting, registrySetting, vaultSetting } from '../connect/settings.ts';
import { addressOf } from '../context/address.ts';
import { CliError } from '../terminal/failure.ts';
import type { Io } from '../terminal/io.ts';
import { EXIT, say } from '../terminal/io.ts';
import { askText, choose, chooseOne } from './ask.ts';
import { aksClusters, deploymentIn, subscriptionOf } from './discover.ts';
import type { Deployment, Resource } from './discover.ts';
import { namedClusters, nextSteps, registryFiles } from './handover.ts';
import { writeAll } from './write.ts';

const HELP = `${examples(
  'vaultcast init                                  # finds the deployment and its clusters with your sign-in, and asks',
  'vaultcast init --app vaultcast-prod-1a2b3c --cluster weu-1 --namespace app-1',
  'vaultcast init --registry-account strgprod --storage stprod --vault-url team=https://team.vault.azure.net',
)}

It writes a folder with Cluster and Route documents and a context (vaultcast context --help), and prints the commands that are
left to you. It changes nothing in Azure and nothing in a cluster, and overwrites no file. Of the app's settings it reads
addresses and names only.`;

interface InitOptions extends RegistryOptions, QueueOptions, VaultOptions {
  arm: string;
  subscription?: string;
  app?: string;
  instance?: string;
  cluster?: string[];
  vault?: string;
  namespace?: string;
  prefix?: string;
  folder: string;
  name?: string;
}

export const addInit: AddCommand = (command, context) => {
  withVaults(withQueue(withRegistry(command)))
    .option(
      '--subscription <id>',
      'where the app and the clusters are; default: the one that your sign-in sees',
    )
    .option('--app <name>', 'the function app; default: the one that is called vaultcast-…')
    .option('--instance <name>', 'the deployment, as INSTANCE names it')
    .option('--cluster <name>', 'an AKS cluster, by its name or ARM id; repeatable', collect)
    .option('--vault <alias>', 'the vault of the first route; default: the only one')
    .option('--namespace <name>', 'the first namespace that is to receive secrets; empty: none yet')
    .option('--prefix <prefix>', 'which secrets; default: NAMESPACE--')
    .option('--folder <path>', 'where documents are written', 'registry')
    .option('--name <context>', 'name of the context; default: that of the deployment')
    .option('--arm <url>', 'Azure Resource Manager of another cloud', 'https://management.azure.com')
    .addHelpText('after', HELP)
    .action((options: InitOptions) => init(options, context));
};

async function init(options: InitOptions, context: Context): Promise<void> {
  const { io } = context;
  const azure = azureFor(options, context);
  const deployment = await deploymentOf(options, azure, io);
  const clusters = namedClusters(await clustersOf(options, azure, io));
  const route = clusters.length === 0 ? undefined : await routeOf(options, deployment, io);
  const files = registryFiles(clusters, route);
  for (const line of await writeAll(options.folder, files, nameOf(options, deployment), deployment, io))
    say(io, line);
  for (const line of nextSteps(deployment, clusters, route, options.folder)) say(io, line);
}

/** Azure is asked only for what no flag says, and the subscription once. */
interface Azure {
  arm: () => Promise<Arm>;
  subscription: () => Promise<string>;
}

function azureFor({ arm: origin, subscription }: InitOptions, { io, openArm }: Context): Azure {
  let opened: Promise<Arm> | undefined;
  let known: Promise<string> | undefined;
  if (!URL.canParse(origin) || new URL(origin).origin !== origin || !origin.startsWith('https:'))
    throw new CliError(
      '--arm is no https address',
      'Write https://management.azure.com, without a path.',
      EXIT.usage,
    );
  const arm = () => (opened ??= openArm(origin, io));
  return { arm, subscription: () => (known ??= arm().then((one) => subscriptionOf(one, subscription, io))) };
}

async function deploymentOf(options: InitOptions, azure: Azure, io: Io): Promise<Deployment> {
  const isGiven = options.registry !== undefined || options.registryAccount !== undefined;
  const { instance } = options;
  const problems = instance === undefined ? [] : parseInstance(instance).problems;
  if (problems.length > 0) throw new CliError(`--instance ${problems.join('; ')}`, 'Correct it.', EXIT.usage);
  if (!isGiven) {
    const found = await deploymentIn(await azure.arm(), await azure.subscription(), options.app, io);
    return instance === undefined ? found : { ...found, instance };
  }
  return {
    registry: addressOf(registrySetting(options, {}), '--registry'),
    storage: options.storage === undefined ? undefined : addressOf(queueSetting(options, {}), '--storage'),
    vaults: options.vaultUrl === undefined ? new Map<string, string>() : vaultSetting(options, {}),
    instance,
    identity: undefined,
    clusterHosts: undefined,
  };
}

const ARM_ID = /^\/subscriptions\/[^/]+\/resourceGroups\/(?<group>[^/]+)\/.*\/(?<name>[^/]+)$/i;

async function clustersOf({ cluster }: InitOptions, azure: Azure, io: Io): Promise<Resource[]> {
  const words = cluster ?? [];
  const ids = words.map((id) => ({ id, ...ARM_ID.exec(id)?.groups }) as Partial<Resource> & { id: string });
  if (words.length > 0 && ids.every(({ name }) => name !== undefined)) return ids as Resource[];
  const all = await aksClusters(await azure.arm(), await azure.subscription());
  if (words.length > 0) return words.map((word) => oneOf(all, word));
  const question = { text: 'Which clusters', flag: '--cluster NAME' };
  return all.length === 0 ? [] : choose(io, question, all, ({ name, group }) => `${name} in ${group}`);
}

function oneOf(all: readonly Resource[], word: string): Resource {
  const [found, ...others] = all.filter(({ id, name }) => [id.toLowerCase(), name].includes(word));
  if (found !== undefined && others.length === 0) return found;
  const why =
    found === undefined ? `there is no AKS cluster ${word}` : `several AKS clusters are called ${word}`;
  const known = all.map(({ id }) => id).join(', ');
  throw new CliError(why, `Give --cluster with one of: ${known}`, EXIT.usage);
}

async function routeOf(options: InitOptions, { vaults }: Deployment, io: Io) {
  const asked = { text: 'First namespace that is to receive secrets (empty: none yet)', flag: '--namespace' };
  const namespace = options.namespace ?? (await askText(io, asked, ''));
  if (namespace === '') return undefined;
  const aliases = [...vaults.keys()];
  const question = { text: 'From which vault', flag: '--vault ALIAS' };
  const vault = options.vault ?? (await chooseOne(io, question, aliases, (alias) => alias));
  const which = { text: 'Which secrets: the beginning of their names', flag: '--prefix' };
  const prefix = options.prefix ?? (await askText(io, which, `${namespace}--`));
  return { namespace, vault, prefix };
}

function nameOf({ name }: InitOptions, { instance }: Deployment): string {
  return name ?? (instance ?? 'default').replace(/^vaultcast-/, '');
}
