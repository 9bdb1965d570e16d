import type { Code } from '../errors.ts';
import type { Target } from '../route/targets.ts';
import { SOURCES_ANNOTATION } from '../target/ownership.ts';
import { identityOf, type SecretMetadata } from '../target/secret.ts';
import { isDegrading, knownParts, PART_CODES } from './parts.ts';
import { blankRow, isSettled, rowId, type TargetStatus } from './target.ts';
import { rowText } from './text.ts';

const AT_REST = { attempts: 0, nextRetry: 0, failingSince: 0, announced: '' };

/** The row of a target that waited and that nothing wants any more. Of others only that they waited is taken back. */
export function restRecord(
  before: TargetStatus,
  { code, message }: { code: Code; message: string },
  lookedAt: number,
): TargetStatus | undefined {
  if (before.lookedAt > lookedAt) return undefined;
  if (before.state !== 'pending') return spentRecord(before, lookedAt);
  const state = before.stands === 'yes' ? 'orphaned' : 'absent';
  return { ...before, ...AT_REST, lookedAt, since: lookedAt, state, code, message: rowText(message) };
}

/** The message that it waited for has come. */
function spentRecord(before: TargetStatus, lookedAt: number): TargetStatus | undefined {
  const isSpent = before.nextRetry > 0 && before.nextRetry <= lookedAt;
  return isSpent ? { ...before, nextRetry: 0, lookedAt } : undefined;
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
  if (before.lookedAt > lookedAt) return undefined;
  if (before.state === 'paused') return spentRecord(before, lookedAt);
  const fingerprint = isSettled(before) ? before.fingerprint : '';
  const said = { state: 'paused', code: 'PAUSED', message: rowText(message), since: lookedAt } as const;
  return { ...before, ...AT_REST, ...said, fingerprint, lookedAt };
}

/** What a run's list shows of a target without a row: its Secret, that none stands, or nothing, where it could not be made. */
type Listed = { secret: SecretMetadata | undefined } | 'unlisted';

/** The row of a target whose route is paused and that has none, as after a loss of the table. */
export function newPausedRecord({ ref, route }: Target, listed: Listed, lookedAt: number): TargetStatus {
  const said = { state: 'paused', code: 'PAUSED', message: 'the route is paused', since: lookedAt } as const;
  const row = {
    ...blankRow({ cluster: ref.cluster, id: rowId(ref), ...said }),
    route: route.metadata.name,
    lookedAt,
  };
  if (listed === 'unlisted') return row;
  const { secret } = listed;
  if (secret === undefined) return { ...row, stands: 'no' };
  const sources = secret.annotations[SOURCES_ANNOTATION] ?? '';
  return { ...row, ...identityOf(secret), stands: 'yes', sources };
}

/** The row of a target whose route is paused no more, and of which nothing changed meanwhile. */
export function resumedRecord(before: TargetStatus, lookedAt: number): TargetStatus | undefined {
  if (before.state !== 'paused' || before.lookedAt > lookedAt) return undefined;
  return { ...before, ...settledState(before), since: lookedAt, lookedAt };
}

/** What a row says of a target that nobody looked into anew, by the states of its sources. */
export function settledState({ stands, parts }: Pick<TargetStatus, 'stands' | 'parts'>) {
  const known = knownParts(parts);
  if (stands !== 'yes') return absentState(known);
  const degrading = known.filter(isDegrading);
  const [first] = degrading;
  return first === undefined
    ? ({ state: 'synced', code: 'UNCHANGED', message: 'the Secret is up to date' } as const)
    : ({
        state: 'degraded',
        code: PART_CODES[first.state],
        message: rowText(`the Secret is up to date but for: ${textOf(degrading)}`),
      } as const);
}

function absentState(known: ReturnType<typeof knownParts>) {
  const [first] = known;
  const code = first === undefined ? 'UNCHANGED' : (ABSENT_CODES[first.state] ?? PART_CODES[first.state]);
  const why = first === undefined ? '' : `: ${textOf(known)}`;
  return { state: 'absent', code, message: rowText(`no Secret stands there${why}`) } as const;
}

/** Where nothing stands a version that waits is all there is. */
const ABSENT_CODES: Partial<Record<keyof typeof PART_CODES, Code>> = {
  'not-yet-valid': 'SOURCE_NOT_YET_VALID',
};

function textOf(parts: ReturnType<typeof knownParts>): string {
  return parts.map(({ source, state }) => `secret ${source} is ${state}`).join('; ');
}
