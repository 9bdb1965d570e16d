import type { Code } from '../errors.ts';
import { proofAfterPush } from '../target/removal.ts';
import { recordedRoute, SOURCES_ANNOTATION } from '../target/ownership.ts';
import { identityOf, NO_SECRET, type SecretIdentity, type SecretMetadata } from '../target/secret.ts';
import { fingerprintOfLook, readAtOf } from './fingerprint.ts';
import { messageOf } from './notes.ts';
import { effectOf, isUnfinished, type Outcome, stateOf } from './outcome.ts';
import { blankRow, rowId, type TargetStatus } from './target.ts';

/** Who caused a look at a target, which attempt it was, and when (ms). */
export interface Attempt {
  cause: string;
  attempt: number;
  now: number;
}

/** The row that tells people what became of a target. */
export function recordOf(
  outcome: Outcome,
  before: TargetStatus | undefined,
  { cause, attempt, now }: Attempt,
): TargetStatus {
  const { code, target, look } = outcome;
  const state = stateOf(outcome);
  const isAsBefore = before?.state === state && before.code === code;
  const since = isAsBefore ? before.since : now;
  const about = { cluster: target.ref.cluster, id: rowId(target.ref), state, code, since };
  return {
    ...blankRow({ ...about, message: messageOf(outcome) }),
    route: target.route.metadata.name,
    ...secretOf(outcome, before),
    fingerprint: fingerprintOfLook(target.route, look),
    sources: effectOf(outcome)?.recorded ?? before?.sources ?? '',
    attempts: isUnfinished(outcome) ? attempt : 0,
    cause,
    readAt: readAtOf(look),
    removal: proofOf(outcome, before?.removal),
  };
}

/** The proof of a removal after this look: without a look at the sources nothing is learnt about them. */
export function proofOf({ look }: Outcome, before = ''): string {
  if (look.at !== 'sources' || before === '') return before;
  return proofAfterPush(before, new Map([...look.sources].map(([name, { state }]) => [name, state])));
}

/**
 * A refusal before the Secret was looked into says nothing of it: what is known stays, so that a later run still looks for
 * it there. Without a fingerprint such a row never counts as current.
 */
function secretOf(outcome: Outcome, before: TargetStatus | undefined): SecretIdentity {
  const { look, code } = outcome;
  const seen = effectOf(outcome)?.secret ?? ('secret' in look ? look.secret : undefined);
  if (seen !== undefined) return identityOf(seen);
  if (before === undefined || look.at === 'sources' || code === 'NAMESPACE_MISSING') return NO_SECRET;
  return identityOf(before);
}

/** The row of a managed Secret that no route wants; `before` keeps its date and its proof. */
export function orphanRecord(
  cluster: string,
  secret: SecretMetadata,
  { code, message }: { code: Code; message: string },
  before: TargetStatus | undefined,
  { cause, now }: Pick<Attempt, 'cause' | 'now'>,
): TargetStatus {
  const known = before?.state === 'orphaned' ? before : { since: now, cause };
  const about = { cluster, id: rowId(secret), state: 'orphaned', code, message, since: known.since } as const;
  return {
    ...blankRow(about),
    route: recordedRoute(secret) ?? '',
    ...identityOf(secret),
    sources: secret.annotations[SOURCES_ANNOTATION] ?? '',
    cause: known.cause,
    removal: before?.removal ?? '',
  };
}
