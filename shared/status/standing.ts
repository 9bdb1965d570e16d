import type { Code } from '../errors.ts';
import { routeId } from '../route/owner.ts';
import type { Change } from '../target/change.ts';
import { identityOf, NO_SECRET } from '../target/secret.ts';
import { effectOf, type Outcome } from './outcome.ts';
import type { TargetStatus } from './target.ts';

type Standing = Pick<TargetStatus, 'uid' | 'resourceVersion' | 'stands' | 'deliveredAt' | 'maker'>;

/** Codes that say that no Secret of ours stands there, although none was looked for. */
const NOTHING_OF_OURS: ReadonlySet<Code> = new Set(['NAMESPACE_MISSING', 'NOT_OURS']);

/**
 * What stands there. A refusal before the Secret was looked into says nothing of it: what is known stays, so that a later
 * run still looks for it there. Without a fingerprint such a row never counts as synced.
 */
export function standingOf(outcome: Outcome, before: TargetStatus | undefined, now: number): Standing {
  return { ...whatStands(outcome, before, now), maker: makerOf(outcome, before) };
}

function whatStands(
  outcome: Outcome,
  before: TargetStatus | undefined,
  now: number,
): Omit<Standing, 'maker'> {
  const { look, code } = outcome;
  const seen = effectOf(outcome)?.secret ?? ('secret' in look ? look.secret : undefined);
  if (seen !== undefined && seen.uid !== '')
    return { ...identityOf(seen), stands: 'yes', deliveredAt: deliveredAt(outcome, seen, before, now) };
  if (look.at !== 'nothing' || NOTHING_OF_OURS.has(code))
    return { ...NO_SECRET, stands: 'no', deliveredAt: 0 };
  if (before === undefined) return { ...NO_SECRET, stands: 'unknown', deliveredAt: 0 };
  return { ...identityOf(before), stands: before.stands, deliveredAt: before.deliveredAt };
}

/** Who wrote, or found written as it would; a Secret that was removed with its last key is nobody's any more. */
function makerOf(outcome: Outcome, before: TargetStatus | undefined): string {
  const effect = effectOf(outcome);
  if (effect === undefined) return before?.maker ?? '';
  return effect.action === 'delete' ? '' : routeId(outcome.target.route);
}

const WRITES: ReadonlySet<Change['action'] | undefined> = new Set(['create', 'update', 'replace']);

function deliveredAt(
  outcome: Outcome,
  { uid }: Pick<Standing, 'uid'>,
  before: TargetStatus | undefined,
  now: number,
): number {
  if (WRITES.has(effectOf(outcome)?.action)) return now;
  return before?.uid === uid ? before.deliveredAt : 0;
}
