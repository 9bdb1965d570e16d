import type { RowUpdate } from '../retry/rows.ts';
import { summaryOf } from '../status/summary.ts';
import { rowId, type TargetStatus } from '../status/target.ts';
import { keepsRow, type Recorded } from './rows.ts';
import type { ClusterSnapshot } from './snapshot.ts';

/** What becomes of the rows of targets that a run did not look into. */
interface Rest {
  updates: readonly RowUpdate[];
  forget: readonly TargetStatus[];
}

/** What the rows of a cluster come to once a run has been through it, without reading them again. `now` in ms. */
export function summaryAfter(
  snapshot: ClusterSnapshot,
  looked: readonly Recorded[],
  { updates, forget }: Rest,
  now: number,
) {
  const rows = new Map<string, NonNullable<Recorded['brief']>>(snapshot.rows);
  for (const one of looked)
    if (one.brief !== undefined && !keepsRow(one, snapshot))
      rows.set(rowId(one.outcome.target.ref), one.brief);
  for (const { ref, before, ...update } of updates) {
    const row = update.next(before);
    if (row !== undefined) rows.set(rowId(ref), row);
  }
  for (const { id } of forget) rows.delete(id);
  return summaryOf(rows.values(), now);
}
