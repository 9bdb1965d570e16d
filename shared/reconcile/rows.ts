import type { Ports } from '../ports.ts';
import { newNotes, type Note } from '../status/notes.ts';
import { effectOf, type Outcome } from '../status/outcome.ts';
import { orphanRecord, proofOf, recordOf } from '../status/record.ts';
import { differs, refOf, rowId, type TargetStatus } from '../status/target.ts';
import { NEVER } from '../time.ts';
import type { OrphanOutcome } from './orphan.ts';
import type { Orders, Plan } from './plan.ts';
import { type ClusterSnapshot, namespaceOf } from './snapshot.ts';

/** The row after one target was looked into, whether people would see a difference, and what is new about its sources. */
export interface Recorded {
  outcome: Outcome;
  row: TargetStatus;
  isNews: boolean;
  /** To be written: news, or a newer read behind the same. */
  isDue: boolean;
  notes: readonly Note[];
}

/** After a delivery or a refusal. What a push found out of a source outweighs what the run saw in the listing. */
export function recorded(
  outcome: Outcome,
  { rows }: ClusterSnapshot,
  { removals }: Plan,
  { run, now }: Orders,
): Recorded {
  const id = rowId(outcome.target.ref);
  const before = rows.get(id);
  const made = recordOf(outcome, before, { cause: run, attempt: 1, now });
  const proof = removals.proofs.get(id) ?? before?.removal;
  const row = { ...made, removal: hasRemoved(outcome) ? '' : proofOf(outcome, proof) };
  const isNews = differs(before, row);
  const isDue = isNews || before?.readAt !== row.readAt;
  return { outcome, row, isNews, isDue, notes: isNews ? newNotes(outcome, before) : [] };
}

function hasRemoved(outcome: Outcome): boolean {
  const removed = effectOf(outcome)?.removed ?? [];
  return removed.length > 0 || outcome.kind === 'removed';
}

/**
 * A namespace that could not be listed says nothing of the targets in it: what stood there as current still counts when
 * it answers again, so that a hiccup does not make a run read every value anew.
 */
export function keepsRow({ outcome, row }: Recorded, { unlisted, rows }: ClusterSnapshot): boolean {
  return unlisted.get(namespaceOf(row))?.code === outcome.code && rows.get(row.id)?.state === 'current';
}

/** Rows of orphans, and of targets whose proof of a removal changed although nobody looked into them. */
export function rowsBesides(
  snapshot: ClusterSnapshot,
  { removals: { proofs } }: Plan,
  orphans: readonly OrphanOutcome[],
  lookedInto: ReadonlySet<string>,
  orders: Orders,
): TargetStatus[] {
  const settled = new Set([...lookedInto, ...orphans.map(({ ref }) => rowId(ref))]);
  const untouched = [...proofs.keys()].filter((id) => !settled.has(id));
  const rows = [
    ...orphans.flatMap((orphan) => orphanRows(orphan, snapshot, orders)),
    ...untouched.flatMap((id) => snapshot.rows.get(id) ?? []),
  ];
  return rows
    .map((row) => ({ ...row, removal: proofs.get(row.id) ?? row.removal }))
    .filter((row) => differs(snapshot.rows.get(row.id), row));
}

function orphanRows(outcome: OrphanOutcome, { live, rows }: ClusterSnapshot, orders: Orders): TargetStatus[] {
  const id = rowId(outcome.ref);
  const secret = live.get(id);
  if (secret === undefined || outcome.code === 'REMOVED') return [];
  const attempt = { cause: orders.run, now: orders.now };
  return [orphanRecord(outcome.ref.cluster, secret, outcome, rows.get(id), attempt)];
}

/**
 * Saves rows. Whoever pushed a target while the run was under way may have found a source again, which ends the proof of
 * its removal: proof is written only where the table still holds what the run started from.
 */
export async function saveRows(
  { status }: Pick<Ports, 'status'>,
  rows: readonly TargetStatus[],
  { rows: before }: ClusterSnapshot,
): Promise<void> {
  if (rows.length === 0) return;
  const checked = rows.map(async (row) => {
    if (row.removal === '') return row;
    const now = (await status.target(refOf(row), NEVER))?.removal ?? '';
    return now === (before.get(row.id)?.removal ?? '') ? row : { ...row, removal: now };
  });
  await status.saveTargets(await Promise.all(checked), NEVER);
}
