import { FATE_OPTION, type Source } from '../source/usable.ts';
import { isSameRoute } from '../status/fingerprint.ts';
import type { Gathering } from './gather.ts';
import type { Observed } from './observe.ts';
import type { Terms } from './result.ts';

/**
 * A key may leave only by a route that still stands: read again, after the Secret was observed, word by word the one the
 * removal was decided by, with no row of the table in doubt. Otherwise nothing leaves in this delivery.
 */
export async function withPermission(
  { work, live }: Observed,
  gathered: ReadonlyMap<string, Source>,
  gathering: Gathering,
  terms: Terms,
): Promise<Terms> {
  const { route } = work.claim;
  const leaves = ([name, { state }]: [string, Source]): boolean =>
    isFate(state) && route.spec[FATE_OPTION[state]] === 'remove' && terms.removalProven(work, name, state);
  if (live === undefined || ![...gathered].some(leaves)) return terms;
  const { rows, bad } = await gathering.routes();
  const stands = bad.length === 0 && rows.some((one) => isSameRoute(one, route));
  return stands ? terms : { ...terms, removalProven: () => false };
}

function isFate(state: Source['state']): state is keyof typeof FATE_OPTION {
  return state in FATE_OPTION;
}
