import { limited } from '../deliver/limit.ts';
import { notBeforeMessages } from '../deliver/not-before.ts';
import type { Result } from '../deliver/result.ts';
import { newNotes, type Note } from '../deliver/notes.ts';
import { differs, rowOf } from '../deliver/rows.ts';
import { failureOf, isRetryable, type Code } from '../errors.ts';
import type { SecretRef, TargetRef } from '../names.ts';
import type { Ports } from '../ports.ts';
import { clearProblem, recordProblem, secretProblem } from './give-up.ts';
import { again, nextOf, retries, type Send } from './requeue.ts';
import { within } from '../time.ts';
import { GIVE_UP_AFTER_MS } from './delay.ts';
import { causeNames } from '../status/cause.ts';
import type { TargetStatus } from '../status/target.ts';
import type { LogLine } from '../status/log-line.ts';

/** One piece of work: a secret to look at, because of an event, a retry or a command. */
export interface Job {
  secret: SecretRef;
  /** The event, run or command: at most one message per target and cause. */
  cause: string;
  /** ms since the epoch; 24 hours later the work is given up. */
  since: number;
  /** 1 for the first. */
  attempt: number;
  /** Of the secret's targets only this one: the retry of a target. */
  only?: TargetRef;
  /** Write the vault's latest version although it is older than the delivered one. */
  acceptOlder?: boolean;
  /** A person asked: keys whose route wants them gone leave without a second look. */
  removeNow?: boolean;
}

const CONCURRENCY = 32;
/** Rows are for people and wait for nobody: a table that is slow is left to the next reconcile. */
const ROWS_MS = { most: 3000, least: 500 };
const NEVER = new AbortController().signal;

/**
 * What follows a delivery, in this order: what can still succeed is queued, then every target gets its log line, then the
 * rows people read. Only a queue that takes nothing within `leftMs` rejects: then the work is delivered again from outside.
 */
export async function settle(
  ports: Ports,
  job: Job,
  results: readonly Result[],
  leftMs: number,
): Promise<void> {
  const end = ports.clock.now() + leftMs;
  const settled = await Promise.all(results.map((result) => giveUpIfLate(ports, job, result)));
  const sends = [...retries(ports, job, settled), ...notBeforeMessages(job, settled, ports.clock.now())];
  await enqueue(ports, sends, leftMs);
  for (const result of settled) ports.log.outcome(outcomeOf(job, result, ports.clock.now()));
  const rowsMs = Math.min(ROWS_MS.most, Math.max(ROWS_MS.least, end - ports.clock.now()));
  await within(ports.clock, rowsMs, NEVER, async (signal) => {
    const limit = limited(CONCURRENCY);
    const said = new Set<string>();
    const saves = settled.map((result) => limit(() => saveRow(ports, job, result, said, signal)));
    await all([...saves, clearProblem(ports, secretProblem(job.secret), signal)]);
  }).catch((error: unknown) => ports.log.note(failureOf(error).code, failureOf(error).message));
}

async function enqueue(ports: Ports, sends: readonly Send[], leftMs: number): Promise<void> {
  const limit = limited(CONCURRENCY);
  await within(ports.clock, leftMs, NEVER, (signal) =>
    all(sends.map(({ message, delayMs }) => limit(() => ports.queue.push(message, delayMs, signal)))),
  );
}

