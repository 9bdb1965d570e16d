import pLimit from 'p-limit';
import type { Task } from '../event/task.ts';
import type { SecretRef } from '../names.ts';
import type { Ports } from '../ports.ts';
import { parseProvenance } from '../source/provenance.ts';
import type { Outcome } from '../status/outcome.ts';
import type { TargetStatus } from '../status/target.ts';
import { allEnded, NEVER, within } from '../time.ts';
import { retriesOf } from './requeue.ts';

/** How long before its time a waiting message counts as one that has not begun: clocks differ. */
const MARGIN_MS = 2000;
const WAITING_MS = 1000;
const AT_ONCE = 32;

/**
 * The outcomes whose target has a message in the queue already, with its time: while a cluster is down, each event would add
 * one. That message reads the vault when it wakes, so it delivers this event's version, too. One that wakes later than this
 * event would try again does not do for a failure. A table that does not answer at once merges nothing.
 */
export async function waitingAlready(
  ports: Ports,
  task: Task,
  outcomes: readonly Outcome[],
): Promise<ReadonlyMap<Outcome, number>> {
  const planned = retriesOf(ports.clock, task, outcomes).nextRetry;
  const isRetryItself = task.only !== undefined;
  const merging = outcomes.filter(({ kind }) => kind === 'held' || (kind === 'failed' && !isRetryItself));
  const waiting = new Map<Outcome, number>();
  const limit = pLimit(AT_ONCE);
  await within(ports.clock, WAITING_MS, NEVER, async (signal) => {
    const look = async (outcome: Outcome): Promise<void> => {
      const row = await ports.status.target(outcome.target.ref, signal);
      if (row === undefined || !isWaiting(row, ports.clock.now()) || isOf(task, row)) return;
      const isSoon = outcome.kind === 'held' || row.nextRetry <= (planned.get(outcome) ?? 0);
      if (isSoon && willLookAt(task.secret, row)) waiting.set(outcome, row.nextRetry);
    };
    await allEnded(merging.map((outcome) => limit(() => look(outcome))));
  }).catch((error: unknown) => ports.log.failure(error));
  return waiting;
}

function isWaiting({ state, nextRetry }: TargetStatus, now: number): boolean {
  return state === 'pending' && nextRetry > now + MARGIN_MS;
}

/** A message must not count on itself: by another clock than the one that set its time, its time may be still to come. */
function isOf({ only, cause, attempt }: Task, row: TargetStatus): boolean {
  const isMessage = only !== undefined || attempt > 1;
  return isMessage && row.cause === cause && row.attempts <= attempt;
}

/** Whether a message about the target reads this secret, whatever it names: it is recorded there, or all are listed. */
function willLookAt({ vault, name }: SecretRef, { uid, sources }: TargetStatus): boolean {
  const recorded = parseProvenance(sources);
  return uid === '' || (recorded.vault === vault && recorded.sources.has(name));
}
