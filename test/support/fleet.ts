import { onReconcileMessage } from '../../shared/commands/orders.ts';
import { startRun } from '../../shared/reconcile/start.ts';
import type { RunStatus } from '../../shared/status/run.ts';
import type { TargetStatus } from '../../shared/status/target.ts';
import { newRunId } from '../../shared/status/run.ts';
import { stored, writtenRoute, writtenCluster } from './documents.ts';
import { finish, type World } from './world.ts';

export const HOUR_MS = 3_600_000;
const { signal } = new AbortController();

/** What a run may be asked besides a timer's. */
interface Asked {
  clusters?: string[];
  route?: string;
  confirmRemovals?: string;
  dryRun?: boolean;
  recheck?: boolean;
}

/** A run of the timer over all clusters, to its end, in a second of its own. Returns its id. */
export async function reconcile(world: World): Promise<string> {
  await world.ports.clock.advance(1000);
  const run = await finish(world.ports.clock, startRun(world.ports));
  await drainRuns(world);
  return run;
}

/** A run that a person asks for, of cluster weu-1 unless told otherwise. */
export async function reconcileNow(world: World, asked: Asked = {}): Promise<string> {
  await world.ports.clock.advance(1000);
  const run = newRunId(world.ports.clock.now());
  const shard = { kind: 'shard', run, clusters: ['weu-1'], dryRun: false, recheck: true, ...asked };
  await finish(world.ports.clock, onReconcileMessage(shard, world.ports, world.settings));
  return run;
}

/** Two runs more than an hour apart, as a removal needs them; and whatever the clock brings between. */
export async function reconcileTwice(world: World): Promise<string> {
  await reconcile(world);
  await world.ports.clock.advance(HOUR_MS + 60_000);
  return reconcile(world);
}

/** Handles what waits on queue `reconcile`. */
export async function drainRuns({ ports, settings }: World): Promise<void> {
  for (let next = ports.queue.receive('reconcile'); next; next = ports.queue.receive('reconcile')) {
    await finish(ports.clock, onReconcileMessage(next.message, ports, settings));
    next.complete();
  }
}

/** Forgets every call and line so far. */
export function forget({ ports }: World): void {
  for (const log of [ports.kubernetes.log, ports.vault.log, ports.status.log, ports.log.outcomes])
    log.length = 0;
}

/** Reads of values, whatever of. */
export const allValueReads = ({ ports }: World): string[] =>
  ports.vault.log.filter((call) => call.startsWith('vault.read'));

/** What was written into the tables, without the rows of runs and back-offs. */
export const rowWrites = ({ ports }: World): string[] =>
  ports.status.log.filter((call) => /^status\.(save|forget)Targets/.test(call));

export const rowsOf = ({ ports }: World, cluster = 'weu-1'): Promise<TargetStatus[]> =>
  ports.status.targets(cluster, signal);

export async function stateOf(world: World, id = 'app-1:pg'): Promise<TargetStatus['state'] | undefined> {
  return (await rowsOf(world)).find((row) => row.id === id)?.state;
}

/** What people read as problems without a target: id and code. */
export async function problemsOf(world: World): Promise<Record<string, string>> {
  const rows = await rowsOf(world, '-');
  return Object.fromEntries(rows.map((row) => [row.id, row.code]));
}

export async function runRow(world: World, run: string, cluster = 'weu-1'): Promise<RunStatus | undefined> {
  return (await world.ports.status.runs(cluster, signal)).find((row) => row.run === run);
}

export async function putRoute(
  { ports }: World,
  name: string,
  spec: Record<string, unknown> = {},
): Promise<void> {
  await put(ports, writtenRoute(name, spec));
}

export async function putCluster(
  { ports }: World,
  name: string,
  spec: Record<string, unknown> = {},
): Promise<void> {
  await put(ports, writtenCluster(name, spec));
}

async function put(
  { registry }: World['ports'],
  written: ReturnType<typeof writtenRoute | typeof writtenCluster>,
) {
  const { existing } = await registry.list(signal);
  const before = existing.find((one) => one.kind === written.kind && one.name === written.metadata.name);
  await registry.put(stored(written), before, signal);
}

/** Takes rows out of the registry, by kind and name. */
export async function dropRows(
  { ports }: World,
  kind: 'Route' | 'Cluster',
  ...names: string[]
): Promise<void> {
  const { existing } = await ports.registry.list(signal);
  for (const one of existing)
    if (one.kind === kind && (names.length === 0 || names.includes(one.name)))
      await ports.registry.remove(one, signal);
}
