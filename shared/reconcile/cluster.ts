import { deliver, deliverAbsent, SAFEGUARD_MS } from '../deliver/deliver.ts';
import { CODES } from '../errors.ts';
import type { Ports, Settings } from '../ports.ts';
import type { Cluster } from '../registry/document.ts';
import type { Shard } from '../retry/message.ts';
import { scheduleDates } from '../retry/not-before.ts';
import type { Target } from '../route/targets.ts';
import { unqueued } from '../status/notes.ts';
import type { Outcome } from '../status/outcome.ts';
import type { RunStatus } from '../status/run.ts';
import { rowId } from '../status/target.ts';
import { NEVER } from '../time.ts';
import { rowsOfOrphans, settleOrphans } from './orphan.ts';
import { planCluster } from './plan.ts';
import { quietLookOf } from './quiet.ts';
import { forgetRows, idsOf, keepsRow, type Recorded, recorded, saveUpdates, updatesBesides } from './rows.ts';
import { type ClusterSnapshot, lookAt, type Snapshot } from './snapshot.ts';
import { summaryAfter } from './summary.ts';

/** Targets delivered together: they share a listing and their reads, and so much is held in memory at once. */
const BATCH = 200;

/** One run's work at one cluster. */
interface ClusterWork {
  cluster: Cluster;
  snapshot: Snapshot;
  shard: Shard;
  /** ms since the epoch. */
  startedAt: number;
  confirmed: RunStatus | undefined;
  /** Secrets whose waiting version has its message already; grows while the shard runs. */
  scheduled: Set<string>;
  progress(done: number, total: number): Promise<void>;
}

/**
 * One cluster: look at it, decide, bring what changed up to date, and keep what people read. Rejects when it cannot be seen.
 * Returns what it did, one entry per target it looked into, and what people should know besides.
 */
export async function reconcileCluster(
  ports: Ports,
  settings: Settings,
  work: ClusterWork,
  signal: AbortSignal,
) {
  const { shard, startedAt, confirmed } = work;
  const { run, dryRun } = shard;
  const snapshot = await lookAt(ports, work.cluster, work.snapshot, settings.instance, signal);
  const plan = planCluster(snapshot, { ...shard, now: startedAt, confirmed });
  // What is dated by a row happened now: a run may have begun long before.
  const doneNow = (lookedAt: number) => {
    const now = ports.clock.now();
    return { run, now, lookedAt, tookMs: now - startedAt };
  };
  const refusedNow = doneNow(startedAt);
  const refused = plan.refused.map((outcome) => recorded(outcome, snapshot, plan, refusedNow));
  if (!dryRun) await keep(ports, refused, snapshot);
  const delivered: Recorded[] = [];
  const delivery = { ...settings, pace: 'run', dryRun, safeguard: safeguarding(ports, run) } as const;
  for await (const { outcomes, lookedAt } of deliveries(ports, plan.targets, snapshot, delivery, signal)) {
    const when = doneNow(lookedAt);
    const rows = outcomes.map((outcome) => recorded(outcome, snapshot, plan, when));
    if (!dryRun) await keepDelivered(ports, rows, snapshot, work);
    delivered.push(...rows.map(withoutLook));
    await work.progress(delivered.length, plan.targets.length);
  }
  const orphans = await settleOrphans(ports, snapshot, plan, { ...settings, dryRun }, signal);
  const did = { snapshot, plan, delivered, refused, orphans, failing: delivered.flatMap(failingOf) };
  if (dryRun) return { ...did, summary: undefined, quiet: undefined };
  const looked = { run, now: startedAt, lookedAt: ports.clock.now() };
  const all = [...refused, ...delivered];
  const ofOrphans = rowsOfOrphans(orphans, snapshot, plan, looked);
  const besides = updatesBesides(snapshot, plan, idsOf(all), looked);
  const updates = [...ofOrphans.updates, ...besides];
  const forget = [...plan.forget, ...ofOrphans.forget];
  await saveUpdates(ports, updates);
  await forgetRows(ports, forget);
  const quiet = quietLookOf(did, settings.instance, { ...shard, now: startedAt });
  return { ...did, quiet, summary: summaryAfter(snapshot, all, { updates, forget }, ports.clock.now()) };
}

