import type { TargetRef } from '../names.ts';
import type { Ports } from '../ports.ts';
import { causeNames } from '../status/log-line.ts';
import { givenUpRecord } from '../status/record.ts';
import { rowId, type TargetStatus } from '../status/target.ts';
import { NEVER } from '../time.ts';
import type { PushMessage } from './message.ts';
import { updateRows } from './rows.ts';

/**
 * Records work that was given up. False when the table does not take it, which is then said
 * in the log: whoever gives up had better not give up yet.
 */
export async function recordProblem(
  ports: Pick<Ports, 'status' | 'clock' | 'log'>,
  about: TargetRef,
  message: string,
  { cause, attempt }: { cause: string; attempt: number },
): Promise<boolean> {
  const where = { cluster: about.cluster, id: rowId(about) };
  const context = { cause, attempt, now: ports.clock.now() };
  const next = (before: TargetStatus | undefined): TargetStatus =>
    givenUpRecord(where, before, message, context);
  try {
    const before = await ports.status.target(about, NEVER);
    await updateRows(ports, [{ ref: about, before, next }], NEVER);
    return true;
  } catch (error) {
    ports.log.failure(error);
    return false;
  }
}

/** A later success of any path clears the problem. */
export async function clearProblem(
  ports: Pick<Ports, 'status'>,
  about: TargetRef,
  signal: AbortSignal,
): Promise<void> {
  const row = await ports.status.target(about, signal);
  if (row !== undefined) await ports.status.forgetTargets([row], signal);
}

/** The target of a message; undefined of one that is about a whole secret. */
export function targetOf(message: PushMessage): TargetRef | undefined {
  if (message.kind === 'secret') return undefined;
  const { cluster, namespace, name } = message;
  return { cluster, namespace, name };
}

/** Its names in a log line. */
export function messageNames({ vault, secret, cause, attempt }: PushMessage) {
  return { vault, secret, ...causeNames(cause), attempt };
}
