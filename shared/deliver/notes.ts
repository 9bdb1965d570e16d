import { type Code, isRetryable } from '../errors.ts';
import { isTagged, type SourceStatus } from '../source/usable.ts';
import { rowText } from '../status/text.ts';
import type { TargetStatus } from '../status/target.ts';
import type { Result } from './result.ts';

/** Something people should know of a target besides what became of it: the state of a source, a key that left. */
export interface Note {
  code: Code;
  message: string;
  source?: string;
}

/** What a delivery found out. Every message names its date or key, so that the same text means the same state. */
export function notesOf(result: Result): Note[] {
  const { work, code, gathered, removed = [], left = [] } = result;
  const states = [...(gathered ?? [])].flatMap(([source, one]) =>
    isTagged(work.claim.route, one) && !isDelivered(one, result) ? stateNote(source, one) : [],
  );
  return [
    ...states.filter((note) => note.code !== code),
    ...(removed.length > 0 && code === 'DELIVERED' ? [removedNote(removed)] : []),
    ...(left.length > 0 ? [leftNote(code, left)] : []),
  ];
}

/** A version that got a not-before date after it was delivered waits for nothing. */
function isDelivered(gathered: SourceStatus, { sources = '' }: Result): boolean {
  return gathered.state === 'not-yet-valid' && sources.includes(`@${gathered.latest.version}:`);
}

/** Those that the row of the target did not tell yet, and that are worth a line of their own. */
export function newNotes(result: Result, before: TargetStatus | undefined): Note[] {
  const known = before?.message ?? '';
  return notesOf(result).filter((note) => note.code !== 'UNCHANGED' && !known.includes(note.message));
}

/** The message of a target's row: the outcome, and the state of its sources. */
export function messageOf(result: Result): string {
  return rowText([result.message, ...notesOf(result).map((note) => note.message)].join('; '));
}

function removedNote(removed: readonly string[]): Note {
  return { code: 'REMOVED', message: `${removed.join(', ')} was removed from the Secret, as the route asks` };
}

function leftNote(code: Code, left: readonly string[]): Note {
  const keys = left.join(', ');
  if (code === 'DELIVERED')
    return { code: 'KEY_ORPHANED', message: `${keys} left the Secret: its route or consent is gone` };
  const stays = isRetryable(code) ? 'leaves when the write succeeds' : 'leaves with the next write';
  return { code: 'UNCHANGED', message: `${keys} ${stays}: its route or consent is gone` };
}

function stateNote(source: string, gathered: SourceStatus): Note[] {
  switch (gathered.state) {
    case 'near-expiry':
      return [
        {
          code: 'NEAR_EXPIRY',
          source,
          message: `secret ${source} expires on ${dateOf(gathered.version.expires)}`,
        },
      ];
    case 'expired':
      return [
        {
          code: 'EXPIRED',
          source,
          message: `secret ${source} expired on ${dateOf(gathered.version.expires)}`,
        },
      ];
    case 'disabled':
      return [{ code: 'SOURCE_DISABLED', source, message: `secret ${source} is disabled` }];
    case 'deleted':
      return [{ code: 'SOURCE_DELETED', source, message: `secret ${source} is deleted` }];
    case 'not-yet-valid':
      return [
        {
          code: 'SCHEDULED',
          source,
          message: `the latest version of secret ${source} waits for ${dateOf(gathered.latest.notBefore)}`,
        },
      ];
    case 'valid':
    case 'unreadable':
      return [];
  }
}

/** Unix seconds as people write them. */
function dateOf(seconds: number | undefined): string {
  return new Date((seconds ?? 0) * 1000).toISOString().replace('.000', '');
}
