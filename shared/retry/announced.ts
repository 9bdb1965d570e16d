import type { Task } from '../event/task.ts';
import { type Delivered, formatProvenance, parseProvenance } from '../source/provenance.ts';
import { effectOf, isUnfinished, type Outcome } from '../status/outcome.ts';
import { contradicted } from '../status/record.ts';
import type { TargetStatus } from '../status/target.ts';
import { isOfSecond, LAG_MOST_SECONDS, lags } from './lag.ts';
import type { Retry } from './requeue.ts';

type Announced = ReadonlyMap<string, Delivered>;

/**
 * What the row says of versions that no look has seen yet: events announced them, or they stood in the Secret that was there
 * before this one was created, for a replica that lags is not found out where nothing stands. It stands there because a
 * message names none: an instance of an older release refuses what its schema does not know, and leaves alone a column that it
 * does not know. `now` in ms.
 */
export function announcedAfter(
  { secret, announced }: Pick<Task, 'secret' | 'announced'>,
  outcome: Outcome,
  before: TargetStatus | undefined,
  now: number,
): string {
  const { vault } = outcome.target.route.spec;
  const stood =
    effectOf(outcome)?.action === 'create' ? datedBy(now, knownFrom(before?.sources, vault)) : NONE;
  const known = new Map([...unseen(stood, outcome, now), ...knownFrom(before?.announced, vault)]);
  if (!isUnfinished(outcome)) return textOf(vault, unseen(known, outcome, now));
  const own = known.get(secret.name);
  if (announced === undefined || (own !== undefined && own.created > announced.at))
    return textOf(vault, known);
  const { version, at } = announced;
  return textOf(vault, new Map([...known, [secret.name, { version, created: at }]]));
}

/**
 * The row over which an attempt tells nothing else, because by the clock of another instance its look is a later one: without
 * the proof that it contradicts, with what was announced, and with the message that waits for it, which knows itself by that.
 * Undefined when there is nothing of these.
 */
export function besides(
  task: Pick<Task, 'secret' | 'announced' | 'cause'>,
  outcome: Outcome,
  row: TargetStatus | undefined,
  waiting: Waiting,
): TargetStatus | undefined {
  const ended = row && contradicted(outcome, row);
  return withAnnounced(task, outcome, ended ?? row, waiting) ?? ended;
}

interface Waiting {
  attempt: number;
  nextRetry: number;
  isMerged: boolean;
  now: number;
}

function withAnnounced(
  task: Pick<Task, 'secret' | 'announced' | 'cause'>,
  outcome: Outcome,
  row: TargetStatus | undefined,
  waiting: Waiting,
): TargetStatus | undefined {
  const { attempt, nextRetry, isMerged, now } = waiting;
  if (row === undefined || !isUnfinished(outcome) || nextRetry === 0) return undefined;
  const announced = announcedAfter(task, outcome, row, now);
  if (announced === row.announced) return undefined;
  return isMerged
    ? { ...row, announced }
    : { ...row, announced, cause: task.cause, attempts: attempt, nextRetry };
}

/** Which of them a look at the sources did not find, though the vault may know them by now: its replica lags. */
function unseen(known: Announced, { look }: Outcome, now: number): Announced {
  return new Map(
    [...known].filter(([name, { version, created }]) => {
      const source = look.at === 'sources' ? look.sources.get(name) : undefined;
      const isRecent = now / 1000 - created < LAG_MOST_SECONDS;
      if (!isRecent || source === undefined || isOfSecond(source, created)) return false;
      return lags(source, { version, at: created }, now / 1000);
    }),
  );
}

/** At least so long until the next look; then as long again as the version is old. */
const FIRST_LOOK_MS = 30_000;

/**
 * The message that looks once more at a target of which an attempt did not find all that was announced, and by which the row
 * then waits: one at a time, each later than the last, until the version is too old to be missing from a replica. `before`: the
 * row that the attempt found; `unseen`: what it made of `announced`.
 */
export function unseenRetry(
  { cause, since, attempt, only }: Pick<Task, 'cause' | 'since' | 'attempt' | 'only'>,
  { target: { ref } }: Outcome,
  { before, unseen }: { before: TargetStatus | undefined; unseen: string },
  now: number,
): Retry | undefined {
  const { vault, sources } = parseProvenance(unseen);
  const [newest] = [...sources].toSorted(([, one], [, other]) => other.created - one.created);
  // By another clock than the one that set its time, the time of the message that is this attempt may be still to come.
  const isAwaited = only !== undefined && before?.cause === cause;
  if (newest === undefined || ((before?.nextRetry ?? 0) > now && !isAwaited)) return undefined;
  const [secret, { created }] = newest;
  return {
    message: { kind: 'target', vault, secret, cause, since, attempt: attempt + 1, ...ref },
    delayMs: Math.max(FIRST_LOOK_MS, now - created * 1000),
  };
}

const NONE: Announced = new Map();

function knownFrom(text: string | undefined, vault: string): Announced {
  const known = parseProvenance(text);
  return known.vault === vault ? known.sources : NONE;
}

/** Clocks differ by less; and anybody who edits a Secret can write any date into what is recorded of it. */
const AHEAD_SECONDS = 120;

/** Those that may have been made by now. */
function datedBy(now: number, recorded: Announced): Announced {
  return new Map([...recorded].filter(([, { created }]) => created < now / 1000 + AHEAD_SECONDS));
}

function textOf(vault: string, sources: Announced): string {
  return formatProvenance({ vault, sources });
}
