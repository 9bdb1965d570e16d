import { newNotes, type Note } from '../deliver/notes.ts';
import type { Result } from '../deliver/result.ts';
import { differs, rowOf } from '../deliver/rows.ts';
import { evidenceAfterPush } from '../target/removal.ts';
import type { TargetStatus } from '../status/target.ts';
import { idOf } from './desired.ts';
import { orphanRow, type OrphanResult } from './orphan.ts';
import type { ClusterPlan, Orders, Seen } from './plan.ts';

/** The row after one target was looked into, whether people would see a difference, and what is new about its sources. */
export interface After {
  result: Result;
  row: TargetStatus;
  isNews: boolean;
  /** To be written: news, or a newer read behind the same. */
  isDue: boolean;
  notes: readonly Note[];
}

/** After a delivery or a refusal. What a push found out of a source outweighs what the run saw in the listing. */
export function afterResult(result: Result, seen: Seen, plan: ClusterPlan, orders: Orders): After {
  const id = idOf(result.work.claim.target);
  const before = seen.rows.get(id);
  const made = rowOf(result, before, { cause: orders.run, attempt: 1 }, orders.now);
  const row = { ...made, removal: evidenceOf(result, plan.evidence.get(id) ?? before?.removal ?? '') };
  const isNews = differs(before, row);
  return {
    result,
    row,
    isNews,
    isDue: isNews || before?.readAt !== row.readAt,
    notes: isNews ? newNotes(result, before) : [],
  };
}

function evidenceOf({ code, gathered, removed = [] }: Result, evidence: string): string {
  if (code === 'REMOVED' || removed.length > 0) return '';
  if (gathered === undefined) return evidence;
  return evidenceAfterPush(evidence, new Map([...gathered].map(([name, { state }]) => [name, state])));
}

/**
 * A namespace that could not be listed says nothing of the targets in it: what stood there as current still counts when
 * it answers again, so that a hiccup does not make a run read every value anew.
 */
export function keepsRow({ result, row }: After, seen: Seen): boolean {
  const namespace = row.id.slice(0, row.id.indexOf(':'));
  const failure = seen.unlisted.get(namespace);
  return failure?.code === result.code && seen.rows.get(row.id)?.state === 'current';
}

/** Rows of orphans, and of targets whose proof of a removal changed although nobody looked into them. */
export function rowsBesides(
  seen: Seen,
  plan: ClusterPlan,
  orphans: readonly OrphanResult[],
  lookedInto: ReadonlySet<string>,
  orders: Orders,
): TargetStatus[] {
  const kept = orphans.filter((one) => one.code !== 'REMOVED');
  const rows = new Map(kept.flatMap((one) => afterOrphan(one, seen, orders)).map((row) => [row.id, row]));
  const removed = new Set(orphans.filter((one) => one.code === 'REMOVED').map((one) => idOf(one.target)));
  for (const id of plan.evidence.keys()) {
    const untouched = seen.rows.get(id);
    if (rows.has(id) || untouched === undefined || removed.has(id) || lookedInto.has(id)) continue;
    rows.set(id, untouched);
  }
  return [...rows.values()]
    .map((row) => ({ ...row, removal: plan.evidence.get(row.id) ?? row.removal }))
    .filter((row) => differs(seen.rows.get(row.id), row));
}

function afterOrphan(result: OrphanResult, seen: Seen, orders: Orders): TargetStatus[] {
  const id = idOf(result.target);
  const secret = seen.live.get(id);
  if (secret === undefined) return [];
  return [
    orphanRow(secret, result, seen.rows.get(id), { ...result.target, run: orders.run, now: orders.now }),
  ];
}
