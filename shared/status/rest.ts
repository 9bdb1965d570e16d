import type { Code } from '../errors.ts';
import { isDegrading, knownParts, PART_CODES } from './parts.ts';
import { isSettled, type TargetStatus } from './target.ts';
import { rowText } from './text.ts';

const AT_REST = { attempts: 0, nextRetry: 0, failingSince: 0 };

/** The row of a target that waited and that nothing wants any more. Others stay as they are. */
export function restRecord(
  before: TargetStatus,
  { code, message }: { code: Code; message: string },
  lookedAt: number,
): TargetStatus | undefined {
  if (before.state !== 'pending' || before.lookedAt > lookedAt) return undefined;
  const state = before.stands === 'yes' ? 'orphaned' : 'absent';
  return { ...before, ...AT_REST, lookedAt, since: lookedAt, state, code, message: rowText(message) };
}

/**
 * The row of a target whose route is paused. What it says of the Secret stays; where that was not settled, the first run
 * after the pause looks at it again.
 */
export function pausedRecord(
  before: TargetStatus,
  message: string,
  lookedAt: number,
): TargetStatus | undefined {
  if (before.state === 'paused' || before.lookedAt > lookedAt) return undefined;
  const fingerprint = isSettled(before) ? before.fingerprint : '';
  const said = { state: 'paused', code: 'PAUSED', message: rowText(message), since: lookedAt } as const;
  return { ...before, ...AT_REST, ...said, fingerprint, lookedAt };
}

/** The row of a target whose route is paused no more, and of which nothing changed meanwhile. */
export function resumedRecord(before: TargetStatus, lookedAt: number): TargetStatus | undefined {
  if (before.state !== 'paused' || before.lookedAt > lookedAt) return undefined;
  return { ...before, ...settledState(before), since: lookedAt, lookedAt };
}

/** What a row says of a target that nobody looked into anew, by the states of its sources. */
export function settledState({ stands, parts }: Pick<TargetStatus, 'stands' | 'parts'>) {
  const degrading = knownParts(parts).filter(isDegrading);
  const text = degrading.map(({ source, state }) => `secret ${source} is ${state}`).join('; ');
  const [first] = degrading;
  const code = first === undefined ? 'UNCHANGED' : PART_CODES[first.state];
  if (stands !== 'yes')
    return { state: 'absent', code, message: rowText(`no Secret stands there; ${text}`) } as const;
  return first === undefined
    ? ({ state: 'synced', code, message: 'the Secret is up to date' } as const)
    : ({ state: 'degraded', code, message: rowText(`the Secret is up to date but for: ${text}`) } as const);
}
