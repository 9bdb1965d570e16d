import { recordClusterHealth } from './circuits.ts';
import { limited } from './deliver/limit.ts';
import { type Code, failureOf, VaultcastError } from './errors.ts';
import { circuitsOrNone } from './look-up.ts';
import type { Ports } from './ports.ts';
import type { Listing } from './read/source.ts';
import { reconcileCluster, type ClusterRun } from './reconcile-cluster.ts';
import type { Shared } from './reconcile/look.ts';
import { codesOf, linesOf } from './reconcile/run-lines.ts';
import type { Cluster, Route } from './registry/document.ts';
import { type Circuit, heldForMs } from './report/circuit.ts';
import type { ReconcileMessage } from './report/message.ts';
import { type RunRow } from './report/row.ts';
import { newRunId } from './report/run.ts';
import { selectsCluster } from './route/claims.ts';
import type { Settings } from './sync.ts';

export type Shard = Extract<ReconcileMessage, { kind: 'shard' }>;

/** Clusters per message: one instance takes a shard. */
const SHARD_CLUSTERS = 20;
/** Clusters of a shard looked at at once: memory is that of so many clusters, whatever the size of the fleet. */
const CLUSTERS_AT_ONCE = 4;
/** Of one cluster: a run that hangs must not keep its shard for ever. */
const CLUSTER_MS = 8 * 60_000;

const NEVER = new AbortController().signal;

/**
 * A run makes everything right that events left wrong: lost ones, hand edits, clusters restored from a backup, secrets
 * disabled, deleted or expired. It is one message per shard of clusters; a shard lists each vault once and looks at each
 * cluster's metadata, so that nothing is read or written where nothing changed.
 */
export async function startRun(ports: Ports, isPastDue: boolean): Promise<string> {
  const run = newRunId(ports.clock.now());
  if (isPastDue)
    ports.log.outcome({ code: 'RUN_MISSED', message: 'the reconcile timer missed its schedule', runId: run });
  const { rows } = await ports.registry.clusters(NEVER);
  const names = rows.filter((cluster) => !cluster.spec.paused).map((cluster) => cluster.metadata.name);
  for (let start = 0; start < names.length; start += SHARD_CLUSTERS) {
    const clusters = names.slice(start, start + SHARD_CLUSTERS);
    await ports.queue.reconcile({ kind: 'shard', run, clusters, dryRun: false, recheck: false }, NEVER);
  }
  return run;
}

/** One shard. Never rejects: what fails is recorded, and the next run looks again. */
export async function reconcileShard(shard: Shard, ports: Ports, settings: Settings): Promise<void> {
  const registry = await readRegistry(shard, ports).catch(failureOf);
  if ('code' in registry) return ports.log.outcome({ ...registry, runId: shard.run });
  const { clusters, routes, bad } = registry;
  const wanted = routes.filter((route) => clusters.some((cluster) => selectsCluster(route, cluster)));
  const listings = await listVaults(wanted, shard, ports);
  const shared: Shared = { routes, listings, doubt: bad > 0 };
  const limit = limited(CLUSTERS_AT_ONCE);
  await Promise.all(
    clusters.map((cluster) => limit(() => runCluster(shard, cluster, shared, ports, settings))),
  );
}

async function readRegistry(shard: Shard, ports: Ports) {
  const [clusters, routes] = await Promise.all([
    ports.registry.clusters(NEVER),
    ports.registry.routes(NEVER),
  ]);
  for (const row of [...clusters.bad, ...routes.bad])
    ports.log.outcome({
      code: 'BAD_ROW',
      message: `${row.kind} ${row.name}: ${row.message}`,
      runId: shard.run,
    });
  const mine = clusters.rows.filter((one) => shard.clusters.includes(one.metadata.name) && !one.spec.paused);
  return { clusters: mine, routes: routes.rows, bad: clusters.bad.length + routes.bad.length };
}

/** Every vault the shard's routes speak of, once; one that fails is missing and costs the others nothing. */
async function listVaults(
  routes: readonly Route[],
  shard: Shard,
  ports: Ports,
): Promise<Map<string, Listing>> {
  const vaults = [...new Set(routes.map((route) => route.spec.vault))];
  const lists = vaults.map(async (vault) => {
    try {
      return [await ports.vault.list(vault, NEVER)];
    } catch (error) {
      ports.log.outcome({ ...failureOf(error), vault, runId: shard.run });
      return [];
    }
  });
  return new Map((await Promise.all(lists)).flat().map((listing) => [listing.vault, listing]));
}

