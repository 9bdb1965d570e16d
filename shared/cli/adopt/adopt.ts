import type { TargetRef } from '../../names.ts';
import type { Cluster, Route } from '../../registry/document.ts';
import { namespaceName, objectName } from '../../registry/fields.ts';
import { selectsCluster } from '../../route/targets.ts';
import type { AddCommand, Context } from '../command.ts';
import { examples } from '../command.ts';
import { openPersonCluster } from '../connect/cluster.ts';
import type { PersonCluster } from '../connect/cluster.ts';
import { readRegistry, registered } from '../connect/registry.ts';
import type { QueueOptions, RegistryOptions, VaultOptions } from '../connect/flags.ts';
import { withQueue, withRegistry, withVaults } from '../connect/flags.ts';
import { KUBECONFIG, KUBECONFIG_DEFAULT } from '../connect/kubeconfig-files.ts';
import { reconcileAfterwards } from '../run/afterwards.ts';
import { reconcileOrder } from '../run/orders.ts';
import { CliError } from '../terminal/failure.ts';
import type { ExitCode } from '../terminal/io.ts';
import { EXIT, note } from '../terminal/io.ts';
import { decideRelease } from './decide.ts';
import { adoptionBy } from './judge.ts';
import { instanceAt } from './place.ts';
import { carryOut } from './write.ts';

const HELP = `${examples(
  'vaultcast adopt --context weu-1 --dry-run app-1/pg app-1/mq   # exit code 2 when one would be adopted',
  'vaultcast adopt --context weu-1 app-1/pg app-1/mq             # each by the route that makes it',
  'vaultcast adopt --context weu-1 --release app-1/pg            # the way back',
)}

A Secret is adopted only when its content is equal to what the route would write: whoever reads it notices nothing.
Values are read with your own sign-in and compared here; none is shown.`;

interface AdoptOptions extends RegistryOptions, QueueOptions, VaultOptions {
  kubeconfig?: string;
  context?: string;
  cluster?: string;
  sameCluster?: boolean;
  route?: string;
  instance?: string;
  forceOwner?: boolean;
  release?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  reconcile?: boolean;
  wait?: boolean;
}

export const addAdopt: AddCommand = (command, context) => {
  command
    .argument('<namespace/name...>', 'the Secrets')
    .option(KUBECONFIG, `your kubeconfig, plugins included; ${KUBECONFIG_DEFAULT}`)
    .option('--context <name>', 'a context of it; default: its current one')
    .option('--cluster <name>', 'the Cluster as registered; default: the name of the context')
    .option('--same-cluster', 'context and Cluster are the same, although their addresses differ')
    .option('--route <name>', 'the route that is to own them; default: of each the one that makes it')
    .option(
      '--instance <name>',
      'the deployment that is to own them; default: that of what it owns there, or INSTANCE',
    )
    .option(
      '--force-owner',
      'also what another tool owns; its owner references and its tracking are taken off',
    )
    .option('--release', 'the way back: take the labels and annotations of vaultcast off')
    .option('--dry-run', 'show the plan only; exit code 2 when there is something to do')
    .option('-y, --yes', 'do not ask; needed when nobody is there to answer')
    .option('--no-reconcile', 'leave the first look at what was adopted to the next run of the timer')
    .option('--wait', 'wait for that look, and show what came of it');
  withVaults(withQueue(withRegistry(command)))
    .addHelpText('after', HELP)
    .action(async (targets: string[], options: AdoptOptions) => {
      context.finish(await adopt(targets, options, context));
    });
};

/** Touches a cluster, and only with the person's own kubeconfig. */
async function adopt(words: readonly string[], options: AdoptOptions, context: Context): Promise<ExitCode> {
  for (const word of words) targetOf(word, '');
  const person = await openPersonCluster(options, context.io);
  const { cluster, routes } = await documentsOf(options, person.context, context);
  const targets = [...new Set(words)].map((word) => targetOf(word, cluster.metadata.name));
  const namespaces = [...new Set(targets.map(({ namespace }) => namespace))];
  const instance = await instanceAt(cluster, person, namespaces, options, context);
  const place = { person, cluster, instance };
  return options.release === true
    ? release(targets, place, options, context)
    : take(targets, { ...place, routes }, options, context);
}

interface Place {
  person: PersonCluster;
  cluster: Cluster;
  instance: string;
}

async function take(
  targets: readonly TargetRef[],
  place: Place & { routes: readonly Route[] },
  options: AdoptOptions,
  context: Context,
): Promise<ExitCode> {
  const { io } = context;
  const { person, cluster } = place;
  const vault = await context.openVault(options, io);
  const decide = adoptionBy({ ...place, vault, forceOwner: options.forceOwner === true }, io.signal);
  const { code, written } = await carryOut(targets, decide, person, { ...options, verb: 'adopt' }, io);
  if (written.length === 0) return code;
  const routes = new Set(written.map(({ decision }) => decision.route));
  const [only, ...others] = routes;
  const scope = only === undefined || others.length > 0 ? {} : { route: only };
  const afterwards = await reconcileAfterwards(
    [reconcileOrder([cluster.metadata.name], scope)],
    options,
    context,
  );
  return code === EXIT.ok ? afterwards : code;
}

async function release(
  targets: readonly TargetRef[],
  { person, instance }: Place,
  options: AdoptOptions,
  { io }: Context,
): Promise<ExitCode> {
  const { code, written } = await carryOut(
    targets,
    (live, target) => decideRelease(live, target, instance),
    person,
    { ...options, verb: 'release' },
    io,
  );
  if (written.length > 0)
    note(io, 'Routes that still claim them report NOT_OURS from now on, and touch nothing.');
  return code;
}

/** `app-1/pg`. Throws CliError. */
function targetOf(word: string, cluster: string): TargetRef {
  const [namespace = '', name = '', ...rest] = word.split('/');
  const valid = namespaceName.safeParse(namespace).success && objectName.safeParse(name).success;
  if (valid && rest.length === 0) return { cluster, namespace, name };
  throw usage(`${JSON.stringify(word)} names no Secret`, 'Write NAMESPACE/NAME.');
}

/** The cluster as registered, and the routes that may own Secrets there: the one that is named, or all that reach it. */
async function documentsOf(
  options: AdoptOptions,
  contextName: string,
  context: Context,
): Promise<{ cluster: Cluster; routes: Route[] }> {
  const { clusters, routes } = await readRegistry(options, context);
  const cluster = registered('Cluster', clusters, options.cluster ?? contextName);
  const named = options.route === undefined ? routes : [registered('Route', routes, options.route)];
  const reaching = named.filter((route) => selectsCluster(route, cluster));
  if (reaching.length > 0 || options.release === true) return { cluster, routes: reaching };
  const what = options.route === undefined ? 'no route reaches' : `route ${options.route} does not reach`;
  throw new CliError(`${what} cluster ${cluster.metadata.name}`, 'See: vaultcast get routes');
}

function usage(message: string, advice: string): CliError {
  return new CliError(message, advice, EXIT.usage);
}
