import { type Code, CODES } from '../errors.ts';
import { proofAfterPush, proofOfClaimed } from '../target/removal.ts';
import { recordedRoute, SOURCES_ANNOTATION } from '../target/ownership.ts';
import { identityOf, type SecretMetadata } from '../target/secret.ts';
import { withDeliveries } from './deliveries.ts';
import { expiriesOf } from './expiry.ts';
import { fingerprintOfLook, readAtOf } from './fingerprint.ts';
import { messageOf } from './notes.ts';
import { effectOf, isUnfinished, type Outcome } from './outcome.ts';
import { partsOf, partsText } from './parts.ts';
import { standingOf } from './standing.ts';
import { stateOf } from './state.ts';
import { ackOf, blankRow, DAY_MS, NO_CLUSTER, rowId, staleSince, type TargetStatus } from './target.ts';
import { rowText } from './text.ts';

/** Who caused a look at a target, which attempt it was, and what follows. */
interface Attempt {
  cause: string;
  attempt: number;
  /** ms since the epoch. */
  now: number;
  /** When the look began, ms. */
  lookedAt: number;
  /** When a queued message looks again, ms; 0 when only runs do. */
  nextRetry: number;
}

/**
 * The row that tells people what became of a target, given the one that stands in the table; undefined when this outcome
 * has nothing to say about it.
 */
export function recordOf(
  outcome: Outcome,
  before: TargetStatus | undefined,
  attempt: Attempt,
): TargetStatus | undefined {
  if (before !== undefined && isOvertaken(before, attempt)) return undefined;
  if (before !== undefined && isAnothers(before, outcome)) return withoutRetry(before, attempt);
  const { target, look } = outcome;
  const { cause, lookedAt } = attempt;
  const failing = failingOf(outcome, before, attempt);
  return {
    ...blankRow(saidOf(outcome, before, { ...attempt, ...failing })),
    route: target.route.metadata.name,
    ...standingOf(outcome, before, attempt.now),
    ...sourcesOf(outcome, before),
    deliveries: withDeliveries(before?.deliveries, outcome, attempt.now),
    fingerprint: fingerprintOfLook(target.route, look),
    attempts: attemptsOf(outcome, before, attempt),
    cause,
    readAt: readAtOf(look),
    removal: proofOf(outcome, before?.removal),
    lookedAt,
    ...failing,
    stale: staleOf(outcome, before, attempt.now),
    announced: announcedOf(outcome, before),
    ack: ackOf(before),
  };
}

/** What a message is to find is kept while the work is not done: an attempt that looks for it says so itself. */
function announcedOf(outcome: Outcome, before: TargetStatus | undefined): string {
  return before !== undefined && isUnfinished(outcome) ? before.announced : '';
}

/** What is recorded of sources on the Secret, and how they were found; without a look nothing is learnt of them. */
function sourcesOf(
  outcome: Outcome,
  before: TargetStatus | undefined,
): Pick<TargetStatus, 'sources' | 'parts' | 'expires'> {
  const { sources = '', parts = '' } = before ?? {};
  const found = outcome.look.at === 'sources' ? partsText(partsOf(outcome)) : parts;
  const recorded = effectOf(outcome)?.recorded ?? sources;
  return { sources: recorded, parts: found, expires: expiriesOf(outcome, before) };
}

/** The message that was to look again was this one, and it says nothing of the target: runs look. */
function withoutRetry(before: TargetStatus, { cause, now, lookedAt }: Attempt): TargetStatus | undefined {
  const isSpent = before.cause === cause && before.nextRetry > 0 && before.nextRetry <= now;
  return isSpent ? { ...before, nextRetry: 0, lookedAt } : undefined;
}

