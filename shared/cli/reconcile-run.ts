import { runId } from '../retry/message.ts';
import { selectsCluster } from '../route/targets.ts';
import { harmless } from './terminal/colour.ts';
import type { Context } from './command.ts';
import { CliError } from './terminal/failure.ts';
import type { ExitCode, Io } from './terminal/io.ts';
import { EXIT, note } from './terminal/io.ts';
import type { ReconcileOptions } from './reconcile.ts';
import { named, readRegistry } from './connect/registry.ts';
import type { RegistryView } from './connect/registry.ts';
import { carryOutRun } from './run/run.ts';
import { reconcileOrder } from './run/orders.ts';

/** The clusters meant, without paused ones: the app does not look at those, so no result would ever come. */
function clustersOf({ clusters, routes }: RegistryView, options: ReconcileOptions, io: Io): string[] {
  const asked = options.cluster === undefined ? clusters : named('Cluster', clusters, options.cluster);
  const [route] = options.route === undefined ? [] : named('Route', routes, [options.route]);
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

function assertConfirmation({ confirmRemovals, cluster = [] }: ReconcileOptions): void {
  if (confirmRemovals === undefined) return;
  if (!runId.safeParse(confirmRemovals).success || cluster.length !== 1)
    throw new CliError(
      '--confirm-removals takes the run that held them back, of one --cluster',
      'Both stand in: vaultcast get runs --cluster NAME',
      EXIT.usage,
    );
}

/** A person asks: what was refused before is looked into again. */
export async function reconcile(
  options: ReconcileOptions,
  dryRun: boolean,
  context: Context,
): Promise<ExitCode> {
  assertConfirmation(options);
  const { route, confirmRemovals } = options;
  const clusters = clustersOf(await readRegistry(options, context), options, context.io);
  const scope = {
    ...(route === undefined ? {} : { route }),
    ...(confirmRemovals === undefined ? {} : { confirmRemovals }),
  };
  return carryOutRun([reconcileOrder(clusters, { dryRun, recheck: true, ...scope })], options, context);
}
