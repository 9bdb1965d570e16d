import { Option } from 'commander';
import { parseVaults } from '../../config/vaults.ts';
import type { AddCommand, Context } from '../command.ts';
import { examples } from '../command.ts';
import { openPersonCluster } from '../connect/cluster.ts';
import type { PersonCluster } from '../connect/cluster.ts';
import { collect, FILENAME, withVaults } from '../connect/flags.ts';
import type { VaultOptions } from '../connect/flags.ts';
import { KUBECONFIG, KUBECONFIG_DEFAULT } from '../connect/kubeconfig-files.ts';
import { vaultSetting } from '../connect/settings.ts';
import { CliError } from '../terminal/failure.ts';
import type { ExitCode, Io } from '../terminal/io.ts';
import { EXIT, note, say } from '../terminal/io.ts';
import { yamlText } from '../terminal/print.ts';
import { convertAll } from './convert/convert.ts';
import { manifestsInCluster } from './from-cluster.ts';
import { manifestsInFiles } from './from-files.ts';
import { nextSteps } from './next.ts';
import { planImport } from './plan.ts';
import type { ImportPlan } from './plan.ts';
import { reportText } from './report.ts';
import { surroundingsOf } from './surroundings.ts';
import { verifyPlan } from './verify.ts';
import { filesOf, writeFiles } from './write.ts';

const HELP = `${examples(
  'vaultcast import -f manifests/ --cluster weu-1                 # what would become of them?',
  'vaultcast import --context weu-1 --write moved/                # routes, consent and report, as files',
  'vaultcast import --context weu-1 --namespace app-1 --verify    # is what they make equal to what stands there?',
  'vaultcast import --context weu-1 --accept-from-label team -o yaml > routes.yaml',
)}

It understands ExternalSecret, ClusterExternalSecret, SecretStore and ClusterSecretStore (External Secrets Operator),
AzureKeyVaultSecret (akv2k8s), and SecretProviderClass with secretObjects (Secrets Store CSI driver). It changes nothing: not the
cluster, not the registry. Exit code 2 when something cannot be converted, or is not equal.`;

interface ImportOptions extends VaultOptions {
  kubeconfig?: string;
  context?: string;
  filename?: string[];
  namespace?: string[];
  cluster?: string;
  clusterLabel?: string[];
  acceptFromLabel?: string;
  vaultDomain: string;
  user?: string;
  verify?: boolean;
  write?: string;
  output: 'report' | 'yaml' | 'json';
}

export const addImport: AddCommand = (command, context) => {
  command
    .option(FILENAME, 'manifests: file, folder, or - for stdin; repeatable', collect)
    .option('--context <name>', 'read the cluster of this context of your kubeconfig')
    .option(KUBECONFIG, `your kubeconfig; ${KUBECONFIG_DEFAULT}`)
    .option(
      '-n, --namespace <name>',
      'only this namespace; for files, where objects go that say none',
      collect,
    )
    .option('--cluster <name>', 'the Cluster that the routes are for; default: the name of the context')
    .option('--cluster-label <key=value>', 'or all Clusters with this label; repeatable', collect)
    .option(
      '--accept-from-label <key>',
      'each namespace consents to the prefix that its label of this key holds',
    )
    .option('--vault-domain <domain>', 'of vaults that are given by their names only', 'vault.azure.net')
    .option('--user <name>', "for the consent: the object id of the app's identity")
    .option('--verify', 'render each route with your own sign-in, and compare it with the live Secret')
    .option('--write <folder>', 'write registry/, consent/ and report.txt there')
    .addOption(
      new Option('-o, --output <format>', 'what to print: the report, or the routes')
        .choices(['report', 'yaml', 'json'])
        .default('report'),
    );
  withVaults(command)
    .addHelpText('after', HELP)
    .action(async (options: ImportOptions) => {
      context.finish(await runImport(options, context));
    });
};

async function runImport(options: ImportOptions, context: Context): Promise<ExitCode> {
  const { io } = context;
  if (options.filename === undefined && options.context === undefined)
    throw usage('nothing says what to import', 'Give manifests with -f, or a cluster with --context.');
  if (options.verify === true && options.context === undefined)
    throw usage('--verify compares with a cluster', 'Give it with --context.');
  const person = options.context === undefined ? undefined : await openPersonCluster(options, io);
  const { manifests, allNamespaces } = await read(options, person, io);
  const { vaultDomain } = options;
  const surroundings = surroundingsOf({ manifests, allNamespaces, person, vaultDomain });
  const frame = {
    vaults: knownVaults(options, io),
    clusters: clustersOf(options, person),
    label: options.acceptFromLabel,
  };
  const converted = await convertAll(manifests, surroundings);
  const plan = planImport(converted, frame, surroundings);
  return print(plan, person, options, context);
}

async function read(options: ImportOptions, person: PersonCluster | undefined, io: Io) {
  const { filename = [], namespace = [] } = options;
  const files = await manifestsInFiles(filename, namespace[0], io);
  for (const file of files.unreadable) note(io, `${file} is no YAML (a template?): render it first`);
  if (person === undefined) return { manifests: files.manifests, allNamespaces: false };
  const cluster = await manifestsInCluster(person, namespace);
  for (const what of cluster.unseen) note(io, `Not read: ${what}`);
  return { manifests: [...files.manifests, ...cluster.manifests], allNamespaces: cluster.allNamespaces };
}

/** Without any the vaults' own names are their aliases. */
function knownVaults(options: VaultOptions, { env }: Io): ReadonlyMap<string, string> {
  const isGiven = options.vaultUrl !== undefined || (env['VAULTS'] ?? '') !== '';
  return isGiven ? vaultSetting(options, env) : parseVaults('').value;
}

function clustersOf(options: ImportOptions, person: PersonCluster | undefined): object {
  const { clusterLabel = [], cluster = person?.context } = options;
  if (clusterLabel.length > 0) {
    const pairs = clusterLabel.map((pair) => pair.split('=', 2));
    if (pairs.every(([key = '', value]) => key !== '' && value !== undefined))
      return { matchLabels: Object.fromEntries(pairs) as Record<string, string> };
    throw usage('--cluster-label is no label', 'Write KEY=VALUE.');
  }
  if (cluster !== undefined) return { names: [cluster] };
  throw usage('nothing says which clusters the routes are for', 'Give --cluster or --cluster-label.');
}

async function print(
  plan: ImportPlan,
  person: PersonCluster | undefined,
  options: ImportOptions,
  context: Context,
): Promise<ExitCode> {
  const { io } = context;
  const verified = person && options.verify === true ? await verifyPlan(plan, person, options, context) : [];
  const report = reportText(io, plan.items);
  const written = plan.routes.map((route) => route.written);
  if (options.output === 'json')
    say(io, JSON.stringify({ items: plan.items, verified, routes: written }, undefined, 2));
  else if (options.output === 'yaml') say(io, yamlText(written));
  (options.output === 'report' ? say : note)(io, report);
  if (options.write !== undefined) {
    const plain = reportText({ ...io, colour: false }, plan.items);
    await writeFiles(options.write, filesOf(plan, options.user, plain));
  }
  for (const line of nextSteps(plan, person, options)) note(io, line);
  const cannot = plan.items.some(({ result }) => result === 'cannot');
  const unequal = verified.some(({ result }) => result !== 'equal');
  return cannot || unequal ? EXIT.differs : EXIT.ok;
}

function usage(message: string, advice: string): CliError {
  return new CliError(message, advice, EXIT.usage);
}
