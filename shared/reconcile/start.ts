import pLimit from 'p-limit';
import type { Ports, Rows } from '../ports.ts';
import type { Cluster } from '../registry/document.ts';
import { badRowProblem, EMPTIED, subjectOf } from '../status/problem.ts';
import { newRunId, type RunStatus, startedRun } from '../status/run.ts';
import { NO_CLUSTER, type TargetStatus } from '../status/target.ts';
import { allEnded, NEVER, within } from '../time.ts';
import { saveProblems } from './problems.ts';
import { forgetRows } from './rows.ts';

/** Clusters per message: one instance takes a shard. */
const SHARD_CLUSTERS = 20;
/** One after the other, a queue that is slow would take the whole time of the function for a thousand clusters. */
const SHARDS_AT_ONCE = 32;

/** For what is told after the shards are queued: a later run does the rest. */
const REST_MS = 5 * 60_000;
/** An instance that starts as the timer is due, or takes over from one that ended, is this late and has missed nothing. */
const TOLERANCE_MS = 2 * 60_000;

/**
 * Starts a run over all clusters: one message per shard. `due`: when the schedule wanted it, ms since the epoch; undefined
 * for now. Rejects when the registry cannot be read or the queue takes nothing; the next run is another try.
 */
export async function startRun(ports: Ports, due?: number): Promise<string> {
  const now = ports.clock.now();
  const run = newRunId(now);
  const lateMs = due === undefined ? 0 : now - due;
  if (lateMs > TOLERANCE_MS)
    ports.log.line({ code: 'RUN_MISSED', message: missed(now - lateMs, lateMs), runId: run });
  const { rows, bad } = await ports.registry.clusters(NEVER);
  const names = rows.filter((cluster) => !cluster.spec.paused).map((cluster) => cluster.metadata.name);
  const limit = pLimit(SHARDS_AT_ONCE);
  const send = (clusters: string[]): Promise<void> =>
    ports.queue.reconcile({ kind: 'shard', run, clusters, dryRun: false, recheck: false }, 0, NEVER);
  await allEnded(inShards(names).map((clusters) => limit(() => send(clusters))));
  const isAlone = names.length === 0;
  await within(ports.clock, REST_MS, NEVER, () => tellOfRegistry(ports, run, { rows, bad }, isAlone)).catch(
    (error: unknown) => ports.log.failure(error),
  );
  return run;
}

function inShards(clusters: readonly string[]): string[][] {
  const count = Math.ceil(clusters.length / SHARD_CLUSTERS);
  return Array.from({ length: count }, (_, index) =>
    clusters.slice(index * SHARD_CLUSTERS, (index + 1) * SHARD_CLUSTERS),
  );
}

function missed(due: number, lateMs: number): string {
  const minutes = Math.round(lateMs / 60_000);
  return `the run that was due at ${new Date(due).toISOString()} begins ${minutes} minutes late`;
}

/** Nothing mends a message that nobody could read; by then people have seen it, or will not. */
const MESSAGE_KEPT_MS = 7 * 24 * 3600 * 1000;

/**
 * A table `Clusters` that was emptied by mistake, or of which no row can be read, would leave nothing to run, and so
 * nothing to be seen: then nobody else tells of it (`isAlone`). Of clusters that are registered no more, what was wrong
 * there is forgotten.
 */
async function tellOfRegistry(
  ports: Ports,
  run: string,
  { rows, bad }: Rows<Cluster>,
  isAlone: boolean,
): Promise<void> {
  const { status, clock, log } = ports;
  const registered = new Set([...rows.map((one) => one.metadata.name), ...bad.map((one) => one.name)]);
  const before = await status.targets(NO_CLUSTER, NEVER);
  const isEmptied = registered.size === 0 && (await wasFilled(ports, before));
  const found = isEmptied ? [EMPTIED] : bad.map(badRowProblem);
  if (isAlone) for (const { code, message } of found) log.line({ code, message, runId: run });
  const now = clock.now();
  const ids = new Set(found.map(({ id }) => id));
  const forget = before.filter((row) => !ids.has(row.id) && isGone(row, registered, now));
  await saveProblems(ports, before, found, { run, now });
  await forgetRows(ports, forget);
  if (registered.size > 0) await forgetStrangers(ports, registered);
  await status.saveRun(wholeRun(run, now, registered.size), NEVER);
}

/** What was told of clusters that are registered no more: nobody looks there, so nobody else would clear it. */
async function forgetStrangers(ports: Ports, registered: ReadonlySet<string>): Promise<void> {
  const { status } = ports;
  for (const cluster of await status.strangers([...registered, NO_CLUSTER], NEVER))
    await forgetRows(ports, await status.targets(cluster, NEVER));
  for (const cluster of (await status.backOffs(NEVER)).keys())
    if (!registered.has(cluster)) await status.saveBackOff(cluster, undefined, NEVER);
}

async function wasFilled({ status }: Ports, before: readonly TargetStatus[]): Promise<boolean> {
  if (before.some((row) => row.id === EMPTIED.id)) return true;
  return (await status.runs(NO_CLUSTER, NEVER)).some((row) => row.kind === 'reconcile' && row.total > 0);
}

function isGone(
  { id, since, lookedAt }: TargetStatus,
  registered: ReadonlySet<string>,
  now: number,
): boolean {
  const { kind, about, ofCluster } = subjectOf(id);
  if (kind === 'row') return about === 'Cluster';
  if (kind === 'message') return now - Math.max(since, lookedAt) > MESSAGE_KEPT_MS;
  return kind === 'registry' || (ofCluster && registered.size > 0 && !registered.has(about));
}

/** A run's own row, in partition `-`: how many clusters it was started for. */
function wholeRun(run: string, now: number, clusters: number): RunStatus {
  const row = startedRun(NO_CLUSTER, run, 'reconcile', now);
  return { ...row, state: 'done', finishedAt: now, done: clusters, total: clusters };
}
