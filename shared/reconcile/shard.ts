import pLimit from 'p-limit';
import { type Failure, failureOf, VaultcastError } from '../errors.ts';
import type { Ports, Settings } from '../ports.ts';
import type { Cluster } from '../registry/document.ts';
import { type BackOff, backOffText, heldForMs, isBackingOff, releaseMs } from '../retry/back-off.ts';
import { claimTry, knownBackOffs, readBackOffs, recordClusterHealth } from '../retry/hold.ts';
import { askedBy, type Shard } from '../retry/message.ts';
import { clusterProblem } from '../status/problem.ts';
import { failedRun, type RunStatus, startedRun, startOf } from '../status/run.ts';
import { DAY_MS } from '../status/target.ts';
import { NEVER, withDeadline, within } from '../time.ts';
import { reconcileCluster } from './cluster.ts';
import { earlierRuns } from './earlier.ts';
import { keepProblems, problemsIn } from './problems.ts';
import { isUnchanged, quietRun } from './quiet.ts';
import { endedRow, logCluster, logEnd, noticesOf, unchangedNotice, unchangedRow } from './report.ts';
import { listVaults, readRegistry, type Snapshot } from './snapshot.ts';

/** Clusters that an instance looks at at once, whatever the number of its shards: so much is held in memory. */
const atOnce = pLimit(4);
/** After the vaults were listed: clusters whose turn comes later go on as a shard of their own. */
const START_MS = 60_000;
/** Of a shard, from its start: its clusters finish then, and are given up a little later. The function has 10 minutes. */
const FINISH_MS = 8.5 * 60_000;
const GIVE_UP_MS = 45_000;

/** What the clusters of a shard share. */
interface Round {
  shard: Shard;
  snapshot: Snapshot;
  ports: Ports;
  settings: Settings;
  /** ms since the epoch: what is not done by then is left to the next run. */
  finishAt: number;
  /** Secrets whose waiting version has its message already. */
  scheduled: Set<string>;
}

/**
 * One shard of a run, which makes everything right that events left wrong: lost ones, hand edits, clusters restored from a
 * backup, secrets disabled, deleted or expired. It lists each vault once and looks at the metadata of each cluster, so
 * that nothing is read or written where nothing changed. Never rejects: what fails is recorded, and the next run looks
 * again.
 */
export async function reconcileShard(shard: Shard, ports: Ports, settings: Settings): Promise<void> {
  const { clock } = ports;
  const finishAt = clock.now() + FINISH_MS;
  const registry = await readRegistry(shard, ports).catch(failureOf);
  if ('code' in registry) return giveUpShard(shard, registry, ports);
  const absent = registry.absent.map(({ cluster, code, message }) =>
    finish(ports, failedRun(startedRow(shard, cluster, clock.now()), code, message)),
  );
  await Promise.all(absent);
  const listed = await listVaults(registry, ports);
  for (const [vault, { code, message }] of listed.failures)
    ports.log.line({ code, message, vault, runId: shard.run });
  const { absent: _absent, ...rest } = registry;
  const snapshot = { ...rest, ...listed };
  const round = { shard, snapshot, ports, settings, finishAt, scheduled: new Set<string>() };
  const begun = clock.now();
  const late: string[] = [];
  const run = async (cluster: Cluster) => {
    if (clock.now() - begun < START_MS)
      return [await runCluster(round, cluster).finally(() => ports.kubernetes.rest(cluster))];
    late.push(cluster.metadata.name);
    return [];
  };
  const ends = await Promise.all(snapshot.clusters.map((cluster) => atOnce(() => run(cluster))));
  await passOn(shard, late, ports);
  if (!shard.dryRun) await keepProblems(ports, shard, snapshot, ends.flat());
}

/** What a shard has no time for goes on as a message: another invocation reads the registry and the vaults anew for it. */
async function passOn(shard: Shard, clusters: string[], ports: Ports): Promise<void> {
  if (clusters.length === 0) return;
  const rest = { ...shard, clusters };
  const giveUp = (error: unknown): Promise<void> => giveUpShard(rest, failureOf(error), ports);
  await ports.queue.reconcile(rest, 0, NEVER).catch(giveUp);
}

async function giveUpShard(shard: Shard, { code, message }: Failure, ports: Ports): Promise<void> {
  ports.log.line({ code, message, runId: shard.run });
  const rows = shard.clusters.map((name) =>
    failedRun(startedRow(shard, name, ports.clock.now()), code, message),
  );
  await Promise.all(rows.map((row) => finish(ports, row)));
}

/** The row of a run that begins with a cluster. */
function startedRow(shard: Shard, cluster: string, startedAt: number): RunStatus {
  const { run, dryRun, route } = shard;
  return {
    ...startedRun(cluster, run, dryRun ? 'plan' : 'reconcile', startedAt, route),
    ...askedBy(shard),
  };
}

