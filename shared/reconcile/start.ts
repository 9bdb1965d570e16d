import { failureOf } from '../errors.ts';
import type { Ports, Rows } from '../ports.ts';
import type { Cluster } from '../registry/document.ts';
import { NO_CLUSTER, type TargetStatus } from '../status/target.ts';
import { newRunId } from '../status/run.ts';
import { badRowProblem, OF_CLUSTER, problemChanges, type Problem } from './problems.ts';

/** Clusters per message: one instance takes a shard. */
const SHARD_CLUSTERS = 20;

const NEVER = new AbortController().signal;

/**
 * Starts a run over all clusters: one message per shard. `isPastDue`: the timer missed its schedule. Rejects when the
 * registry cannot be read or the queue takes nothing; the next run is another try.
 */
export async function startRun(ports: Ports, isPastDue: boolean): Promise<string> {
  const run = newRunId(ports.clock.now());
  if (isPastDue)
    ports.log.outcome({ code: 'RUN_MISSED', message: 'the reconcile timer missed its schedule', runId: run });
  const { rows, bad } = await ports.registry.clusters(NEVER);
  const names = rows.filter((cluster) => !cluster.spec.paused).map((cluster) => cluster.metadata.name);
  for (let start = 0; start < names.length; start += SHARD_CLUSTERS) {
    const clusters = names.slice(start, start + SHARD_CLUSTERS);
    await ports.queue.reconcile({ kind: 'shard', run, clusters, dryRun: false, recheck: false }, NEVER);
  }
  await tellOfRegistry(ports, run, { rows, bad }, names.length === 0).catch((error: unknown) => {
    const { code, message } = failureOf(error);
    ports.log.note(code, message);
  });
  return run;
}

/** Nothing mends a message that nobody could read; by then people have seen it, or will not. */
const MESSAGE_KEPT_MS = 7 * 24 * 3600 * 1000;
const EMPTIED = 'registry:Clusters';

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
  const registered = new Set([...rows.map((one) => one.metadata.name), ...bad.map((one) => one.name)]);
  const before = await ports.status.targets(NO_CLUSTER, NEVER);
  const isEmptied = registered.size === 0 && (await wasFilled(ports, before));
  const found = isEmptied ? [emptied()] : bad.map(badRowProblem);
  if (isAlone) for (const { code, message } of found) ports.log.outcome({ code, message, runId: run });
  const now = ports.clock.now();
  const { save } = problemChanges(before, found, NOTHING, { run, now });
  const ids = new Set(found.map(({ id }) => id));
  const forget = before.filter((row) => !ids.has(row.id) && isGone(row, registered, now));
  if (save.length > 0) await ports.status.saveTargets(save, NEVER);
  if (forget.length > 0) await ports.status.forgetTargets(forget, NEVER);
  await ports.status.saveRun(rowOf(run, now, registered.size), NEVER);
}

const NOTHING = { isMendedVault: () => false, clusters: [], isWhole: true, isSound: () => false };

async function wasFilled({ status }: Ports, before: readonly TargetStatus[]): Promise<boolean> {
  if (before.some((row) => row.id === EMPTIED)) return true;
  return (await status.runs(NO_CLUSTER, NEVER)).some((row) => row.kind === 'reconcile' && row.total > 0);
}

function isGone({ id, since }: TargetStatus, registered: ReadonlySet<string>, now: number): boolean {
  const [kind = '', about = ''] = id.split(':');
  if (kind === 'row') return about === 'Cluster';
  if (kind === 'message') return now - since > MESSAGE_KEPT_MS;
  return id === EMPTIED || (OF_CLUSTER.has(kind) && registered.size > 0 && !registered.has(about));
}

function emptied(): Problem {
  const message = 'table Clusters lists no cluster any more: nothing is looked at, and nothing is removed';
  return { id: EMPTIED, code: 'REMOVAL_HELD', message };
}

/** A run's own row, in partition `-`: how many clusters it was started for. */
function rowOf(run: string, now: number, clusters: number) {
  const row = { cluster: NO_CLUSTER, run, kind: 'reconcile', scope: '', state: 'done' } as const;
  return { ...row, startedAt: now, finishedAt: now, done: clusters, total: clusters, counts: {}, lines: [] };
}
