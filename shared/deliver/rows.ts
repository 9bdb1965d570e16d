import { type Code, isRetryable } from '../errors.ts';
import { evidenceAfterPush } from '../target/removal.ts';
import type { RowState, TargetStatus } from '../status/target.ts';
import { fingerprintOfResult, readAtOf } from './facts.ts';
import { messageOf } from './notes.ts';
import type { Result } from './result.ts';

/** Who caused a delivery, and which attempt it was. */
export interface Cause {
  cause: string;
  attempt: number;
}

/** The row that tells people what became of a target. `now` in ms. */
export function rowOf(
  result: Result,
  before: TargetStatus | undefined,
  { cause, attempt }: Cause,
  now: number,
): TargetStatus {
  const { code, identity = identityWithout(result, before), work } = result;
  const { target, route } = work.claim;
  const state = stateOf(result);
  return {
    cluster: target.cluster,
    id: `${target.namespace}:${target.name}`,
    state,
    code,
    message: messageOf(result),
    route: route.metadata.name,
    ...identity,
    fingerprint: fingerprintOfResult(result),
    sources: result.sources ?? before?.sources ?? '',
    since: before !== undefined && isSame(before, state, code) ? before.since : now,
    attempts: isRetryable(code) ? attempt : 0,
    cause,
    readAt: readAtOf(result),
    removal: evidenceOf(before, result),
  };
}

/** Without a look at the sources nothing is learnt about them. */
function evidenceOf(before: TargetStatus | undefined, { gathered }: Result): string {
  const evidence = before?.removal ?? '';
  if (gathered === undefined || evidence === '') return evidence;
  return evidenceAfterPush(evidence, new Map([...gathered].map(([name, { state }]) => [name, state])));
}

/**
 * A refusal before the Secret was looked into says nothing of it: what is known stays, so that a later run still looks for
 * it there. Without a fingerprint such a row never counts as current.
 */
function identityWithout({ code, gathered }: Result, before: TargetStatus | undefined) {
  if (before === undefined || gathered !== undefined || code === 'NAMESPACE_MISSING') return NOWHERE;
  return { uid: before.uid, resourceVersion: before.resourceVersion };
}

const NOWHERE = { uid: '', resourceVersion: '' };

/** The Secret is as it should be: there, or absent because no source has a value. */
const CURRENT: ReadonlySet<Code> = new Set<Code>([
  'DELIVERED',
  'UNCHANGED',
  'REMOVED',
  'SOURCE_DISABLED',
  'SOURCE_DELETED',
  'SOURCE_NOT_YET_VALID',
  'EXPIRED',
]);

function isSame(before: TargetStatus, state: RowState, code: Code): boolean {
  return before.state === state && before.code === code;
}

function stateOf({ code }: Result): RowState {
  if (CURRENT.has(code)) return 'current';
  if (code === 'GAVE_UP') return 'problem';
  return isRetryable(code) ? 'waiting' : 'refused';
}

/** Whether people would see a difference; an unchanged row is not written. Being current says the same under two codes. */
export function differs(before: TargetStatus | undefined, after: TargetStatus): boolean {
  if (before === undefined) return true;
  const shown: (keyof TargetStatus)[] = [
    'state',
    'uid',
    'resourceVersion',
    'fingerprint',
    'sources',
    'route',
    'attempts',
    'removal',
  ];
  if (shown.some((key) => before[key] !== after[key])) return true;
  return after.state !== 'current' && (before.code !== after.code || before.message !== after.message);
}
