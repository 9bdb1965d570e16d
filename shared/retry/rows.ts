import type { TargetRef } from '../names.ts';
import type { Ports } from '../ports.ts';
import { differs, type TargetStatus } from '../status/target.ts';

/** A row to bring up to date: what was read of it, and what to make of whatever stands there; undefined leaves it alone. */
export interface RowUpdate {
  ref: TargetRef;
  before: TargetStatus | undefined;
  next(before: TargetStatus | undefined): TargetStatus | undefined;
}

/** Others write, too; who loses more often than this leaves it to the next look. */
const ROUNDS = 4;

/** Writes only what people would see a difference in. Who loses to another write reads again and decides anew. */
export async function updateRows(
  { status }: Pick<Ports, 'status'>,
  updates: readonly RowUpdate[],
  signal: AbortSignal,
): Promise<void> {
  let open = updates;
  for (let round = 0; round < ROUNDS && open.length > 0; round += 1) {
    const asked = open.flatMap((update) => {
      const row = update.next(update.before);
      if (row === undefined || !(differs(update.before, row) || update.before?.readAt !== row.readAt))
        return [];
      return [{ update, write: { row, over: update.before } }];
    });
    if (asked.length === 0) return;
    const lost = new Set(
      await status.saveTargets(
        asked.map(({ write }) => write),
        signal,
      ),
    );
    const again = asked.filter(({ write }) => lost.has(write));
    open = await Promise.all(
      again.map(async ({ update }) => ({ ...update, before: await status.target(update.ref, signal) })),
    );
  }
}
