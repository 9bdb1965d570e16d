import pLimit from 'p-limit';
import type { Failure } from '../errors.ts';
import type { Task } from '../event/task.ts';
import type { TargetRef } from '../names.ts';
import type { Ports } from '../ports.ts';
import type { LogLine } from '../status/log-line.ts';
import { newNotes, unqueued } from '../status/notes.ts';
import { isUnfinished, type Outcome } from '../status/outcome.ts';
import { secretProblem } from '../status/problem.ts';
import { recordOf } from '../status/record.ts';
import { differs, type TargetStatus } from '../status/target.ts';
import { mayRemove } from '../target/removal.ts';
import { allEnded, NEVER, within } from '../time.ts';
import { announcedAfter, besides, unseenRetry } from './announced.ts';
import { GIVE_UP_AFTER_MS } from './delay.ts';
import { clearProblem, recordProblem } from './give-up.ts';
import { companyLines, outcomeLines, unrepeated, workNames } from './lines.ts';
import { notBeforeRetry, scheduleDates } from './not-before.ts';
import { again, lagRetries, nextOf, retriesOf, type Retry } from './requeue.ts';
import { updateRows } from './rows.ts';
import { waitingAlready } from './waiting.ts';

const CONCURRENCY = 32;
/** Rows are for people and wait for nobody: a table that is slow is left to the next reconcile. */
const ROWS_MS = { most: 3000, least: 500 };

/** What a delivery came to, when it began (ms), and how long what follows may take. */
interface Delivered {
  outcomes: readonly Outcome[];
  /** Whether people may be reading that the secret is a problem: a success clears it. */
  hasProblem: boolean;
  startedAt: number;
  leftMs: number;
}

/**
 * What follows a delivery, in this order: what can still succeed is queued, then every target gets its log line, then the
 * rows people read. Only a queue that takes nothing within `leftMs` rejects: then the work is delivered again from outside.
 */
export async function settle(ports: Ports, task: Task, delivered: Delivered): Promise<void> {
  const { clock, log } = ports;
  const { startedAt, leftMs, hasProblem } = delivered;
  const end = clock.now() + leftMs;
  const outcomes = await Promise.all(
    delivered.outcomes.map((outcome) => giveUpIfLate(ports, task, outcome, startedAt)),
  );
  const waiting = await waitingAlready(ports, task, outcomes);
  const fresh = outcomes.filter((outcome) => !waiting.has(outcome));
  const { retries, nextRetry } = retriesOf(clock, task, fresh);
  const lag = lagRetries(task, outcomes, clock.now());
  const tell = (told: readonly Outcome[]): void => {
    const lines = outcomeLines(task, told, { now: clock.now(), isLagging: lag.length > 0, merged: waiting });
    for (const line of lines) log.line(line);
  };
  const late = notBeforeRetry(task, outcomes, clock.now());
  await enqueue(ports, [...retries, ...late, ...lag], leftMs).catch((error: unknown) => {
    // The work comes again and finds nothing to do where it was done: nobody else would say that it was done now.
    tell(outcomes.filter((outcome) => !isUnfinished(outcome)));
    throw error;
  });
  tell(outcomes);
  const saved = new Set<Outcome>();
  const said = new Set<string>();
  const save = async (outcome: Outcome, signal: AbortSignal): Promise<void> => {
    const isMerged = waiting.has(outcome);
    const next = waiting.get(outcome) ?? nextRetry.get(outcome) ?? 0;
    await saveRow(ports, task, outcome, { startedAt, nextRetry: next, isMerged, said }, signal);
    saved.add(outcome);
  };
  await saveAll(ports, outcomes, save, { end, problem: hasProblem ? secretProblem(task.secret) : undefined });
  const unsaved = outcomes.filter((outcome) => !saved.has(outcome));
  await lookAgain(ports, task, unsaved, Math.max(ROWS_MS.least, end - clock.now()));
}

/** Rows of all outcomes, until the time is over. Never rejects. */
async function saveAll(
  ports: Ports,
  outcomes: readonly Outcome[],
  save: (outcome: Outcome, signal: AbortSignal) => Promise<void>,
  { end, problem }: { end: number; problem: TargetRef | undefined },
): Promise<void> {
  const { clock, log } = ports;
  const rowsMs = Math.min(ROWS_MS.most, Math.max(ROWS_MS.least, end - clock.now()));
  await within(clock, rowsMs, NEVER, async (signal) => {
    const limit = pLimit(CONCURRENCY);
    const saves = outcomes.map((outcome) => limit(() => save(outcome, signal)));
    const cleared = problem === undefined ? [] : [clearProblem(ports, problem, signal)];
    await allEnded([...saves, ...cleared]);
  }).catch((error: unknown) => log.failure(error));
}

/**
 * What a look found and no row tells could end the proof of a removal: where the route or the cluster removes anything at
 * all, the target is looked at again until its row is saved. Never rejects: the work itself is done.
 */
async function lookAgain(
  ports: Ports,
  task: Task,
  unsaved: readonly Outcome[],
  leftMs: number,
): Promise<void> {
  if (isLate(ports, task)) return;
  const telling = unsaved.filter((one) => !isUnfinished(one) && mayRemove(one.target));
  const retries = telling.map(({ target }) =>
    again(ports.clock, { ...task, only: target.ref }, { code: 'STATUS_UNAVAILABLE' }),
  );
  await enqueue(ports, retries, leftMs).catch((error: unknown) => ports.log.failure(error));
}

