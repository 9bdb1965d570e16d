import pLimit from 'p-limit';
import type { Failure } from '../errors.ts';
import type { Task } from '../event/task.ts';
import type { Ports } from '../ports.ts';
import { causeNames, type LogLine, targetNames } from '../status/log-line.ts';
import { newNotes, type Note } from '../status/notes.ts';
import { effectOf, isUnfinished, type Outcome } from '../status/outcome.ts';
import { secretProblem } from '../status/problem.ts';
import { recordOf } from '../status/record.ts';
import { differs, type TargetStatus } from '../status/target.ts';
import { allEnded, NEVER, within } from '../time.ts';
import { GIVE_UP_AFTER_MS } from './delay.ts';
import { clearProblem, recordProblem } from './give-up.ts';
import { notBeforeRetry } from './not-before.ts';
import { again, nextOf, retriesOf, type Retry } from './requeue.ts';

const CONCURRENCY = 32;
/** Rows are for people and wait for nobody: a table that is slow is left to the next reconcile. */
const ROWS_MS = { most: 3000, least: 500 };

/**
 * What follows a delivery, in this order: what can still succeed is queued, then every target gets its log line, then the
 * rows people read. Only a queue that takes nothing within `leftMs` rejects: then the work is delivered again from outside.
 */
export async function settle(
  ports: Ports,
  task: Task,
  outcomes: readonly Outcome[],
  leftMs: number,
): Promise<void> {
  const { clock, log } = ports;
  const end = clock.now() + leftMs;
  const settled = await Promise.all(outcomes.map((outcome) => giveUpIfLate(ports, task, outcome)));
  const retries = [...retriesOf(clock, task, settled), ...notBeforeRetry(task, settled, clock.now())];
  await enqueue(ports, retries, leftMs);
  for (const outcome of settled) log.line(lineOf(task, outcome, clock.now()));
  const rowsMs = Math.min(ROWS_MS.most, Math.max(ROWS_MS.least, end - clock.now()));
  await within(clock, rowsMs, NEVER, async (signal) => {
    const limit = pLimit(CONCURRENCY);
    const said = new Set<string>();
    const saves = settled.map((outcome) => limit(() => saveRow(ports, task, outcome, said, signal)));
    await allEnded([...saves, clearProblem(ports, secretProblem(task.secret), signal)]);
  }).catch((error: unknown) => log.failure(error));
}

async function enqueue({ clock, queue }: Ports, retries: readonly Retry[], leftMs: number): Promise<void> {
  const limit = pLimit(CONCURRENCY);
  await within(clock, leftMs, NEVER, (signal) =>
    allEnded(retries.map(({ message, delayMs }) => limit(() => queue.push(message, delayMs, signal)))),
  );
}

/** The work could not begin: the registry could not be asked. */
export async function postpone(ports: Ports, task: Task, failure: Failure, leftMs: number): Promise<void> {
  const { secret, only, cause, attempt } = task;
  const { code, message } = failure;
  const names = { vault: secret.vault, secret: secret.name, ...only, ...causeNames(cause), attempt };
  const given = `given up after 24 hours: ${code}: ${message}`;
  if (isLate(ports, task) && (await recordProblem(ports, only ?? secretProblem(secret), given, task)))
    return ports.log.line({ code: 'GAVE_UP', message: given, ...names });
  await enqueue(ports, [again(ports.clock, task, { code })], leftMs);
  return ports.log.line({ code, message: `${message}${unrepeated(task)}`, ...names });
}

/** A message of the queue can ask for nothing that only a person may: the retries go without it. */
function unrepeated({ overrides: { acceptOlder, removeNow } }: Task): string {
  const flags = [...(acceptOlder ? ['--accept-older'] : []), ...(removeNow ? ['--remove-now'] : [])];
  return flags.length === 0
    ? ''
    : `; the retry goes without ${flags.join(' and ')}: ask again if it is still needed`;
}

function isLate({ clock }: Pick<Ports, 'clock'>, { since }: Task): boolean {
  return clock.now() - since >= GIVE_UP_AFTER_MS;
}

/**
 * The outcome, or that it is given up: only once the table holds the problem, for else nobody would know of it. A replica
 * that lags is no failure: after 24 hours its version is written.
 */
async function giveUpIfLate(ports: Ports, task: Task, outcome: Outcome): Promise<Outcome> {
  if (!isUnfinished(outcome) || outcome.code === 'STALE_READ' || !isLate(ports, task)) return outcome;
  const message = `given up after 24 hours: ${outcome.code}: ${outcome.message}`;
  const { target, look } = outcome;
  const given: Outcome = { kind: 'gave-up', target, look, code: 'GAVE_UP', message };
  try {
    await within(ports.clock, ROWS_MS.most, NEVER, (signal) =>
      saveRow(ports, task, given, new Set(), signal),
    );
    return given;
  } catch (error) {
    ports.log.failure(error);
    return outcome;
  }
}

function lineOf(task: Task, outcome: Outcome, now: number): LogLine {
  const { code, message, target } = outcome;
  const version = effectOf(outcome)?.version;
  return {
    code,
    message: isUnfinished(outcome) ? `${message}${unrepeated(task)}` : message,
    ...targetNames(target),
    vault: task.secret.vault,
    secret: task.secret.name,
    ...(version === undefined ? {} : { version }),
    ...causeNames(task.cause),
    attempt: task.attempt,
    durationMs: Math.max(0, now - task.since),
  };
}

/** After the push and out of its way; written only when people would see a difference. */
async function saveRow(
  ports: Ports,
  task: Task,
  outcome: Outcome,
  said: Set<string>,
  signal: AbortSignal,
): Promise<void> {
  const before = await ports.status.target(outcome.target.ref, signal);
  const attempt = isUnfinished(outcome) ? nextOf(task, outcome.code).attempt : task.attempt;
  const after = recordOf(outcome, before, { cause: task.cause, attempt, now: ports.clock.now() });
  if (isAnothersRow(before, outcome) || !differs(before, after)) return;
  for (const note of newNotes(outcome, before)) logNote(ports, task, outcome, note, said);
  await ports.status.saveTargets([after], signal);
}

/** The state of a source is told once, however many targets it feeds. */
function logNote(ports: Ports, task: Task, { target }: Outcome, note: Note, said: Set<string>): void {
  const { code, message, source } = note;
  if (source !== undefined && said.has(message)) return;
  said.add(message);
  const place = source === undefined ? targetNames(target) : {};
  const names = { ...place, vault: task.secret.vault, secret: source ?? task.secret.name };
  ports.log.line({ code, message, ...names, ...causeNames(task.cause), attempt: task.attempt });
}

/** A source that is not accepted, or a route that does not own the target, says nothing of what stands there. */
function isAnothersRow(before: TargetStatus | undefined, { code }: Outcome): boolean {
  return before?.state === 'current' && (code === 'NOT_ACCEPTED' || code === 'COLLISION');
}
