import pLimit from 'p-limit';
import type { Failure } from '../errors.ts';
import type { Task } from '../event/task.ts';
import type { TargetRef } from '../names.ts';
import type { Ports } from '../ports.ts';
import { pausedRecord, restRecord } from '../status/rest.ts';
import type { TargetStatus } from '../status/target.ts';
import { allEnded, NEVER, within } from '../time.ts';
import { updateRows } from './rows.ts';

const CONCURRENCY = 32;
/** As after a delivery: a table that is slow is left to the next run. */
const ROWS_MS = 3000;

/** A target that waited for work which does nothing about it now, and why. */
type Unattended = Failure & { ref: TargetRef };

/** Nothing is done for these targets, and nothing waits for them any more: their rows say so. Never rejects. */
export async function settleUnattended(
  ports: Pick<Ports, 'clock' | 'status' | 'log'>,
  task: Task,
  unattended: readonly Unattended[],
): Promise<void> {
  const { clock, log } = ports;
  await within(clock, ROWS_MS, NEVER, async (signal) => {
    const limit = pLimit(CONCURRENCY);
    await allEnded(unattended.map((one) => limit(() => settleOne(ports, task, one, signal))));
  }).catch((error: unknown) => log.failure(error));
}

async function settleOne(
  { clock, status }: Pick<Ports, 'clock' | 'status'>,
  { only, cause }: Task,
  { ref, code, message }: Unattended,
  signal: AbortSignal,
): Promise<void> {
  const lookedAt = clock.now();
  const before = await status.target(ref, signal);
  // Of a whole secret's targets others may wait for messages of their own, or for nothing.
  const isMine = (row: TargetStatus): boolean =>
    only !== undefined || (row.cause === cause && row.nextRetry > 0);
  const next = (row: TargetStatus | undefined): TargetStatus | undefined => {
    if (row === undefined || !isMine(row)) return undefined;
    return code === 'PAUSED'
      ? pausedRecord(row, message, lookedAt)
      : restRecord(row, { code, message }, lookedAt);
  };
  await updateRows({ status }, [{ ref, before, next }], signal);
}