async function enqueue({ clock, queue }: Ports, retries: readonly Retry[], leftMs: number): Promise<void> {
  const limit = pLimit(CONCURRENCY);
  await within(clock, leftMs, NEVER, (signal) =>
    allEnded(retries.map(({ message, delayMs }) => limit(() => queue.push(message, delayMs, signal)))),
  );
}

/** The work could not begin: the registry could not be asked. */
export async function postpone(ports: Ports, task: Task, failure: Failure, leftMs: number): Promise<void> {
  const { secret, only } = task;
  const { code, message } = failure;
  const names = { vault: secret.vault, secret: secret.name, ...only, ...workNames(task) };
  const given = `given up after 24 hours: ${code}: ${message}`;
  if (isLate(ports, task) && (await recordProblem(ports, only ?? secretProblem(secret), given, task)))
    return ports.log.line({ code: 'GAVE_UP', message: given, ...names });
  // Said in any case: what the queue does not take ends with a line about the queue, which names nothing.
  ports.log.line({ code, message: `${message}${unrepeated(task)}`, ...names });
  await enqueue(ports, [again(ports.clock, task, { code })], leftMs);
  for (const line of companyLines(task)) ports.log.line(line);
}

function isLate({ clock }: Pick<Ports, 'clock'>, { since }: Task): boolean {
  return clock.now() - since >= GIVE_UP_AFTER_MS;
}

/**
 * The outcome, or that it is given up: only once the table holds the problem, for else nobody would know of it. A replica
 * that lags is no failure: after 24 hours its version is written.
 */
async function giveUpIfLate(ports: Ports, task: Task, outcome: Outcome, startedAt: number): Promise<Outcome> {
  if (!isUnfinished(outcome) || outcome.code === 'STALE_READ' || !isLate(ports, task)) return outcome;
  const message = `given up after 24 hours: ${outcome.code}: ${outcome.message}`;
  const { target, look } = outcome;
  const given: Outcome = { kind: 'gave-up', target, look, code: 'GAVE_UP', message };
  try {
    await within(ports.clock, ROWS_MS.most, NEVER, (signal) =>
      saveRow(ports, task, given, { startedAt, nextRetry: 0, isMerged: false, said: new Set() }, signal),
    );
    return given;
  } catch (error) {
    ports.log.failure(error);
    return outcome;
  }
}

interface Saving {
  startedAt: number;
  nextRetry: number;
  /** Another message waits for the target, and this work left it to that one. */
  isMerged: boolean;
  /** Messages of sources that were told already. */
  said: Set<string>;
}

/** After the push and out of its way; written only when people would see a difference. */
async function saveRow(
  ports: Ports,
  task: Task,
  outcome: Outcome,
  { startedAt, nextRetry, isMerged, said }: Saving,
  signal: AbortSignal,
): Promise<void> {
  const { ref } = outcome.target;
  const before = await ports.status.target(ref, signal);
  const attempt = isUnfinished(outcome) ? nextOf(task, outcome.code).attempt : task.attempt;
  const now = ports.clock.now();
  const context = { cause: task.cause, attempt, now, lookedAt: startedAt, nextRetry };
  const first = recordOf(outcome, before, context);
  const more = first === undefined ? 0 : await lookForAnnounced(ports, task, outcome, before, now);
  const next = (row: TargetStatus | undefined): TargetStatus | undefined => {
    const made = row === before ? first : recordOf(outcome, row, context);
    if (made === undefined) return besides(task, outcome, row, { attempt, nextRetry, isMerged, now });
    const announced = announcedAfter(task, outcome, row, now);
    const after = { ...made, announced, nextRetry: made.nextRetry || (announced === '' ? 0 : more) };
    // The row goes on naming the message that waits: by that it knows itself.
    const isLeft = isMerged || (after.nextRetry > 0 && after.nextRetry === row?.nextRetry);
    return isLeft && row !== undefined ? { ...after, cause: row.cause, attempts: row.attempts } : after;
  };
  const after = next(before);
  if (after !== undefined && differs(before, after))
    for (const note of newNotes(outcome, before)) logNote(ports, task, note, said);
  // A sibling's own event may be lost.
  const asked = { cause: '', said, own: task.secret.name };
  const isQueued = after === undefined || (await scheduleDates(ports, outcome, before, asked));
  const update = isQueued ? next : unqueued(next, outcome);
  await updateRows(ports, [{ ref, before, next: update }], signal);
}

/** Queues another look where this one did not find what was announced. Returns when a message looks, ms; 0: none does. */
async function lookForAnnounced(
  { queue }: Pick<Ports, 'queue'>,
  task: Task,
  outcome: Outcome,
  before: TargetStatus | undefined,
  now: number,
): Promise<number> {
  if (isUnfinished(outcome)) return 0;
  const unseen = announcedAfter(task, outcome, before, now);
  const retry = unseenRetry(task, outcome, { before, unseen }, now);
  if (retry === undefined) return before?.nextRetry ?? 0;
  await queue.push(retry.message, retry.delayMs, NEVER);
  return now + retry.delayMs;
}

/** The state of a source is told once, however many targets it feeds. */
function logNote({ log }: Pick<Ports, 'log'>, task: Task, note: LogLine, said: Set<string>): void {
  if (note.secret !== undefined && said.has(note.message)) return;
  said.add(note.message);
  log.line({ secret: task.secret.name, ...note, ...workNames(task) });
}
