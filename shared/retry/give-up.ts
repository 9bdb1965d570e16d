import { VaultcastError } from '../errors.ts';
import { subjectsOfEvents, type Vaults } from '../event/parse.ts';
import type { TargetRef } from '../names.ts';
import type { Ports } from '../ports.ts';
import { causeNames, type LogLine } from '../status/log-line.ts';
import { messageProblem, secretProblem } from '../status/problem.ts';
import { givenUpRecord } from '../status/record.ts';
import { rowId, type TargetStatus } from '../status/target.ts';
import { NEVER } from '../time.ts';
import { type PushMessage, pushMessage } from './message.ts';
import { updateRows } from './rows.ts';

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

/** Records and says that a message of this queue is of no known shape; a retry cannot help. */
export async function refuseMessage(
  ports: Pick<Ports, 'status' | 'clock' | 'log'>,
  queue: string,
  message: string,
): Promise<void> {
  await recordProblem(ports, messageProblem(queue), message, { cause: queue, attempt: 1 });
  ports.log.line({ code: 'BAD_MESSAGE', message });
}

/** What a poisoned message is about: the places of its problems, and its names in the log line. */
interface Poisoned {
  about: TargetRef;
  work: { cause: string; attempt: number };
  names: Partial<LogLine>;
}

/**
 * A message that failed every time it was tried, as the host's poison queue holds it: one record for each thing it is
 * about, one alert line each. Rejects when the table does not take the record: the host tries again.
 */
export async function onPoisonMessage(
  body: unknown,
  queue: string,
  ports: Ports,
  vaults: Vaults = new Map(),
): Promise<void> {
  const message = `a message of queue ${queue} failed every time it was tried`;
  const found = queue === EVENTS ? poisonedEvents(body, vaults) : poisonedWork(body);
  const unknown = { about: messageProblem(queue), work: { cause: queue, attempt: 1 }, names: {} };
  for (const { about, work, names } of found.length > 0 ? found : [unknown]) {
    ports.log.line({ code: 'GAVE_UP', message, ...names });
    if (!(await recordProblem(ports, about, message, work)))
      throw new VaultcastError('STATUS_UNAVAILABLE', 'the problem could not be recorded');
  }
}

/** The queue of events, where Event Grid cannot call the app. */
const EVENTS = 'vault-events';

function poisonedWork(body: unknown): Poisoned[] {
  const parsed = pushMessage.safeParse(body);
  if (!parsed.success) return [];
  const { data } = parsed;
  const target = targetOf(data);
  const about = target ?? secretProblem({ vault: data.vault, name: data.secret });
  return [{ about, work: data, names: { ...messageNames(data), ...target } }];
}

function poisonedEvents(body: unknown, vaults: Vaults): Poisoned[] {
  return subjectsOfEvents(body, vaults).map(({ id, vault, vaultName, name }) => {
    const cause = id === '' ? 'event' : id;
    const about =
      vault === undefined ? messageProblem(`${EVENTS}:${vaultName}:${name}`) : secretProblem({ vault, name });
    const names = { ...(vault === undefined ? {} : { vault }), secret: name, eventId: cause };
    return { about, work: { cause, attempt: 1 }, names };
  });
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
