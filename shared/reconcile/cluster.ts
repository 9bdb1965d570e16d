import { deliver } from '../deliver/deliver.ts';
import { newlyWaiting, notBeforeMessages } from '../deliver/not-before.ts';
import type { Pace, Result, Terms, Work } from '../deliver/result.ts';
import { failureOf, isRetryable } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { idOf } from './desired.ts';
import { look, type Shared } from './look.ts';
import { type OrphanResult, orphanResults } from './orphan.ts';
import { type ClusterPlan, type Orders, planCluster, type Seen } from './plan.ts';
import { type After, afterResult, keepsRow, rowsBesides } from './rows-after.ts';
import { saveRows } from './save-rows.ts';
import type { Cluster } from '../registry/document.ts';
import { GIVE_UP_AFTER_MS } from '../retry/delay.ts';
import type { Settings } from '../sync.ts';

/** A reconcile is in no hurry: everything that answers shares its reads. */
const PACE: Pace = { gateMs: 15_000, observationMs: 15_000 };
/** Targets delivered together: they share a listing and their reads, and so much is held in memory at once. */
const BATCH = 200;

const NEVER = new AbortController().signal;

/** What a run did with one cluster: one entry per target it looked into, and what people should know besides. */
export interface ClusterRun {
  seen: Seen;
  plan: ClusterPlan;
  delivered: After[];
  refused: After[];
  orphans: OrphanResult[];
  /** Secrets of which a target failed and is tried again, as `vault:name`. */
  failing: string[];
}

export type RunOrders = Orders & { dryRun: boolean };

/** One cluster: look at it, decide, bring what changed up to date, and keep what people read. Rejects when it cannot be seen. */
export async function reconcileCluster(
  ports: Ports,
  settings: Settings,
  cluster: Cluster,
  shared: Shared,
  orders: RunOrders,
  progress: (done: number, total: number) => Promise<void>,
  signal: AbortSignal,
): Promise<ClusterRun> {
  const seen = await look(ports, cluster, shared, settings.instance, signal);
  const plan = planCluster(seen, orders);
  const refused = plan.refusals.map((result) => afterResult(result, seen, plan, orders));
  const [delivered, failing]: [After[], string[]] = [[], []];
  const keep = async (afters: readonly After[]): Promise<void> => {
    const rows = afters.flatMap((one) => (one.isDue && !keepsRow(one, seen) ? [one.row] : []));
    if (!orders.dryRun) await saveRows(ports, rows, seen);
  };
  await keep(refused);
  for (const works of batchesOf(plan.works, seen, orders)) {
    const terms = termsOf(settings, plan, orders, works.acceptOlder);
    const results = await deliver(ports, works.works, terms, signal);
    const afters = results.map((result) => afterResult(result, seen, plan, orders));
    if (!orders.dryRun) await scheduleVersions(ports, results, seen, shared.scheduled, orders);
    await keep(afters);
    failing.push(...results.flatMap(failingOf));
    delivered.push(...afters.map(withoutFacts));
    await progress(delivered.length, plan.works.length);
  }
  const orphans = await orphanResults(ports, seen, plan, settings.instance, orders.dryRun, signal);
  if (!orders.dryRun) {
    const lookedInto = new Set([...refused, ...delivered].map(({ row }) => row.id));
    await saveRows(ports, rowsBesides(seen, plan, orphans, lookedInto, orders), seen);
    const removed = orphans.flatMap((one) => (one.code === 'REMOVED' ? [idOf(one.target)] : []));
    const forget = [...plan.forget, ...removed.flatMap((id) => seen.rows.get(id) ?? [])];
    if (forget.length > 0) await ports.status.forgetTargets(forget, NEVER);
  }
  return { seen, plan, delivered, refused, orphans, failing };
}

function failingOf({ code, work }: Result): string[] {
  const { vault } = work.claim.route.spec;
  return isRetryable(code) ? (work.listed ?? []).map((name) => `${vault}:${name}`) : [];
}

/** Rows and lines tell by now what was learnt of the sources: a long run keeps none of it. */
function withoutFacts(after: After): After {
  const { gathered: _gathered, ...result } = after.result;
  return { ...after, result };
}

interface Batch {
  works: Work[];
  acceptOlder: boolean;
}

/** A vault that has answered with an older version for a day does not lag: its version is written. */
function batchesOf(works: readonly Work[], { rows }: Seen, { now }: Orders): Batch[] {
  const isLagging = ({ claim }: Work): boolean => {
    const row = rows.get(idOf(claim.target));
    return row?.code === 'STALE_READ' && now - row.since >= GIVE_UP_AFTER_MS;
  };
  return [true, false].flatMap((acceptOlder) => {
    const mine = works.filter((work) => isLagging(work) === acceptOlder);
    const starts = Array.from({ length: Math.ceil(mine.length / BATCH) }, (_, index) => index * BATCH);
    return starts.map((start) => ({ works: mine.slice(start, start + BATCH), acceptOlder }));
  });
}

function termsOf(settings: Settings, plan: ClusterPlan, orders: RunOrders, acceptOlder: boolean): Terms {
  return {
    ...settings,
    pace: PACE,
    dryRun: orders.dryRun,
    acceptOlder,
    removalProven: (work, source, reason) => plan.due.get(idOf(work.claim.target))?.get(source) === reason,
  };
}

/**
 * No event tells that a not-before date was changed, or that a cluster came: versions that wait get their message here,
 * before the rows that tell of it are saved. A target that every run looks at must not start one each time.
 */
async function scheduleVersions(
  ports: Pick<Ports, 'queue' | 'clock' | 'log'>,
  results: readonly Result[],
  seen: Seen,
  scheduled: Set<string>,
  { run }: Orders,
): Promise<void> {
  for (const result of results) {
    const { vault } = result.work.claim.route.spec;
    for (const name of newlyWaiting(result, seen.rows.get(idOf(result.work.claim.target)))) {
      if (scheduled.has(`${vault}/${name}`)) continue;
      const sends = notBeforeMessages({ secret: { vault, name }, cause: run }, [result], ports.clock.now());
      if (sends.length > 0) scheduled.add(`${vault}/${name}`);
      for (const { message, delayMs } of sends)
        await ports.queue.push(message, delayMs, NEVER).catch((error: unknown) => {
          const failure = failureOf(error);
          ports.log.note(failure.code, failure.message);
        });
    }
  }
}
