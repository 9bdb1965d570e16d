import type { Code, Failure } from '../errors.ts';
import type { Contribution } from '../source/contribution.ts';
import type { Source } from '../source/source.ts';
import { firstUnreadable } from './guards.ts';

/** States in which a source has no value to create a Secret with; `missing`: nothing of it was ever delivered. */
type Silenced = Exclude<Source['state'], 'valid' | 'near-expiry' | 'unreadable'> | 'missing';

const GIVES_NOTHING = {
  disabled: { code: 'SOURCE_DISABLED', because: 'is disabled' },
  deleted: { code: 'SOURCE_DELETED', because: 'is deleted' },
  expired: { code: 'EXPIRED', because: 'has expired' },
  missing: { code: 'SOURCE_MISSING', because: 'is not in the vault: no secret has that name now' },
  'not-yet-valid': { code: 'SOURCE_NOT_YET_VALID', because: 'has no version that is valid yet' },
} as const satisfies Record<Silenced, { code: Code; because: string }>;

type Silent = keyof typeof GIVES_NOTHING;

/** Why a Secret that does not exist is not created, though nothing is wrong: no source gives a value now. */
interface Silence {
  code: (typeof GIVES_NOTHING)[Silent]['code'];
  message: string;
}

/** Why a Secret that does not exist must not be created now: a source cannot be read, or none is wanted. */
export function reasonNotToCreate(
  sources: ReadonlyMap<string, Source>,
  contributions: ReadonlyMap<string, Contribution>,
): Failure | undefined {
  const unreadable = firstUnreadable(sources);
  if (unreadable !== undefined || sources.size === 0 || contributions.size > 0) return unreadable;
  return { code: 'NO_ROUTE', message: 'the tags of the secret are not those the route asks for' };
}

export function silenceOf(contributions: ReadonlyMap<string, Contribution>): Silence | undefined {
  const states = [...contributions].map(([name, one]) => ({ name, state: silentState(one) }));
  const [first] = states;
  if (first?.state === undefined || states.some(({ state }) => state === undefined)) return undefined;
  // Nothing was ever delivered here: whether there was such a secret once nobody can tell.
  const { code, because } = GIVES_NOTHING[first.state === 'deleted' ? 'missing' : first.state];
  return { code, message: `no source has a value to write: secret ${first.name} ${because}` };
}

function silentState(contribution: Contribution): Silent | undefined {
  const state =
    'keep' in contribution ? contribution.keep : 'remove' in contribution ? contribution.remove : '';
  return isSilent(state) ? state : undefined;
}

function isSilent(state: string): state is Silent {
  return Object.hasOwn(GIVES_NOTHING, state);
}

/**
 * What an event about a secret that is gone came to, when nothing had to be written: its one clear line says why. `isKnown`:
 * a version of it was delivered here.
 */
export function ownSilence(
  secret: string,
  source: Source | undefined,
  isKnown: boolean,
): Silence | undefined {
  if (source?.state !== 'disabled' && source?.state !== 'deleted') return undefined;
  if (source.state === 'deleted' && !isKnown) {
    const { code, because } = GIVES_NOTHING.missing;
    return { code, message: `secret ${secret} ${because}` };
  }
  const { code, because } = GIVES_NOTHING[source.state];
  return { code, message: `secret ${secret} ${because}; its keys stay as found` };
}
