import { recordClusterHealth } from '../retry/hold.ts';
import { limited } from '../deliver/limit.ts';
import { failureOf, VaultcastError } from '../errors.ts';
import { backOffsOrNone } from '../deliver/look-up.ts';
import type { Ports } from '../ports.ts';
import { type ClusterRun, reconcileCluster } from './cluster.ts';
import { clusterProblem, type Problem, problemsIn } from './problems.ts';
import { logCluster, logEnd } from './report.ts';
import { codesOf, linesOf } from './run-lines.ts';
import { earlierRuns, failedRow, startedRow } from './run-row.ts';
import type { Shard } from '../retry/message.ts';
import { keepProblems, listVaults, readRegistry, type View } from './view.ts';
import type { Cluster } from '../registry/document.ts';
import { type BackOff, heldForMs } from '../retry/back-off.ts';
import type { RunStatus } from '../status/target.ts';
import type { Settings } from '../sync.ts';
import { withDeadline, within } from '../time.ts';

/** Clusters that an instance looks at at once, whatever the number of its shards: so much is held in memory. */
const atOnce = limited(4);
/** After the vaults were listed: clusters whose turn comes later go on as a shard of their own. */
const START_MS = 60_000;
/** Of a shard, from its start: its clusters finish then, and are given up a little later. The function has 10 minutes. */
const FINISH_MS = 8.5 * 60_000;
const GIVE_UP_MS = 45_000;

const NEVER = new AbortController().signal;

/**
 * One shard of a run, which makes everything right that events left wrong: lost ones, hand edits, clusters restored from a
 * backup, secrets disabled, deleted or expired. It lists each vault once and looks at the metadata of each cluster, so
 * that nothing is read or written where nothing changed. Never rejects: what fails is recorded, and the next run looks
 * again.
 */
export async function reconcileShard(shard: Shard, ports: Ports, settings: Settings): Promise<void> {
  const finishAt = ports.clock.now() + FINISH_MS;
  const registry = await readRegistry(shard, ports).catch(failureOf);
  if ('code' in registry) return giveUpShard(shard, registry, ports);
  await Promise.all(
    registry.absent.map(({ cluster, code, message }) =>
      finish(ports, failedRow(startedRow(shard, cluster, ports.clock.now()), code, message)),
    ),
  );
  const view = await listVaults(registry, shard, ports);
  const begun = ports.clock.now();
  const left: string[] = [];
  const run = async (cluster: Cluster): Promise<ClusterEnd[]> => {
    if (ports.clock.now() - begun < START_MS)
      return [await runCluster({ shard, view, ports, settings, finishAt }, cluster)];
    left.push(cluster.metadata.name);
    return [];
  };
  const ends = await Promise.all(view.clusters.map((cluster) => atOnce(() => run(cluster))));
  if (left.length > 0) await passOn({ ...shard, clusters: left }, ports);
  if (!shard.dryRun) await keepProblems(ports, shard, view, ends.flat());
}

/** What this shard has no time for: another invocation reads the registry and the vaults anew for it. */
async function passOn(shard: Shard, ports: Ports): Promise<void> {
  await ports.queue
    .reconcile(shard, NEVER)
    .catch((error: unknown) => giveUpShard(shard, failureOf(error), ports));
}

async function giveUpShard(
  shard: Shard,
  { code, message }: ReturnType<typeof failureOf>,
  ports: Ports,
): Promise<void> {
  ports.log.outcome({ code, message, runId: shard.run });
  const rows = shard.clusters.map((name) =>
    failedRow(startedRow(shard, name, ports.clock.now()), code, message),
  );
  await Promise.all(rows.map((row) => finish(ports, row)));
}

/** What became of one cluster: its problems, and the secrets of which a target failed, as `vault:name`. */
export interface ClusterEnd {
  cluster: string;
  problems: Problem[];
  failing: string[];
  isDone: boolean;
}

/** What the clusters of a shard share. */
interface Round {
  shard: Shard;
  view: View;
  ports: Ports;
  settings: Settings;
  /** ms since the epoch: what is not done by then is left to the next run. */
  finishAt: number;
}

async function runCluster(round: Round, cluster: Cluster): Promise<ClusterEnd> {
  const { shard, ports } = round;
  const { name } = cluster.metadata;
  const row = startedRow(shard, name, ports.clock.now());
  const backOffs = await backOffsOrNone(ports, NEVER);
  try {
    const did = await attempt(round, cluster, row, backOffs);
    if (did === undefined) return { cluster: name, problems: [], failing: [], isDone: false };
    await recordClusterHealth(ports, name, undefined, backOffs, NEVER);
    return { cluster: name, problems: problemsIn(name, did), failing: did.failing, isDone: true };
  } catch (error) {
    const { code, message } = failureOf(error);
    ports.log.outcome({ code, message, cluster: name, runId: row.run });
    await finish(ports, failedRow(row, code, message));
    await recordClusterHealth(ports, name, code, backOffs, NEVER);
    return { cluster: name, problems: [clusterProblem(name, code, message)], failing: [], isDone: false };
  }
}

/** Undefined when another run makes this one unnecessary. */
async function attempt(
  { shard, view, ports, settings, finishAt }: Round,
  cluster: Cluster,
  row: RunStatus,
  backOffs: ReadonlyMap<string, BackOff>,
): Promise<ClusterRun | undefined> {
  assertNotProbed(row.cluster, backOffs, ports.clock.now());
  const earlier = earlierRuns(shard, await ports.status.runs(row.cluster, NEVER), row.startedAt);
  if (earlier.isRepeated) return undefined;
  if (earlier.isSuperseded) {
    await finish(ports, { ...row, state: 'superseded' });
    return undefined;
  }
  await ports.status.saveRun(row, NEVER);
  const orders = { ...shard, route: shard.route, now: row.startedAt, confirmed: earlier.confirmed };
  const progress = (done: number, total: number): Promise<void> =>
    ports.status.saveRun({ ...row, done, total }, NEVER).catch((error: unknown) => note(ports, error));
  const leftMs = Math.max(0, finishAt - ports.clock.now());
  const did = await within(ports.clock, leftMs + GIVE_UP_MS, NEVER, (given) =>
    withDeadline(ports.clock, leftMs, given, (signal) =>
      reconcileCluster(ports, settings, cluster, view, orders, progress, signal),
    ),
  );
  logCluster(shard, did, ports.log);
  const { total } = did.plan;
  await finish(ports, {
    ...row,
    state: 'done',
    done: total,
    total,
    counts: codesOf(did),
    lines: linesOf(did),
  });
  return did;
}

function assertNotProbed(cluster: string, backOffs: ReadonlyMap<string, BackOff>, now: number): void {
  if (heldForMs(backOffs.get(cluster), now) > 0)
    throw new VaultcastError(
      'CLUSTER_PROBED',
      `cluster ${cluster} keeps failing; the run leaves it to its next probe`,
    );
}

async function finish(ports: Ports, row: RunStatus): Promise<void> {
  const finishedAt = ports.clock.now();
  logEnd(row, finishedAt, ports.log);
  await ports.status.saveRun({ ...row, finishedAt }, NEVER).catch((error: unknown) => note(ports, error));
}

function note(ports: Pick<Ports, 'log'>, error: unknown): void {
  const { code, message } = failureOf(error);
  ports.log.note(code, message);
}
