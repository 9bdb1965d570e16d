import { VaultcastError } from '../errors.ts';
import { subjectsOfEvents } from '../event/parse.ts';
import type { TargetRef } from '../names.ts';
import type { Ports, Settings } from '../ports.ts';
import { causeNames, type LogLine } from '../status/log-line.ts';
import { clusterPlace, messageProblem, secretProblem } from '../status/problem.ts';
import { messageNames, recordProblem, targetOf } from './give-up.ts';
import { pushMessage, reconcileMessage } from './message.ts';
import { originOf, refuseMessage } from './received.ts';

/** What a poisoned message is about: the places of its problems, and its names in the log line. */
interface Poisoned {
  about: TargetRef;
  work: { cause: string; attempt: number };
  names: Partial<LogLine>;
}

/**
 * A message that failed every time it was tried, as the host's poison queue holds it: one record for each thing it is
 * about, one alert line each. Rejects only when the table does not take the record, whatever the message holds: then the
 * host calls again after ten minutes, as often as it takes.
 */
export async function onPoisonMessage(
  body: unknown,
  queue: string,
  ports: Ports,
  vaults: Settings['vaults'] = new Map(),
  origin = originOf(queue, body),
): Promise<void> {
  const message = `a message of queue ${queue} failed every time it was tried`;
  const found = poisonedIn(queue, body, vaults);
  if (found.length === 0) return refuseMessage(ports, origin, 'it failed every time it was tried');
  for (const { names } of found) ports.log.line({ code: 'GAVE_UP', message, ...names });
  const recorded = await Promise.all(
    found.map(({ about, work }) => recordProblem(ports, about, message, work)),
  );
  if (recorded.includes(false))
    throw new VaultcastError('STATUS_UNAVAILABLE', 'the problem could not be recorded');
}

/** The queue of events, where Event Grid cannot call the app. */
const EVENTS = 'vault-events';

function poisonedIn(queue: string, body: unknown, vaults: Settings['vaults']): Poisoned[] {
  if (queue === EVENTS) return poisonedEvents(body, vaults);
  return queue === 'push' ? poisonedPush(body) : poisonedRun(body);
}

function poisonedPush(body: unknown): Poisoned[] {
  const { data } = pushMessage.safeParse(body);
  if (data === undefined) return [];
  const target = targetOf(data);
  const about = target ?? secretProblem({ vault: data.vault, name: data.secret });
  return [{ about, work: data, names: { ...messageNames(data), ...target } }];
}

/** The next run that goes through a cluster, or the next success with a secret, clears what is told here. */
function poisonedRun(body: unknown): Poisoned[] {
  const { data } = reconcileMessage.safeParse(body);
  if (data === undefined) return [];
  const work = { cause: data.run, attempt: 1 };
  if (data.kind === 'push') {
    const { vault, secret } = data;
    const names = { vault, secret, ...causeNames(data.run) };
    return [{ about: secretProblem({ vault, name: secret }), work, names }];
  }
  // An acknowledgement is about a row that tells of itself: only the message is told.
  if (data.kind === 'ack') return [];
  return data.clusters.map((cluster) => ({
    about: clusterPlace(cluster),
    work,
    names: { cluster, ...causeNames(data.run) },
  }));
}

function poisonedEvents(body: unknown, vaults: Settings['vaults']): Poisoned[] {
  return subjectsOfEvents(body, vaults).map(({ id, vault, vaultName, name }) => {
    const cause = id === '' ? 'event' : id;
    const about =
      vault === undefined ? messageProblem(`${EVENTS}:${vaultName}:${name}`) : secretProblem({ vault, name });
    const names = { ...(vault === undefined ? {} : { vault }), secret: name, eventId: cause };
    return { about, work: { cause, attempt: 1 }, names };
  });
}