/** One that fails must not cut the others off: its reason waits until they have ended. */
async function all(tasks: readonly Promise<unknown>[]): Promise<void> {
  const ended = await Promise.allSettled(tasks);
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** The work could not begin: the registry could not be asked. */
export async function postpone(
  ports: Ports,
  job: Job,
  code: Code,
  message: string,
  leftMs: number,
): Promise<void> {
  const names = {
    vault: job.secret.vault,
    secret: job.secret.name,
    ...job.only,
    ...causeNames(job.cause),
    attempt: job.attempt,
  };
  const given = `given up after 24 hours: ${code}: ${message}`;
  const about = job.only ?? secretProblem(job.secret);
  if (isLate(ports, job) && (await recordProblem(ports, about, given, job, NEVER)))
    return ports.log.outcome({ code: 'GAVE_UP', message: given, ...names });
  await enqueue(ports, [again(ports, job, code)], leftMs);
  return ports.log.outcome({ code, message: `${message}${unrepeated(job)}`, ...names });
}

/** A message of the queue can ask for nothing that only a person may: the retries go without it. */
function unrepeated({ acceptOlder, removeNow }: Job): string {
  const flags = [
    ...(acceptOlder === true ? ['--accept-older'] : []),
    ...(removeNow === true ? ['--remove-now'] : []),
  ];
  return flags.length === 0
    ? ''
    : `; the retry goes without ${flags.join(' and ')}: ask again if it is still needed`;
}

function isLate({ clock }: Pick<Ports, 'clock'>, { since }: Job): boolean {
  return clock.now() - since >= GIVE_UP_AFTER_MS;
}

/**
 * The result, or that it is given up: only once the table holds the problem, for else nobody would know of it. A replica
 * that lags is no failure: after 24 hours its version is written.
 */
async function giveUpIfLate(ports: Ports, job: Job, result: Result): Promise<Result> {
  if (!isRetryable(result.code) || result.code === 'STALE_READ' || !isLate(ports, job)) return result;
  const message = `given up after 24 hours: ${result.code}: ${result.message}`;
  const given: Result = { ...result, code: 'GAVE_UP', message };
  try {
    await within(ports.clock, ROWS_MS.most, NEVER, (signal) => saveRow(ports, job, given, new Set(), signal));
    return given;
  } catch (error) {
    ports.log.note(failureOf(error).code, failureOf(error).message);
    return result;
  }
}

function outcomeOf(job: Job, result: Result, now: number): LogLine {
  const { claim } = result.work;
  return {
    code: result.code,
    message: isRetryable(result.code) ? `${result.message}${unrepeated(job)}` : result.message,
    vault: job.secret.vault,
    secret: job.secret.name,
    ...(result.version === undefined ? {} : { version: result.version }),
    ...claim.target,
    route: claim.route.metadata.name,
    ...causeNames(job.cause),
    attempt: job.attempt,
    durationMs: Math.max(0, now - job.since),
  };
}

/** After the push and out of its way; written only when people would see a difference. */
async function saveRow(
  ports: Ports,
  job: Job,
  result: Result,
  said: Set<string>,
  signal: AbortSignal,
): Promise<void> {
  const before = await ports.status.target(result.work.claim.target, signal);
  const attempt = isRetryable(result.code) ? nextOf(job, result.code).attempt : job.attempt;
  const after = rowOf(result, before, { cause: job.cause, attempt }, ports.clock.now());
  if (isAnothersRow(before, result) || !differs(before, after)) return;
  for (const note of newNotes(result, before)) logNote(ports, job, result, note, said);
  await ports.status.saveTargets([after], signal);
}

/** The state of a source is told once, however many targets it feeds. */
function logNote(ports: Ports, job: Job, result: Result, note: Note, said: Set<string>): void {
  const { code, message, source } = note;
  if (source !== undefined && said.has(message)) return;
  said.add(message);
  const { target, route } = result.work.claim;
  const place = source === undefined ? { ...target, route: route.metadata.name } : {};
  const names = { vault: job.secret.vault, secret: source ?? job.secret.name, ...place };
  ports.log.outcome({ code, message, ...names, ...causeNames(job.cause), attempt: job.attempt });
}

/** A source that is not accepted, or a route that does not own the target, says nothing of what stands there. */
function isAnothersRow(before: TargetStatus | undefined, { code }: Result): boolean {
  return before?.state === 'current' && (code === 'NOT_ACCEPTED' || code === 'COLLISION');
}
