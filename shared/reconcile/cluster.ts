import { deliver } from '../deliver/deliver.ts';
import type { Pace } from '../deliver/observations.ts';
import { CODES } from '../errors.ts';
import type { Ports, Settings } from '../ports.ts';
import type { Cluster } from '../registry/document.ts';
import { notBeforeRetry } from '../retry/not-before.ts';
import type { Target } from '../route/targets.ts';
import { newlyWaiting } from '../status/notes.ts';
import type { Outcome } from '../status/outcome.ts';
import { rowId } from '../status/target.ts';
import { NEVER } from '../time.ts';
import { type OrphanOutcome, settleOrphans } from './orphan.ts';
import { type Orders, type Plan, planCluster } from './plan.ts';
import { keepsRow, type Recorded, recorded, rowsBesides, saveRows } from './rows.ts';
import { type ClusterSnapshot, lookAt, type Snapshot } from './snapshot.ts';

/** A reconcile is in no hurry: everything that answers shares its reads. */
const PACE: Pace = { gateMs: 15_000, observationMs: 15_000 };
/** Targets delivered together: they share a listing and their reads, and so much is held in memory at once. */
const BATCH = 200;

/** What a run did with one cluster: one entry per target it looked into, and what people should know besides. */
export interface ClusterRun {
  snapshot: ClusterSnapshot;
  plan: Plan;
  delivered: Recorded[];
  refused: Recorded[];
  orphans: OrphanOutcome[];
  /** Secrets of which a target failed and is tried again, as `vault:name`. */
  failing: string[];
}

/** One run's work at one cluster. */
interface ClusterWork {
  cluster: Cluster;
  snapshot: Snapshot;
  orders: Orders;
  dryRun: boolean;
  /** Secrets whose waiting version has its message already; grows while the shard runs. */
  scheduled: Set<string>;
  progress(done: number, total: number): Promise<void>;
}

/** One cluster: look at it, decide, bring what changed up to date, and keep what people read. Rejects when it cannot be seen. */
export async function reconcileCluster(
  ports: Ports,
  settings: Settings,
  work: ClusterWork,
  signal: AbortSignal,
): Promise<ClusterRun> {
  const { cluster, orders, dryRun } = work;
  const snapshot = await lookAt(ports, cluster, work.snapshot, settings.instance, signal);
  const plan = planCluster(snapshot, orders);
  const refused = plan.refused.map((outcome) => recorded(outcome, snapshot, plan, orders));
  if (!dryRun) await keep(ports, refused, snapshot);
  const [delivered, failing]: [Recorded[], string[]] = [[], []];
  for (const batch of batchesOf(plan.targets)) {
    const delivery = { ...settings, pace: PACE, dryRun };
    const outcomes = await deliver(ports, batch, delivery, signal);
    const rows = outcomes.map((outcome) => recorded(outcome, snapshot, plan, orders));
    if (!dryRun) {
      await scheduleVersions(ports, outcomes, snapshot, work);
      await keep(ports, rows, snapshot);
    }
    failing.push(...outcomes.flatMap(failingOf));
    delivered.push(...rows.map(withoutLook));
    await work.progress(delivered.length, plan.targets.length);
  }
  const orphans = await settleOrphans(ports, snapshot, plan, { ...settings, dryRun }, signal);
  const did = { snapshot, plan, delivered, refused, orphans, failing };
  if (!dryRun) await keepRest(ports, did, orders);
  return did;
}

async function keep(ports: Ports, rows: readonly Recorded[], snapshot: ClusterSnapshot): Promise<void> {
  const due = rows.filter((one) => one.isDue && !keepsRow(one, snapshot));
  await saveRows(
    ports,
    due.map(({ row }) => row),
    snapshot,
  );
}

async function keepRest(
  ports: Ports,
  { snapshot, plan, delivered, refused, orphans }: ClusterRun,
  orders: Orders,
): Promise<void> {
  const lookedInto = new Set([...refused, ...delivered].map(({ row }) => row.id));
  await saveRows(ports, rowsBesides(snapshot, plan, orphans, lookedInto, orders), snapshot);
  const removed = orphans.filter(({ code }) => code === 'REMOVED');
  const gone = removed.flatMap(({ ref }) => snapshot.rows.get(rowId(ref)) ?? []);
  const forget = [...plan.forget, ...gone];
  if (forget.length > 0) await ports.status.forgetTargets(forget, NEVER);
}

function failingOf({ code, target }: Outcome): string[] {
  const { vault } = target.route.spec;
  const listed = target.asked.by === 'run' ? target.asked.listed : [];
  return CODES[code].retry === 'no' ? [] : listed.map((name) => `${vault}:${name}`);
}

/** Rows and lines tell by now what was learnt of the sources: a long run keeps none of it. */
function withoutLook(one: Recorded): Recorded {
  return { ...one, outcome: { ...one.outcome, look: { at: 'nothing' } } };
}

function batchesOf(targets: readonly Target[]): Target[][] {
  const starts = Array.from({ length: Math.ceil(targets.length / BATCH) }, (_, index) => index * BATCH);
  return starts.map((start) => targets.slice(start, start + BATCH));
}

/**
 * No event tells that a not-before date was changed, or that a cluster came: versions that wait get their message here,
 * before the rows that tell of it are saved. A target that every run looks at must not start one each time.
 */
async function scheduleVersions(
  ports: Pick<Ports, 'queue' | 'clock' | 'log'>,
  outcomes: readonly Outcome[],
  { rows }: ClusterSnapshot,
  { scheduled, orders }: ClusterWork,
): Promise<void> {
  for (const outcome of outcomes) {
    const { vault } = outcome.target.route.spec;
    for (const name of newlyWaiting(outcome, rows.get(rowId(outcome.target.ref)))) {
      if (scheduled.has(`${vault}/${name}`)) continue;
      const asked = { secret: { vault, name }, cause: orders.run, only: undefined };
      const retries = notBeforeRetry(asked, [outcome], ports.clock.now());
      if (retries.length > 0) scheduled.add(`${vault}/${name}`);
      for (const { message, delayMs } of retries)
        await ports.queue.push(message, delayMs, NEVER).catch((error: unknown) => ports.log.failure(error));
    }
  }
}
