import type { Ports } from '../ports.ts';
import { messageProblem } from '../status/problem.ts';
import { ackOf, blankRow, NO_CLUSTER, rowId, type TargetStatus } from '../status/target.ts';
import { rowText } from '../status/text.ts';
import { NEVER } from '../time.ts';
import { updateRows } from './rows.ts';

type RecordPorts = Pick<Ports, 'status' | 'clock' | 'log'>;

/** What is known of messages of a queue that nobody could read. */
interface Unreadable {
  queue: string;
  /** Of the last one; empty when it is not known. */
  messageId: string;
  why: string;
}

/** Messages of a queue that its row does not tell of yet. */
interface Line {
  open: Unreadable[];
  /** Ends when all that is open now is written; undefined while nothing is. */
  turn: Promise<void> | undefined;
  /** The write before that. Never rejects. */
  before: Promise<void>;
}

const lines = new WeakMap<Ports['status'], Map<string, Line>>();

function lineOf(status: Ports['status'], queue: string): Line {
  const ofTable = lines.get(status) ?? new Map<string, Line>();
  lines.set(status, ofTable);
  const line = ofTable.get(queue) ?? { open: [], turn: undefined, before: Promise.resolve() };
  ofTable.set(queue, line);
  return line;
}

/**
 * Adds a message to what the row of its queue tells. An instance takes two dozen at once, and each would write over the
 * others: those that come while a write is on its way are written together by the next one. Never rejects: what the table
 * does not take stands in the log.
 */
export function recordUnreadable(ports: RecordPorts, message: Unreadable): Promise<void> {
  const line = lineOf(ports.status, message.queue);
  line.open.push(message);
  line.turn ??= line.before.then(() => {
    const messages = line.open.splice(0);
    line.turn = undefined;
    line.before = write(ports, message.queue, messages);
    return line.before;
  });
  return line.turn;
}

async function write(ports: RecordPorts, queue: string, messages: readonly Unreadable[]): Promise<void> {
  const about = messageProblem(queue);
  const now = ports.clock.now();
  const next = (known: TargetStatus | undefined): TargetStatus | undefined =>
    messages.reduce<TargetStatus | undefined>((row, one) => unreadableRecord(one, row, now), known);
  await ports.status
    .target(about, NEVER)
    .then((before) => updateRows(ports, [{ ref: about, before, next }], NEVER))
    .catch((error: unknown) => ports.log.failure(error));
}

const IDS_KEPT = 10;

const countOf = (messages: number): string => (messages === 1 ? '1 message' : `${messages} messages`);

/** One row per queue, however many there are: how many, since when, the last one when, and the ids of the last ten. */
export function unreadableRecord(
  { queue, messageId, why }: Unreadable,
  before: TargetStatus | undefined,
  now: number,
): TargetStatus {
  const known = before?.code === 'BAD_MESSAGE' ? before : undefined;
  const [count, since] = [(known?.attempts ?? 0) + 1, known?.since ?? now];
  const ids = [messageId, ...(known?.messages ?? '').split(',')].filter((id) => id !== '').slice(0, IDS_KEPT);
  const dates = `the first ${new Date(since).toISOString()}, the last ${new Date(now).toISOString()}`;
  const shown = ids.length > 0 ? `; ids of the last: ${ids.join(', ')}` : '';
  const message = `${countOf(count)} of queue ${queue} could not be read, ${dates}; of the last one: ${why}${shown}`;
  const said = {
    cluster: NO_CLUSTER,
    id: rowId(messageProblem(queue)),
    state: 'problem',
    code: 'BAD_MESSAGE',
    message: rowText(message),
    since,
  } as const;
  return {
    ...blankRow(said),
    attempts: count,
    cause: queue,
    lookedAt: now,
    messages: ids.join(','),
    ack: ackOf(before),
  };
}
