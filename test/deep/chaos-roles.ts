import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../local/stack/eventually.ts';
import { takeRole } from '../local/stack/roles.ts';
import type { Stack } from '../local/stack/start.ts';
import { QUEUES } from '../local/stack/storage.ts';
import type { EventGrid, SentEvent } from './chaos-event-grid.ts';
import { ROLES_LOST } from './chaos-fleet.ts';

/** Six of them take most of the time in which there are faults of all kinds. */
const AWAY_MS = 8000;
/** A bound only: until then some instance has taken the events, whatever else happens to it. */
const PATIENCE_MS = 300_000;

/** What came of two events while the app had no role on a queue. */
export interface RoleLoss {
  queue: string;
  /** All of its targets could end well. */
  well: SentEvent;
  /** Its target could not: it had to be tried again. */
  sick: SentEvent;
  /** How `sick` was answered before the role was back: statuses, 0 where no answer came. */
  meanwhile: readonly number[];
}

/**
 * Takes the role on each queue away, one after the other: for some seconds, and until the host of its function fell over it, an
 * event that needs no retry was acknowledged, and one that needs one was answered.
 */
export async function loseRoles(
  stack: Stack,
  eventGrid: EventGrid,
  rotate: (secret: string) => SentEvent,
): Promise<RoleLoss[]> {
  const losses: RoleLoss[] = [];
  for (const queue of QUEUES) losses.push(await loseRole(stack, eventGrid, { queue, rotate }));
  return losses;
}

/** Only what puts messages on `push` needs a role for an event that must be tried again. */
export const isNeeded = (queue: string): boolean => queue === 'push';

async function loseRole(
  stack: Stack,
  eventGrid: EventGrid,
  { queue, rotate }: { queue: string; rotate: (secret: string) => SentEvent },
): Promise<RoleLoss> {
  const giveBack = takeRole(stack.storage, queue);
  const heal = stack.cluster(ROLES_LOST.sick.cluster).server.inject({
    fault: { kind: 'status', status: 503 },
    when: ({ path }) => path.split('/').includes(queue),
  });
  const hasFallen = forbidden(stack, queue);
  const [well, sick] = [rotate(ROLES_LOST.well.secretOf(queue)), rotate(ROLES_LOST.sick.secretOf(queue))];
  const isMet = (): boolean =>
    hasFallen() &&
    eventGrid.answersTo(well).includes(202) &&
    eventGrid.answersTo(sick).includes(isNeeded(queue) ? 500 : 202);
  await Promise.all([sleep(AWAY_MS), eventually(isMet, PATIENCE_MS)]);
  const meanwhile = [...eventGrid.answersTo(sick)];
  giveBack();
  heal();
  return { queue, well, sick, meanwhile };
}

/** Whether a listener has been refused since: its host ends then. */
function forbidden({ storage }: Stack, queue: string): () => boolean {
  const { requests } = storage.queues;
  const { length } = requests;
  const isRefusedLook = ({ method, path, status }: (typeof requests)[number]): boolean =>
    method === 'GET' && status === 403 && path.split('/').includes(queue);
  return () => requests.slice(length).some(isRefusedLook);
}
