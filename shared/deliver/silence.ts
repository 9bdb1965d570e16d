import type { Code } from '../errors.ts';
import type { Change } from '../target/change.ts';
import type { Contribution, Source } from '../source/usable.ts';
import type { Observed } from './observe.ts';

const SILENT = {
  disabled: { code: 'SOURCE_DISABLED', because: 'is disabled' },
  deleted: { code: 'SOURCE_DELETED', because: 'is deleted' },
  expired: { code: 'EXPIRED', because: 'has expired' },
  'not-yet-valid': { code: 'SOURCE_NOT_YET_VALID', because: 'has no version that is valid yet' },
} as const satisfies Record<string, { code: Code; because: string }>;

interface Silence {
  code: Code;
  message: string;
}

/** Why a Secret that does not exist is not created: none of its sources gives a value now. */
export function silenceOf(contributions: ReadonlyMap<string, Contribution>): Silence | undefined {
  const states = [...contributions].map(([name, one]) => ({ name, state: silentState(one) }));
  const [first] = states;
  if (first?.state === undefined || states.some(({ state }) => state === undefined)) return undefined;
  const { code, because } = SILENT[first.state];
  return { code, message: `no source has a value to write: secret ${first.name} ${because}` };
}

function silentState(contribution: Contribution): keyof typeof SILENT | undefined {
  const state = 'keep' in contribution ? contribution.keep : 'remove' in contribution && contribution.remove;
  return state === 'disabled' || state === 'deleted' || state === 'expired' || state === 'not-yet-valid'
    ? state
    : undefined;
}

/** What an event about a secret that is gone came to, when nothing had to be written: its one clear line says why. */
export function ownSilence(
  { work: { source } }: Observed,
  gathered: ReadonlyMap<string, Source>,
  decision: Change,
): Silence | undefined {
  const state = source === undefined ? undefined : gathered.get(source)?.state;
  if (decision.kind !== 'unchanged' || (state !== 'disabled' && state !== 'deleted')) return undefined;
  const { code, because } = SILENT[state];
  return { code, message: `secret ${source} ${because}; its keys stay as found` };
}
