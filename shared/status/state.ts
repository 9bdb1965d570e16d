import { isRetryable } from '../errors.ts';
import { isUnfinished, type Outcome } from './outcome.ts';
import { isDegrading, partsOf } from './parts.ts';
import type { TargetStatus } from './target.ts';

/** What happens next with a target after this outcome, and why. */
export function stateOf(outcome: Outcome): Pick<TargetStatus, 'state' | 'code'> {
  const { code } = outcome;
  switch (outcome.kind) {
    case 'synced':
      return stateOfSynced(outcome);
    case 'planned':
      return { state: 'synced', code };
    case 'removed':
      return stateOfRemoved(outcome);
    case 'absent':
      return { state: 'absent', code };
    case 'failed':
    case 'held':
      return { state: 'pending', code };
    case 'refused':
      return { state: 'refused', code };
    case 'gave-up':
      return { state: 'failed', code };
  }
}

/** What would have given it another key says what happens next, as it does where nothing stood before. */
function stateOfRemoved(outcome: Extract<Outcome, { kind: 'removed' }>): ReturnType<typeof stateOf> {
  const [first] = outcome.unfinished;
  if (first === undefined) return { state: 'absent', code: outcome.code };
  const again = outcome.unfinished.find(({ code }) => isRetryable(code));
  return again === undefined
    ? { state: 'refused', code: first.code }
    : { state: 'pending', code: again.code };
}

/**
 * A source that could not be used leaves the rest as it should be; what the whole could not do, such as a creation that was
 * not confirmed, is still to be done. Of several sources the one that is tried again says why.
 */
function stateOfSynced(outcome: Extract<Outcome, { kind: 'synced' }>): ReturnType<typeof stateOf> {
  const { code } = outcome;
  if (outcome.unfinished.some(({ source }) => source === undefined) && isUnfinished(outcome))
    return { state: 'pending', code };
  const [first] = outcome.unfinished;
  const [part] = partsOf(outcome).filter(isDegrading);
  const reason = first ?? part;
  return reason === undefined ? { state: 'synced', code } : { state: 'degraded', code: reason.code };
}
