import { type Acceptance, accepts } from './accept.ts';
import { type Claim, sourcesAmong } from './targets.ts';
import type { Route } from '../registry/document.ts';

/**
 * The route that owns a target: the one recorded on the live Secret while it still claims it, else the lowest name. A
 * route claims a target only through a source that the namespace accepts. Paused routes keep their claims.
 */
export function ownerOf(
  claim: Claim,
  rivals: readonly Route[],
  recorded: string | undefined,
  namesOf: (rival: Route) => Iterable<string>,
  acceptance: Acceptance | 'everything',
): string {
  const claimants = rivals
    .filter((rival) =>
      sourcesAmong(rival, claim.target, namesOf(rival)).some(
        (name) => acceptance === 'everything' || accepts(acceptance, { vault: rival.spec.vault, name }),
      ),
    )
    .map((rival) => rival.metadata.name);
  const all = [...claimants, claim.route.metadata.name].sort();
  return recorded !== undefined && all.includes(recorded) ? recorded : (all[0] ?? claim.route.metadata.name);
}
