import type { Command } from 'commander';
import { runId } from '../retry/message.ts';
import { selectsCluster } from '../route/targets.ts';
import type { AddCommand, Context } from './command.ts';
import { examples } from './command.ts';
import { readRegistry, registered } from './connect/registry.ts';
import type { RegistryView } from './connect/registry.ts';
import { reconcileOrder } from './run/orders.ts';
import { runInApp, withRun } from './run/run.ts';
import type { RunOptions } from './run/run.ts';
import { harmless } from './terminal/text.ts';
import { CliError } from './terminal/failure.ts';
import type { ExitCode, Io } from './terminal/io.ts';
import { EXIT, note } from './terminal/io.ts';
import { collect } from './connect/flags.ts';

interface ReconcileOptions extends RunOptions {
  cluster?: string[];
  route?: string;
  confirmRemovals?: string;
}

const PLAN_HELP = examples(
  'vaultcast plan                              # exit code 0: looked everywhere, and nothing differs',
  'vaultcast plan --cluster weu-1',
  'vaultcast plan --route app-1 -o json',
);

export const addPlan: AddCommand = (command, context) => {
  withRun(scoped(command))
    .addHelpText('after', PLAN_HELP)
    .action(async (options: ReconcileOptions) => {
      context.finish(await reconcile(options, { dryRun: true }, context));
    });
};

const RECONCILE_HELP = examples(
  'vaultcast reconcile',
  'vaultcast reconcile --cluster weu-1 --route app-1',
  'vaultcast reconcile --cluster weu-1 --confirm-removals 20261121T101500Z-3fa9c1',
);

export const addReconcile: AddCommand = (command, context) => {
  withRun(scoped(command))
    .option('--confirm-removals <run>', 'let go what that run of the cluster held back (REMOVAL_HELD)')
    .addHelpText('after', RECONCILE_HELP)
    .action(async (options: ReconcileOptions) => {
      context.finish(await reconcile(options, { dryRun: false }, context));
    });
};

function scoped(command: Command): Command {
  return command
    .option('--cluster <name>', 'only this cluster; repeatable', collect)
    .option('--route <name>', 'only the targets of this route');
}

/** A person asks: what was refused before is looked into again. */
async function reconcile(
  options: ReconcileOptions,
  { dryRun }: { dryRun: boolean },
  context: Context,
): Promise<ExitCode> {
  const { route, confirmRemovals } = options;
  const clusters = clustersOf(await readRegistry(options, context), options, context.io);
  await assertConfirmation(options, context);
  const scope = {
    ...(route === undefined ? {} : { route }),
    ...(confirmRemovals === undefined ? {} : { confirmRemovals }),
  };
  return runInApp([reconcileOrder(clusters, { dryRun, recheck: true, ...scope })], options, context);
}

/** Throws CliError unless that run of the one cluster held removals back: the app would confirm nothing, unsaid. */
async function assertConfirmation(options: ReconcileOptions, { io, openStatus }: Context): Promise<void> {
  const { confirmRemovals: run, cluster: [cluster, ...others] = [] } = options;
  if (run === undefined) return;
  if (!runId.safeParse(run).success || cluster === undefined || others.length > 0)
    throw new CliError(
      '--confirm-removals takes the run that held them back, of one --cluster',
      'Both stand in: vaultcast get problems',
      EXIT.usage,
    );
  const runs = await (await openStatus(options, io)).runs(cluster, io.signal);
  const holding = runs.filter(({ counts }) => (counts['REMOVAL_HELD'] ?? 0) > 0).map((row) => row.run);
  if (holding.includes(run)) return;
  const [newest] = holding;
  const advice = newest === undefined ? 'None of the runs kept did.' : `The newest one that did: ${newest}`;
  throw new CliError(`run ${run} held no removals back in cluster ${cluster}`, advice);
}

/** The clusters meant, without paused ones: the app does not look at those, so no result would ever come. */
function clustersOf({ clusters, routes }: RegistryView, options: ReconcileOptions, io: Io): string[] {
  const asked = options.cluster?.map((name) => registered('Cluster', clusters, name)) ?? clusters;
  const route = options.route === undefined ? undefined : registered('Route', routes, options.route);
  const reached = route === undefined ? asked : asked.filter((cluster) => selectsCluster(route, cluster));
  const paused = reached.filter((cluster) => cluster.spec.paused).map(({ metadata }) => metadata.name);
  if (paused.length > 0) note(io, `Paused, left out: ${paused.map(harmless).join(', ')}`);
  if (route?.spec.paused === true)
    note(io, `Route ${route.metadata.name} is paused: nothing of it is written.`);
  const names = reached.filter((cluster) => !cluster.spec.paused).map(({ metadata }) => metadata.name);
  if (names.length > 0) return [...new Set(names)];
  const what =
    route === undefined ? 'no cluster' : `no such cluster is reached by route ${route.metadata.name}`;
  throw new CliError(`${what}: there is nothing to look at`, 'See: vaultcast get clusters');
}