/** A run has nobody to hand a target to that it deleted and could not create again: the message takes it up. */
function safeguarding({ queue, clock }: Ports, run: string): (target: Target) => Promise<void> {
  return async ({ ref, route, asked }) => {
    const secret = asked.by === 'run' ? asked.listed[0] : asked.name;
    if (secret === undefined) return;
    const work = { vault: route.spec.vault, secret, cause: run, since: clock.now(), attempt: 1 };
    await queue.push({ kind: 'target', ...work, ...ref }, SAFEGUARD_MS, NEVER);
  };
}

async function keep(ports: Ports, rows: readonly Recorded[], snapshot: ClusterSnapshot): Promise<void> {
  const due = rows.filter((one) => !keepsRow(one, snapshot));
  await saveUpdates(
    ports,
    due.map(({ update }) => update),
  );
}

/** A row that tells of a version that waits is written only once its message is queued: else no run would send one again. */
async function keepDelivered(
  ports: Ports,
  rows: readonly Recorded[],
  snapshot: ClusterSnapshot,
  work: ClusterWork,
): Promise<void> {
  const unscheduled = await scheduleVersions(ports, rows, snapshot, work);
  await keep(
    ports,
    rows.map((one) => (unscheduled.has(one) ? untold(one) : one)),
    snapshot,
  );
}

function untold(one: Recorded): Recorded {
  return { ...one, update: { ...one.update, next: unqueued((row) => one.update.next(row), one.outcome) } };
}

/** Secrets of which a target failed and is tried again, as `vault:name`. */
function failingOf({ outcome: { code, target } }: Recorded): string[] {
  const { vault } = target.route.spec;
  const listed = target.asked.by === 'run' ? target.asked.listed : [];
  return CODES[code].retry === 'no' ? [] : listed.map((name) => `${vault}:${name}`);
}

/** Rows and lines tell by now what was learnt of the sources: a long run keeps none of it. */
function withoutLook(one: Recorded): Recorded {
  const outcome: Outcome = { ...one.outcome, look: { at: 'nothing' } };
  return { ...one, outcome, update: { ...one.update, next: () => undefined } };
}

/** Some targets at a time, with when they were looked at: those that stand there, then those that do not. */
async function* deliveries(
  ports: Ports,
  targets: readonly Target[],
  { live }: ClusterSnapshot,
  delivery: Parameters<typeof deliver>[2],
  signal: AbortSignal,
): AsyncGenerator<{ outcomes: Outcome[]; lookedAt: number }> {
  const { clock } = ports;
  const { stand = [], absent = [] } = Object.groupBy(targets, ({ ref }) =>
    live.has(rowId(ref)) ? 'stand' : 'absent',
  );
  for (const batch of batchesOf(stand)) {
    const lookedAt = clock.now();
    yield { outcomes: await deliver(ports, batch, delivery, signal), lookedAt };
  }
  const lookedAt = clock.now();
  if (absent.length === 0) return;
  for await (const outcomes of deliverAbsent(ports, absent, { ...delivery, atOnce: BATCH }, signal))
    yield { outcomes, lookedAt };
}

function batchesOf(targets: readonly Target[]): Target[][] {
  const starts = Array.from({ length: Math.ceil(targets.length / BATCH) }, (_, index) => index * BATCH);
  return starts.map((start) => targets.slice(start, start + BATCH));
}

/**
 * No event tells that a not-before date was changed, or that a cluster came: versions that wait get their message here,
 * before the rows that tell of it are saved. A target that every run looks at must not start one each time. Returns those
 * whose message the queue did not take.
 */
async function scheduleVersions(
  ports: Ports,
  rows: readonly Recorded[],
  snapshot: ClusterSnapshot,
  { scheduled, shard }: ClusterWork,
): Promise<ReadonlySet<Recorded>> {
  const unscheduled = new Set<Recorded>();
  const asked = { cause: shard.run, said: scheduled };
  for (const row of rows) {
    const before = snapshot.rows.get(rowId(row.outcome.target.ref));
    if (!(await scheduleDates(ports, row.outcome, before, asked))) unscheduled.add(row);
  }
  return unscheduled;
}
