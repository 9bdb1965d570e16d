import { parseInstance } from '../../config/identity.ts';
import type { TargetRef } from '../../names.ts';
import type { Cluster, Route } from '../../registry/document.ts';
import { namespaceName, objectName } from '../../registry/fields.ts';
import { selectsCluster } from '../../route/targets.ts';
import type { AddCommand, Context } from '../command.ts';
import { examples } from '../command.ts';
import { openPersonCluster } from '../connect/cluster.ts';
import { readRegistry, registered } from '../connect/registry.ts';
import type { RegistryOptions, VaultOptions } from '../connect/flags.ts';
import { withRegistry, withVaults } from '../connect/flags.ts';
import { CliError } from '../terminal/failure.ts';
import type { ExitCode, Io } from '../terminal/io.ts';
import { EXIT } from '../terminal/io.ts';
import { decideRelease } from './decide.ts';
import { judgeAdoption, judgeAll } from './judge.ts';
import { carryOut } from './write.ts';

const HELP = `${examples(
  'vaultcast adopt --kubeconfig ~/.kube/config --context weu-1 --route app-1 --instance vaultcast-prod app-1/pg app-1/mq',
  'vaultcast adopt --context weu-1 --route app-1 --dry-run app-1/pg   # exit code 2 when it would be adopted',
  'vaultcast adopt --context weu-1 --release app-1/pg                 # the way back',
)}

A Secret is adopted only when its content is equal to what the route would write: whoever reads it notices nothing.
Values are read with your own sign-in and compared here; none is shown.`;

interface AdoptOptions extends RegistryOptions, VaultOptions {
  kubeconfig?: string;
  context?: string;
  cluster?: string;
  route?: string;
  instance?: string;
  forceOwner?: boolean;
  release?: boolean;
  dryRun?: boolean;
  yes?: boolean;
}

export const addAdopt: AddCommand = (command, context) => {
  command
    .argument('<namespace/name...>', 'the Secrets')
    .option('--kubeconfig <file>', 'your kubeconfig, plugins included; default: KUBECONFIG or ~/.kube/config')
    .option('--context <name>', 'a context of it; default: its current one')
    .option('--cluster <name>', 'the Cluster as registered; default: the name of the context')
    .option('--route <name>', 'the route that is to own them')
    .option('--instance <name>', 'the deployment that is to own them; default: INSTANCE')
    .option('--force-owner', 'also what another tool owns; its owner references are taken off')
    .option('--release', 'the way back: take the labels and annotations of vaultcast off')
    .option('--dry-run', 'show the plan only; exit code 2 when there is something to do')
    .option('-y, --yes', 'do not ask; needed when nobody is there to answer');
  withVaults(withRegistry(command))
    .addHelpText('after', HELP)
    .action(async (targets: string[], options: AdoptOptions) => {
      context.finish(await adopt(targets, options, context));
    });
};

/** Touches a cluster, and only with the person's own kubeconfig. */
async function adopt(words: readonly string[], options: AdoptOptions, context: Context): Promise<ExitCode> {
  const { io } = context;
  const instance = instanceOf(options, io);
  for (const word of words) targetOf(word, '');
  const person = await openPersonCluster(options, io.signal);
  const { cluster, route } = await documentsOf(options, person.context, context);
  const targets = [...new Set(words)].map((word) => targetOf(word, cluster.metadata.name));
  if (route === undefined) {
    const judged = await judgeAll(targets, person, (live, target) => decideRelease(live, target, instance));
    return carryOut(judged, person, { ...options, verb: 'release' }, io);
  }
  const vault = await context.openVault(options, io);
  const listing = await vault.list(route.spec.vault, io.signal);
  const forceOwner = options.forceOwner === true;
  const adopting = { person, cluster, route, vault, listing, instance, forceOwner };
  const judged = await judgeAll(targets, person, (live, target) =>
    judgeAdoption(live, target, adopting, io.signal),
  );
  return carryOut(judged, person, { ...options, verb: 'adopt' }, io);
}

/** It stands on every Secret: a wrong one would hand the Secret to nobody. */
function instanceOf({ instance }: AdoptOptions, { env }: Io): string {
  const { value, problems } = parseInstance(instance ?? env['INSTANCE'] ?? '');
  if (problems.length === 0) return value;
  throw usage(
    'the deployment that is to own the Secrets is not given',
    'Give --instance, or set INSTANCE as the app has it (default there: the name of the function app).',
  );
}

/** `app-1/pg`. Throws CliError. */
function targetOf(word: string, cluster: string): TargetRef {
  const [namespace = '', name = '', ...rest] = word.split('/');
  const valid = namespaceName.safeParse(namespace).success && objectName.safeParse(name).success;
  if (valid && rest.length === 0) return { cluster, namespace, name };
  throw usage(`${JSON.stringify(word)} names no Secret`, 'Write NAMESPACE/NAME.');
}

/** The cluster as registered, and the route, which must reach it. `route` is undefined for a release. */
async function documentsOf(
  options: AdoptOptions,
  contextName: string,
  context: Context,
): Promise<{ cluster: Cluster; route: Route | undefined }> {
  const { clusters, routes } = await readRegistry(options, context);
  const cluster = registered('Cluster', clusters, options.cluster ?? contextName);
  if (options.release === true) return { cluster, route: undefined };
  if (options.route === undefined)
    throw usage('the route that is to own the Secrets is not given', 'Give --route.');
  const route = registered('Route', routes, options.route);
  if (selectsCluster(route, cluster)) return { cluster, route };
  throw new CliError(
    `route ${options.route} does not reach cluster ${cluster.metadata.name}`,
    'See: vaultcast get routes',
  );
}

function usage(message: string, advice: string): CliError {
  return new CliError(message, advice, EXIT.usage);
}
