import { failureOf, VaultcastError } from '../errors.ts';
import type { TargetRef } from '../names.ts';
import type { Ports } from '../ports.ts';
import { recordProblem, secretProblem } from './give-up.ts';
import { GIVE_UP_AFTER_MS } from './delay.ts';
import { causeNames } from '../status/cause.ts';
import { type PushMessage, pushMessage } from './message.ts';
import type { TargetStatus } from '../status/target.ts';
import type { Job } from './settle.ts';
import { pushSecret, type Settings } from '../sync.ts';

/**
 * One message of the queue `push`: the same work as an event's, for one target or for the whole secret. The message only
 * names things; what is written is derived again from registry, vault and cluster.
 */
export async function onPushMessage(body: unknown, ports: Ports, settings: Settings): Promise<void> {
  const parsed = pushMessage.safeParse(body);
  if (!parsed.success) return unreadable(ports);
  const message = parsed.data;
  const only = message.kind === 'target' ? targetOf(message) : undefined;
  const row = only === undefined ? undefined : await rowOrNone(ports, only);
  if (row !== undefined && isOvertaken(message, row))
    return ports.log.outcome({
      code: 'SUPERSEDED',
      message: 'a later attempt is queued already',
      ...namesOf(message),
      ...only,
    });
  const job = jobOf(message, row, ports.clock.now());
  return pushSecret(only === undefined ? job : { ...job, only }, ports, settings);
}

/**
 * A message that failed every time it was tried, as the host's poison queue holds it: one record, one alert line. Rejects
 * when the table does not take the record: the host tries again.
 */
export async function onPoisonMessage(body: unknown, queue: string, ports: Ports): Promise<void> {
  const parsed = pushMessage.safeParse(body);
  const message = `a message of queue ${queue} failed every time it was tried`;
  const about = parsed.success ? aboutOf(parsed.data) : { cluster: '-', namespace: 'message', name: queue };
  const work = parsed.success ? parsed.data : { cause: queue, attempt: 1 };
  const names = parsed.success ? namesOf(parsed.data) : {};
  const target = parsed.success && parsed.data.kind === 'target' ? about : {};
  ports.log.outcome({ code: 'GAVE_UP', message, ...names, ...target });
  const recorded = await recordProblem(ports, about, message, work, new AbortController().signal);
  if (!recorded) throw new VaultcastError('STATUS_UNAVAILABLE', 'the problem could not be recorded');
}

function aboutOf(message: PushMessage): TargetRef {
  if (message.kind === 'target') return targetOf(message);
  return secretProblem({ vault: message.vault, name: message.secret });
}

async function unreadable(ports: Ports): Promise<void> {
  const about = { cluster: '-', namespace: 'message', name: 'push' };
  const message = 'a message of queue push does not satisfy the schema';
  await recordProblem(ports, about, message, { cause: 'push', attempt: 1 }, new AbortController().signal);
  ports.log.outcome({ code: 'BAD_MESSAGE', message });
}

/** An instance that dies between queueing the next attempt and finishing this one leaves both: the older one ends here. */
function isOvertaken(message: PushMessage, row: TargetStatus): boolean {
  return row.state === 'waiting' && row.cause === message.cause && row.attempts > message.attempt;
}

function jobOf(message: PushMessage, row: TargetStatus | undefined, now: number): Job {
  const { vault, secret, cause, since, attempt } = message;
  const stale = row?.code === 'STALE_READ' && now - row.since >= GIVE_UP_AFTER_MS;
  // A message that waited for a date says a later moment than now; its own 24 hours begin when it is worked on.
  return { secret: { vault, name: secret }, cause, since: Math.min(since, now), attempt, acceptOlder: stale };
}

function targetOf({ cluster, namespace, name }: Extract<PushMessage, { kind: 'target' }>): TargetRef {
  return { cluster, namespace, name };
}

function namesOf({ vault, secret, cause, attempt }: PushMessage) {
  return { vault, secret, ...causeNames(cause), attempt };
}

async function rowOrNone(ports: Ports, target: TargetRef): Promise<TargetStatus | undefined> {
  try {
    return await ports.status.target(target, new AbortController().signal);
  } catch (error) {
    const { code, message } = failureOf(error);
    ports.log.note(code, message);
    return undefined;
  }
}