/** Since when it fails and when it is tried again; nothing of what is done, or is a person's turn. */
function failingOf(
  outcome: Outcome,
  before: TargetStatus | undefined,
  { now, nextRetry }: Attempt,
): Pick<TargetStatus, 'failingSince' | 'nextRetry'> {
  // What was given up has not stopped failing: the next failure is no first one.
  if (outcome.kind === 'gave-up') return { failingSince: failedSince(before) || now, nextRetry: 0 };
  if (!isUnfinished(outcome)) return { failingSince: 0, nextRetry: 0 };
  // What only waits for company fails no more than before.
  const since = outcome.code === 'QUEUED' ? failedSince(before) : failedSince(before) || now;
  return { failingSince: since, nextRetry };
}

/** Of what waits, the attempt; of a refusal that may be over soon, how often it was met in a row. */
function attemptsOf(outcome: Outcome, before: TargetStatus | undefined, { attempt }: Attempt): number {
  if (isUnfinished(outcome)) return attempt;
  if (CODES[outcome.code].recheck !== 'hourly') return 0;
  return before?.code === outcome.code ? before.attempts + 1 : 1;
}

/**
 * A later look has been written already: two attempts ran at once, and this one's row was slow. The attempt that a row waits
 * for is later than the row, whatever the clocks of two instances say: else nobody would take back that it waits.
 */
function isOvertaken(before: TargetStatus, { lookedAt, cause, attempt }: Attempt): boolean {
  const isWaiting = before.state === 'pending' || before.announced !== '';
  const isAwaited = isWaiting && before.cause === cause && before.attempts <= attempt;
  return before.lookedAt > lookedAt && !isAwaited;
}

/**
 * The row of which a look has nothing else to say than that it contradicts the proof of a removal, and so ends it (DESIGN 5.6);
 * undefined where it does not. A look that seems older does, too: instances have clocks of their own, and a removal that comes
 * an hour late harms nobody.
 */
export function contradicted(outcome: Outcome, before: TargetStatus): TargetStatus | undefined {
  // Nothing is added to what a later look knows: not even that a removal was tried.
  const removal = proofOf(outcome, before.removal, NOTHING_TRIED);
  return removal === before.removal ? undefined : { ...before, removal };
}

/**
 * A route that does not own the target says nothing of what stands there, but that nothing does; nor does one source that is
 * not accepted, while others feed it.
 */
function isAnothers(before: TargetStatus, outcome: Outcome): boolean {
  const { code, target } = outcome;
  if (code === 'COLLISION')
    return !sawNothing(outcome) && before.code !== 'COLLISION' && before.route !== target.route.metadata.name;
  const isOneSource = code === 'NOT_ACCEPTED' && target.asked.by === 'secret';
  return isOneSource && FED.has(before.state);
}

function sawNothing({ look }: Outcome): boolean {
  return look.at !== 'nothing' && look.secret === undefined;
}

/** States of a target that other sources feed. */
const FED: ReadonlySet<TargetStatus['state']> = new Set(['synced', 'degraded', 'pending']);

/** Rows of older releases tell it by the date of their state. */
function failedSince(before: TargetStatus | undefined): number {
  if (before === undefined) return 0;
  const isOfOlder = before.state === 'pending' && before.code !== 'QUEUED';
  return before.failingSince || (isOfOlder ? before.since : 0);
}

/**
 * Where, and what is said. Something is pending only while it has not failed for long: what fails for a day is `failed`,
 * whatever path it fails on, and stays so until it succeeds.
 */
function saidOf(
  outcome: Outcome,
  before: TargetStatus | undefined,
  attempt: Attempt & Pick<TargetStatus, 'failingSince'>,
): Parameters<typeof blankRow>[0] {
  const { ref } = outcome.target;
  const message = messageOf(outcome);
  const said = hasFailed(outcome, before, attempt)
    ? ({ state: 'failed', code: outcome.code, message: rowText(`failing for a day: ${message}`) } as const)
    : { ...stateOf(outcome), message };
  const since = before?.state === said.state ? before.since : attempt.now;
  return { cluster: ref.cluster, id: rowId(ref), ...said, since };
}

