import { deliver } from './deliver/deliver.ts';
import type { Pace, Result, Terms } from './deliver/result.ts';
import type { Ports } from './ports.ts';
import { look, type Shared } from './reconcile/look.ts';
import { removeOrphan, type OrphanResult } from './reconcile/orphan.ts';
import { type ClusterPlan, type Orders, planCluster, type Seen } from './reconcile/plan.ts';
import { rowsAfter } from './reconcile/rows-after.ts';
import { idOf } from './reconcile/desired.ts';
import type { Cluster } from './registry/document.ts';
import { WHOLE } from './report/evidence.ts';
import type { Settings } from './sync.ts';

/** A reconcile is in no hurry: everything that answers shares its reads. */
const PACE: Pace = { gateMs: 15_000, observationMs: 15_000 };
/** Targets delivered together: they share a listing and their reads, and so much is held in memory at once. */
const BATCH = 200;

/** What a run did with one cluster: one entry per target it looked into, and what people should know besides. */
export interface ClusterRun {
  results: Result[];
  orphans: OrphanResult[];
  plan: ClusterPlan;
}

/** One cluster: look at it, decide, bring what changed up to date, and keep what people read. Rejects when it cannot be seen. */
export async function reconcileCluster(
  ports: Ports,
  settings: Settings,
  cluster: Cluster,
  shared: Shared,
  orders: Orders & { dryRun: boolean },
  progress: (done: number, total: number) => Promise<void>,
  signal: AbortSignal,
): Promise<ClusterRun> {
  const seen = await look(ports, cluster, shared, settings.instance, signal);
  const plan = planCluster(seen, orders);
  const results = await deliverAll(ports, settings, plan, orders.dryRun, progress, signal);
  const orphans = orders.dryRun ? [] : await handleOrphans(ports, settings, seen, plan, signal);
  if (!orders.dryRun) {
    const { save, forget } = rowsAfter(seen, plan, results, orphans, orders);
    if (save.length > 0) await ports.status.saveTargets(save, signal);
    if (forget.length > 0) await ports.status.forgetTargets(forget, signal);
  }
  return { results, orphans, plan };
}

async function deliverAll(
  ports: Ports,
  settings: Settings,
  plan: ClusterPlan,
  dryRun: boolean,
  progress: (done: number, total: number) => Promise<void>,
  signal: AbortSignal,
): Promise<Result[]> {
  const terms: Terms = {
    ...settings,
    pace: PACE,
    dryRun,
    acceptOlder: false,
    removalProven: (work, source) => plan.due.get(idOf(work.claim.target))?.has(source) === true,
  };
  const results: Result[] = [];
  for (let start = 0; start < plan.works.length; start += BATCH) {
    results.push(...(await deliver(ports, plan.works.slice(start, start + BATCH), terms, signal)));
    await progress(results.length, plan.works.length);
  }
  return results;
}

/** Orphans are kept and said so, unless the cluster wants them gone and the reason is proven. */
async function handleOrphans(
  ports: Ports,
  settings: Settings,
  seen: Seen,
  plan: ClusterPlan,
  signal: AbortSignal,
): Promise<OrphanResult[]> {
  const results: OrphanResult[] = [];
  for (const orphan of plan.orphans) {
    const target = { cluster: seen.cluster.metadata.name, namespace: orphan.namespace, name: orphan.name };
    const due = plan.due.get(idOf(orphan))?.has(WHOLE) === true;
    const kept: OrphanResult = {
      target,
      code: 'ORPHANED',
      message: 'no route wants this Secret any more; it is kept',
    };
    results.push(due ? await removeOrphan(ports, orphan, seen, settings.instance, signal) : kept);
  }
  return results;
}
