import type { Result } from '../deliver/result.ts';
import { differs, rowOf } from '../deliver/rows.ts';
import type { TargetRow } from '../report/row.ts';
import { idOf } from './desired.ts';
import { orphanRow, type OrphanResult } from './orphan.ts';
import type { ClusterPlan, Orders, Seen } from './plan.ts';

/** Rows to write: only those that say something new; and to drop: of what is neither wanted nor there any more. */
export interface RowChanges {
  save: TargetRow[];
  forget: TargetRow[];
}

export function rowsAfter(
  seen: Seen,
  plan: ClusterPlan,
  results: readonly Result[],
  orphans: readonly OrphanResult[],
  orders: Orders,
): RowChanges {
  const removed = new Set(orphans.flatMap((one) => (one.code === 'REMOVED' ? [idOf(one.target)] : [])));
  const candidates = [
    ...plan.refusals.map((result) => afterResult(result, seen, orders)),
    ...results.map((result) => afterResult(result, seen, orders)),
    ...orphans.flatMap((one) => (removed.has(idOf(one.target)) ? [] : afterOrphan(one, seen, orders))),
  ];
  const rows = new Map(candidates.map((row) => [row.id, row]));
  for (const id of plan.evidence.keys()) {
    const untouched = seen.rows.get(id);
    if (!rows.has(id) && untouched !== undefined && !removed.has(id)) rows.set(id, untouched);
  }
  // A row that was looked into is written even when it reads the same: when it was read counts, too.
  const lookedInto = new Set(results.map((result) => idOf(result.work.claim.target)));
  const save = [...rows.values()]
    .map((row) => ({ ...row, removal: plan.evidence.get(row.id) ?? row.removal }))
    .filter((row) => lookedInto.has(row.id) || differs(seen.rows.get(row.id), row));
  return { save, forget: [...plan.forget, ...[...removed].flatMap((id) => seen.rows.get(id) ?? [])] };
}

function afterResult(result: Result, seen: Seen, orders: Orders): TargetRow {
  const before = seen.rows.get(idOf(result.work.claim.target));
  return rowOf(result, before, { cause: orders.run, attempt: 1 }, orders.now);
}

function afterOrphan(result: OrphanResult, seen: Seen, orders: Orders): TargetRow[] {
  const id = idOf(result.target);
  const secret = seen.live.get(id);
  if (secret === undefined) return [];
  return [
    orphanRow(secret, result, seen.rows.get(id), { ...result.target, run: orders.run, now: orders.now }),
  ];
}
