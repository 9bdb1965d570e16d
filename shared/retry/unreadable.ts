import type { Ports } from '../ports.ts';
import { messageProblem, type Unreadable, unreadableRecord } from '../status/problem.ts';
import type { TargetStatus } from '../status/target.ts';
import { NEVER } from '../time.ts';
import { updateRows } from './rows.ts';

type RecordPorts = Pick<Ports, 'status' | 'clock' | 'log'>;

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
