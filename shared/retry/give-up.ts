import { VaultcastError } from '../errors.ts';
import type { TargetRef } from '../names.ts';
import type { Ports } from '../ports.ts';
import { causeNames } from '../status/log-line.ts';
import { messageProblem, secretProblem } from '../status/problem.ts';
import { blankRow, rowId } from '../status/target.ts';
import { NEVER } from '../time.ts';
import { type PushMessage, pushMessage } from './message.ts';

/**
 * Records work that was given up, or a message nobody can read. False when the table does not take it, which is then said
 * in the log: whoever gives up had better not give up yet.
 */
export async function recordProblem(
  ports: Pick<Ports, 'status' | 'clock' | 'log'>,
  about: TargetRef,
  message: string,
  { cause, attempt }: { cause: string; attempt: number },
): Promise<boolean> {
  const since = ports.clock.now();
  const where = { cluster: about.cluster, id: rowId(about) };
  const row = blankRow({ ...where, state: 'problem', code: 'GAVE_UP', message, since });
  try {
    await ports.status.saveTargets([{ ...row, attempts: attempt, cause }], NEVER);
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

/** Records and says that a message of this queue is of no known shape; a retry cannot help. */
export async function refuseMessage(
  ports: Pick<Ports, 'status' | 'clock' | 'log'>,
  queue: string,
  message: string,
): Promise<void> {
  await recordProblem(ports, messageProblem(queue), message, { cause: queue, attempt: 1 });
  ports.log.line({ code: 'BAD_MESSAGE', message });
}

/**
 * A message that failed every time it was tried, as the host's poison queue holds it: one record, one alert line. Rejects
 * when the table does not take the record: the host tries again.
 */
export async function onPoisonMessage(body: unknown, queue: string, ports: Ports): Promise<void> {
  const parsed = pushMessage.safeParse(body);
  const message = `a message of queue ${queue} failed every time it was tried`;
  const about = parsed.success ? aboutOf(parsed.data) : messageProblem(queue);
  const work = parsed.success ? parsed.data : { cause: queue, attempt: 1 };
  const names = parsed.success ? messageNames(parsed.data) : {};
  const target = parsed.success && parsed.data.kind === 'target' ? about : {};
  ports.log.line({ code: 'GAVE_UP', message, ...names, ...target });
  if (!(await recordProblem(ports, about, message, work)))
    throw new VaultcastError('STATUS_UNAVAILABLE', 'the problem could not be recorded');
}

function aboutOf(message: PushMessage): TargetRef {
  return targetOf(message) ?? secretProblem({ vault: message.vault, name: message.secret });
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
