import { CODES, type Code } from '../errors.ts';
import { effectOf, isUnfinished, type Outcome } from './outcome.ts';
import { type LogLine, targetNames } from './log-line.ts';
import { partsOf } from './parts.ts';
import type { TargetStatus } from './target.ts';
import { rowText } from './text.ts';

/** Something people should know of a target besides what became of it: the state of a source, a key that left. */
interface Note {
  code: Code;
  message: string;
  source?: string;
}

/** What a delivery found out. Every message names its date or key, so that the same text means the same state. */
function notesOf(outcome: Outcome): Note[] {
  const { removed = [], left = [] } = effectOf(outcome) ?? {};
  return [
    ...partsOf(outcome).filter(
      (part) => part.state !== 'stale' && part.state !== 'unreadable' && !isSaid(part, outcome),
    ),
    ...(removed.length > 0 && outcome.code === 'DELIVERED' ? [removedNote(removed)] : []),
    ...(left.length > 0 ? [leftNote(outcome, left)] : []),
  ];
}

/** Whether the outcome itself says it already. */
function isSaid({ message }: Note, outcome: Outcome): boolean {
  return outcome.message.includes(message);
}

/** Those that the row of the target did not tell yet, and that are worth a line. */
function freshNotes(outcome: Outcome, before: TargetStatus | undefined): Note[] {
  const known = before?.message ?? '';
  // It was done because of the state that a source has: that state asks nothing of anybody any more.
  if (outcome.kind === 'removed') return [];
  return notesOf(outcome).filter((note) => note.code !== 'UNCHANGED' && !known.includes(note.message));
}

/** Lines about the sources of one target: a Secret can have a thousand. */
const MOST_NOTES = 20;

/** What is to be told of a target besides its outcome; of many, how many more. A line about one of its secrets names no place. */
export function newNotes(outcome: Outcome, before: TargetStatus | undefined): LogLine[] {
  const { target } = outcome;
  const fresh = freshNotes(outcome, before);
  const told = fresh.slice(0, MOST_NOTES).map(({ code, message, source }): LogLine => {
    const { vault } = target.route.spec;
    const names = source === undefined ? targetNames(target) : { vault, secret: source };
    return { code, message, ...names };
  });
  const [next, ...more] = fresh.slice(MOST_NOTES);
  if (next === undefined) return told;
  const { namespace, name } = target.ref;
  const message = `${more.length + 1} more things are to be said of ${namespace}/${name}: see vaultcast get targets`;
  return [...told, { code: next.code, message, ...targetNames(target) }];
}

/** The message of a target's row: the outcome, and the state of its sources. */
export function messageOf(outcome: Outcome): string {
  return rowText([outcome.message, ...notesOf(outcome).map((note) => note.message)].join('; '));
}

function removedNote(removed: readonly string[]): Note {
  return { code: 'REMOVED', message: `${removed.join(', ')} was removed from the Secret, as the route asks` };
}

function leftNote(outcome: Outcome, left: readonly string[]): Note {
  const keys = left.join(', ');
  if (outcome.code === 'DELIVERED')
    return { code: 'KEY_ORPHANED', message: `${keys} left the Secret: its route or consent is gone` };
  const stays = isUnfinished(outcome) ? 'leaves when the write succeeds' : 'leaves with the next write';
  return { code: 'UNCHANGED', message: `${keys} ${stays}: its route or consent is gone` };
}

/** What is looked at again before long says by then what waits: until it does, each look would start one more message. */
function isSettled(code: Code): boolean {
  return CODES[code].retry === 'no' && CODES[code].recheck !== 'hourly';
}

/** The sources that wait for a date which the target's row did not tell yet: for the others a message is under way. */
export function newlyWaiting(outcome: Outcome, before: TargetStatus | undefined): string[] {
  if (!isSettled(outcome.code)) return [];
  const known = before !== undefined && isSettled(before.code);
  const notes = known ? freshNotes(outcome, before) : notesOf(outcome);
  return notes.flatMap(({ code, source }) => (code === 'SCHEDULED' && source !== undefined ? [source] : []));
}

/** The secret's latest version, where it waits for its not-before date and nothing else is under way for the target. */
export function waitingVersion(outcome: Outcome, secret: string) {
  const { look, target, code } = outcome;
  if (look.at !== 'sources' || !isSettled(code) || !target.route.spec.honourNotBefore) return undefined;
  const source = look.sources.get(secret);
  return source?.state === 'not-yet-valid' ? source.latest : undefined;
}

/**
 * The row of a target of which something is still to be queued: it tells what stands, and not what its sources wait for, so
 * that the next run finds that anew and queues it.
 */
export function unqueued(next: Next, outcome: Outcome): Next {
  return (before) => {
    const row = next(before);
    return row && { ...row, fingerprint: '', message: rowText(outcome.message) };
  };
}

type Next = (before: TargetStatus | undefined) => TargetStatus | undefined;