async function runCluster(
  shard: Shard,
  cluster: Cluster,
  shared: Shared,
  ports: Ports,
  settings: Settings,
): Promise<void> {
  const row = emptyRun(shard, cluster.metadata.name, ports.clock.now());
  const circuits = await circuitsOrNone(ports, NEVER);
  let failed: Code | undefined;
  const ended = await attempt(row, circuits, shard, cluster, shared, ports, settings).catch(
    (error: unknown): RunRow => {
      const { code, message } = failureOf(error);
      failed = code;
      ports.log.outcome({ code, message, cluster: row.cluster, runId: row.run });
      return { ...row, state: 'failed', counts: { [code]: 1 }, lines: [`${code}: ${message}`] };
    },
  );
  await finish(ports, ended);
  await recordClusterHealth(ports, row.cluster, failed, circuits, NEVER);
}

async function attempt(
  row: RunRow,
  circuits: ReadonlyMap<string, Circuit>,
  shard: Shard,
  cluster: Cluster,
  shared: Shared,
  ports: Ports,
  settings: Settings,
): Promise<RunRow> {
  assertNotProbed(row.cluster, circuits, ports.clock.now());
  const { superseded, confirmed } = await earlierRuns(shard, row.cluster, ports);
  if (superseded) return { ...row, state: 'superseded' };
  await ports.status.saveRun(row, NEVER);
  const orders = { ...shard, route: shard.route, now: row.startedAt, confirmed };
  const progress = (done: number, total: number): Promise<void> =>
    ports.status.saveRun({ ...row, done, total }, NEVER);
  const signal = AbortSignal.timeout(CLUSTER_MS);
  const did = await reconcileCluster(ports, settings, cluster, shared, orders, progress, signal);
  report(shard, did, ports);
  const { total } = did.plan;
  return { ...row, state: 'done', done: total, total, counts: codesOf(did), lines: linesOf(did) };
}

function emptyRun(shard: Shard, cluster: string, startedAt: number): RunRow {
  const kind = shard.dryRun ? 'plan' : 'reconcile';
  return {
    cluster,
    run: shard.run,
    kind,
    scope: shard.route ?? '',
    state: 'running',
    startedAt,
    finishedAt: 0,
    done: 0,
    total: 0,
    counts: {},
    lines: [],
  };
}

/** A newer whole run makes an older one unnecessary; runs for one route, and plans, neither supersede nor are superseded. */
async function earlierRuns(shard: Shard, cluster: string, ports: Ports) {
  const runs = await ports.status.runs(cluster, NEVER);
  const whole = shard.route === undefined && !shard.dryRun;
  const superseded =
    whole && runs.some((row) => row.kind === 'reconcile' && row.scope === '' && row.run > shard.run);
  const held = runs.find((row) => row.run === shard.confirmRemovals);
  return { superseded, confirmed: (held?.counts['REMOVAL_HELD'] ?? 0) > 0 };
}

function assertNotProbed(cluster: string, circuits: ReadonlyMap<string, Circuit>, now: number): void {
  if (heldForMs(circuits.get(cluster), now) > 0)
    throw new VaultcastError(
      'CLUSTER_PROBED',
      `cluster ${cluster} keeps failing; the run leaves it to its next probe`,
    );
}

async function finish(ports: Ports, row: RunRow): Promise<void> {
  const finishedAt = ports.clock.now();
  const names = { cluster: row.cluster, runId: row.run, durationMs: finishedAt - row.startedAt };
  if (row.state === 'done')
    ports.log.outcome({
      code: 'RUN_DONE',
      message: `${row.total} targets, ${JSON.stringify(row.counts)}`,
      ...names,
    });
  if (row.state === 'superseded')
    ports.log.outcome({ code: 'SUPERSEDED', message: 'a newer run looks at this cluster', ...names });
  await ports.status.saveRun({ ...row, finishedAt }, NEVER).catch((error: unknown) => {
    const { code, message } = failureOf(error);
    ports.log.outcome({ code, message, ...names });
  });
}

/** One line per target that was looked into, and per orphan that is new. */
function report(shard: Shard, did: ClusterRun, ports: Ports): void {
  for (const result of did.results) {
    const { route, target } = result.work.claim;
    const { code, message } = result;
    ports.log.outcome({
      code,
      message,
      vault: route.spec.vault,
      ...target,
      route: route.metadata.name,
      runId: shard.run,
    });
  }
  for (const { code, message, target } of did.orphans)
    if (code !== 'ORPHANED') ports.log.outcome({ code, message, ...target, runId: shard.run });
  if (did.plan.held > 0)
    ports.log.outcome({
      code: 'REMOVAL_HELD',
      message: `${did.plan.held} removals wait for: vaultcast reconcile --cluster C --confirm-removals ${shard.run}`,
      runId: shard.run,
    });
}