async function runCluster(round: Round, cluster: Cluster) {
  const { shard, ports, settings } = round;
  const { name } = cluster.metadata;
  const row = startedRow(shard, name, ports.clock.now());
  const backOffs = await backOffsOf(name, ports, settings);
  try {
    const did = await attempt(round, cluster, row, backOffs);
    if (did === undefined) return { cluster: name, problems: [], failing: [], isDone: false };
    await recordClusterHealth(ports, name, undefined, backOffs, NEVER);
    if (did === 'unchanged') return { cluster: name, problems: [], failing: [], isDone: true };
    const problems = problemsIn(did.snapshot, did.plan);
    return { cluster: name, problems, failing: did.failing, isDone: true };
  } catch (error) {
    const { code, message } = failureOf(error);
    ports.log.line({ code, message, cluster: name, runId: row.run });
    await finish(ports, failedRun(row, code, message));
    await recordClusterHealth(ports, name, { code, message }, backOffs, NEVER);
    return { cluster: name, problems: [clusterProblem(name, code, message)], failing: [], isDone: false };
  }
}

/** Read together by clusters that begin together; one that may be over already is read once more. */
async function backOffsOf(
  cluster: string,
  ports: Ports,
  { process }: Settings,
): Promise<ReadonlyMap<string, BackOff>> {
  const read = await readBackOffs({ clock: ports.clock, status: process.status }, NEVER);
  const isHeld = 'backOffs' in read && isBackingOff(read.backOffs.get(cluster));
  return knownBackOffs(ports, isHeld ? await readBackOffs(ports, NEVER) : read);
}

/**
 * Undefined when another run makes this one unnecessary; `unchanged` where all is as an earlier one left it: then nothing is told
 * or written but that.
 */
async function attempt(
  round: Round,
  cluster: Cluster,
  row: RunStatus,
  backOffs: ReadonlyMap<string, BackOff>,
) {
  const { shard, snapshot, ports, settings } = round;
  const runs = await ports.status.runs(row.cluster, NEVER);
  const earlier = earlierRuns(shard, runs, row.startedAt);
  if (earlier.isRepeated) return undefined;
  if (earlier.isSuperseded) {
    await finish(ports, { ...row, state: 'superseded' });
    return undefined;
  }
  await waitForTry(shard, row.cluster, backOffs.get(row.cluster), ports);
  const before = quietRun(shard, runs, row.startedAt);
  const view = { cluster, snapshot, instance: settings.instance };
  if (before !== undefined && (await inTime(round, (signal) => isUnchanged(ports, view, before, signal)))) {
    const unchanged = { ...unchangedRow(row, before), finishedAt: ports.clock.now() };
    // Of which nothing can be kept is no run.
    await ports.status.saveRun(unchanged, NEVER);
    logEnd(unchanged, [unchangedNotice(before)], unchanged.finishedAt, ports.log);
    return 'unchanged';
  }
  await ports.status.saveRun(row, NEVER);
  const work = { ...workOf(round, cluster, row), confirmed: earlier.confirmed };
  const did = await inTime(round, (signal) => reconcileCluster(ports, settings, work, signal));
  logCluster(shard, did, ports.log);
  await finish(ports, endedRow(row, did), noticesOf(did, row));
  return did;
}

/** In what the shard has left of its time. */
function inTime<T>(
  { ports: { clock }, finishAt }: Round,
  look: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const leftMs = Math.max(0, finishAt - clock.now());
  return within(clock, leftMs + GIVE_UP_MS, NEVER, (given) => withDeadline(clock, leftMs, given, look));
}

function workOf(
  { shard, snapshot, ports: { status, log }, scheduled }: Round,
  cluster: Cluster,
  row: RunStatus,
) {
  const progress = (done: number, total: number): Promise<void> =>
    status.saveRun({ ...row, done, total }, NEVER).catch((error: unknown) => log.failure(error));
  return { cluster, snapshot, shard, startedAt: row.startedAt, scheduled, progress };
}

/**
 * A cluster in back-off is left to its next try, and the run goes on with it then, unless a newer one does so first: rejects,
 * for it did nothing now. What a person asked for is a try.
 */
async function waitForTry(
  shard: Shard,
  cluster: string,
  backOff: BackOff | undefined,
  ports: Ports,
): Promise<void> {
  const { clock, queue, log } = ports;
  const heldMs = heldForMs(backOff, clock.now());
  if (!isBackingOff(backOff) || (heldMs === 0 && !shard.recheck)) return;
  if (shard.recheck && (await claimTry(ports, cluster, backOff, NEVER))) return;
  if (!shard.dryRun && clock.now() - startOf(shard.run) < DAY_MS)
    await queue
      .reconcile({ ...shard, clusters: [cluster] }, releaseMs(heldMs, clock.random()), NEVER)
      .catch((error: unknown) => log.failure(error));
  const message = `${backOffText(cluster, backOff)}; the run leaves it to its next try`;
  throw new VaultcastError('CLUSTER_BACKOFF', message);
}

async function finish(ports: Ports, row: RunStatus, notices: readonly string[] = []): Promise<void> {
  const finishedAt = ports.clock.now();
  logEnd(row, notices, finishedAt, ports.log);
  await ports.status
    .saveRun({ ...row, finishedAt }, NEVER)
    .catch((error: unknown) => ports.log.failure(error));
}
