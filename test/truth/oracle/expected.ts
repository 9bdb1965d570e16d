import type { Stack } from '../../local/stack/start.ts';
import type { Goal, Trouble } from '../fleet/story.ts';
import { sourceIn, targetIn } from './world.ts';
import type { Ledger, TrueSource, TrueTarget } from './world.ts';

/** All that is true of a goal, and what may be said of it. */
export interface Truth {
  goal: Goal;
  target: TrueTarget;
  /** By name. */
  sources: Map<string, TrueSource>;
  /** What its row must say; undefined: there is none. */
  said: Said | undefined;
}

interface Said {
  state: string;
  reasons: string[];
  /** Nothing stands there and nothing is wanted: the row may have gone, too. */
  mayBeUnsaid: boolean;
}

const REASON: Partial<Record<TrueSource['state'], string>> = {
  disabled: 'SOURCE_DISABLED',
  deleted: 'SOURCE_DELETED',
  missing: 'SOURCE_MISSING',
  expired: 'EXPIRED',
};

const saying = (state: string, reasons: string[], mayBeUnsaid = false): Said => ({
  state,
  reasons,
  mayBeUnsaid,
});
const WELL = saying('synced', ['DELIVERED', 'UNCHANGED']);

export function truthOf(stack: Stack, ledger: Ledger, goal: Goal): Truth {
  const target = targetIn(stack, ledger, goal);
  const names = new Set(Object.values(goal.keys).map(({ secret }) => secret));
  const sources = new Map([...names].map((name) => [name, sourceIn(stack, ledger, goal.vault, name)]));
  return { goal, target, sources, said: saidOf(goal, target, sources) };
}

function saidOf(goal: Goal, target: TrueTarget, sources: Truth['sources']): Said | undefined {
  if (goal.claim === 'unclaimed')
    return target.live === 'ours' ? saying('orphaned', ['ORPHANED']) : undefined;
  if (goal.claim === 'rival') return saying('refused', ['COLLISION'], true);
  if (goal.claim === 'paused') return saying('paused', ['PAUSED']);
  if (goal.trouble !== undefined) return troubled(goal.trouble);
  return refusedIn(target, sources) ?? reachedIn(goal, target, sources);
}

function troubled({ state, reason }: Trouble): Said {
  return state === 'synced' ? WELL : saying(state, [reason, 'CLUSTER_BACKOFF']);
}

function refusedIn(target: TrueTarget, sources: Truth['sources']): Said | undefined {
  const refused = (reason: string): Said => saying('refused', [reason]);
  if (target.namespace === 'missing') return refused('NAMESPACE_MISSING');
  if (![...sources.keys()].some(target.accepts)) return refused('NOT_ACCEPTED');
  return target.live === 'foreign' ? refused('NOT_OURS') : undefined;
}

/** Of a target that can be written: what its sources make of it. */
function reachedIn(goal: Goal, target: TrueTarget, sources: Truth['sources']): Said {
  const reasons = [...sources].flatMap(([name, { state }]) => {
    if (!target.accepts(name)) return ['NOT_ACCEPTED'];
    return REASON[state] ?? [];
  });
  const isBroken = Object.values(goal.keys).some(({ secret, take }) => {
    const value = sources.get(secret)?.value;
    return value !== undefined && take(value) === undefined;
  });
  if (target.live === 'none') return absentFor(sources, reasons);
  if (isBroken) reasons.push('RENDER_REFUSED');
  return reasons.length === 0 ? WELL : saying('degraded', reasons);
}

function absentFor(sources: Truth['sources'], reasons: readonly string[]): Said {
  const states = [...sources.values()].map(({ state }) => state);
  const later = states.includes('not-yet-valid') ? ['SOURCE_NOT_YET_VALID'] : [];
  const isGone = states.every((state) => state === 'deleted' || state === 'missing');
  return saying('absent', [...reasons, ...later, 'REMOVED'], isGone);
}