function hasFailed(
  outcome: Outcome,
  before: TargetStatus | undefined,
  { now, nextRetry, failingSince }: Attempt & Pick<TargetStatus, 'failingSince'>,
): boolean {
  const isLeftToRuns = isUnfinished(outcome) && nextRetry === 0 && outcome.code !== 'STALE_READ';
  return isLeftToRuns && (before?.state === 'failed' || now - failingSince >= DAY_MS);
}

/** Since when each source answers with an older version; without a look at the sources nothing is learnt. */
function staleOf(outcome: Outcome, before: TargetStatus | undefined, now: number): string {
  const known = before?.stale ?? '';
  if (outcome.look.at !== 'sources') return known;
  const since = staleSince(known);
  const brought = effectOf(outcome)?.brought;
  const stale = outcome.look.stale.filter((source) => brought?.has(source) !== true);
  const entries = stale.map((source) => [source, since[source] ?? now]);
  return entries.length === 0 ? '' : JSON.stringify(Object.fromEntries(entries));
}

/** The proof of a removal after this look: without a look at the sources nothing is learnt about them. */
export function proofOf(outcome: Outcome, before = '', tried = triedBy(outcome)): string {
  const { look } = outcome;
  if (before === '') return before;
  // The target is claimed, or nobody would have looked: the Secret is no orphan.
  if (look.at !== 'sources') return proofOfClaimed(before);
  const states = new Map([...look.sources].map(([name, { state }]) => [name, state] as const));
  return proofAfterPush(before, states, tried);
}

const NOTHING_TRIED: ReadonlySet<string> = new Set();

/** What was to leave, of an outcome that nothing kept from it. */
function triedBy(outcome: Outcome): ReadonlySet<string> {
  const { leaving } = outcome.target.allowed;
  return isUnfinished(outcome) || leaving === 'all' ? NOTHING_TRIED : new Set(leaving.keys());
}

/** The row of a target whose work was given up. What is known of the Secret stays: later runs look for it there. */
export function givenUpRecord(
  where: { cluster: string; id: string },
  before: TargetStatus | undefined,
  message: string,
  { cause, attempt, now }: Pick<Attempt, 'cause' | 'attempt' | 'now'>,
): TargetStatus {
  const state = where.cluster === NO_CLUSTER ? 'problem' : 'failed';
  const said = { state, code: 'GAVE_UP', message: rowText(message), since: now } as const;
  const row = before === undefined ? blankRow({ ...where, ...said }) : { ...before, ...said };
  return { ...row, attempts: attempt, cause, nextRetry: 0, failingSince: row.failingSince || now };
}

/** What is known of the versions in a Secret that nobody looked into, and who wrote it. */
function whatCame(
  { annotations }: SecretMetadata,
  before: TargetStatus | undefined,
): Pick<TargetStatus, 'expires' | 'deliveries' | 'maker'> {
  const { sources, expires = '', deliveries = '', maker = '' } = before ?? {};
  return { expires: annotations[SOURCES_ANNOTATION] === sources ? expires : '', deliveries, maker };
}

/** The row of a managed Secret that no route wants; `before` keeps its date and its proof. */
export function orphanRecord(
  cluster: string,
  secret: SecretMetadata,
  { code, message }: { code: Code; message: string },
  before: TargetStatus | undefined,
  { cause, now, lookedAt }: Pick<Attempt, 'cause' | 'now' | 'lookedAt'>,
): TargetStatus {
  const known = before?.state === 'orphaned' ? before : { since: now, cause };
  const about = { cluster, id: rowId(secret), state: 'orphaned', code, message, since: known.since } as const;
  return {
    ...blankRow(about),
    route: recordedRoute(secret) ?? '',
    ...identityOf(secret),
    stands: 'yes',
    deliveredAt: before?.uid === secret.uid ? before.deliveredAt : 0,
    sources: secret.annotations[SOURCES_ANNOTATION] ?? '',
    ...whatCame(secret, before),
    cause: known.cause,
    lookedAt,
    removal: before?.removal ?? '',
    ack: ackOf(before),
  };
}
