import { consentRefusal } from '../route/consent.ts';
import type { Result, Work } from '../deliver/result.ts';
import { idOf, type Wanted } from './desired.ts';
import type { Seen } from './plan.ts';

/** Why a target is not even looked at, in the words of a push; with the Secret as listed, so that it is not lost sight of. */
export function refusalOf(wanted: Wanted, seen: Seen): Result | undefined {
  const { claim, namespace, accepted, target, sources } = wanted;
  const work: Work = { claim, source: undefined };
  const live = seen.live.get(idOf(target));
  const identity = live && { uid: live.uid, resourceVersion: live.resourceVersion };
  const source = accepted.length > 0 ? undefined : sources[0];
  const refusal = consentRefusal({ work: { claim, source }, namespace, live: undefined });
  const failure = refusal ?? seen.unlisted.get(target.namespace);
  if (failure === undefined) return undefined;
  return { work, ...failure, ...(identity === undefined ? {} : { identity }) };
}

/** Claims that another route's claim keeps from the target. */
export function collisionsOf({ claim, rivals, target }: Wanted): Result[] {
  return rivals.map((route) => ({
    work: { claim, source: undefined },
    code: 'COLLISION',
    message: `route ${route} also claims ${target.namespace}/${target.name}; route ${claim.route.metadata.name} owns it`,
  }));
}
