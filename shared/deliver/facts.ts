import { isTagged, type SourceStatus } from '../source/usable.ts';
import { fingerprintOf, type SourceFacts } from '../status/fingerprint.ts';
import type { Result } from './result.ts';

/** The fingerprint of what a push looked at; empty when it looked at nothing. */
export function fingerprintOfResult({ work, gathered, unaccepted }: Result): string {
  if (gathered === undefined) return '';
  const refused: SourceFacts[] = (unaccepted ?? []).map((name) => ({
    name,
    state: 'refused',
    properties: undefined,
  }));
  const { route } = work.claim;
  // A listing leaves out secrets whose tags the route does not ask for; so must this.
  const fed = [...gathered].filter(([, one]) => isTagged(route, one));
  return fingerprintOf(route, [...fed.map(factsOf), ...refused]);
}

/** Of a disabled secret a read tells nothing, so nothing but its state counts, here as in a listing. */
function factsOf([name, gathered]: [string, SourceStatus]): SourceFacts {
  const latest =
    'latest' in gathered ? gathered.latest : 'version' in gathered ? gathered.version : undefined;
  return { name, state: gathered.state, properties: latest };
}

/** Key Vault's clock at the oldest read behind a result, Unix seconds; 0 when nothing was read. */
export function readAtOf({ gathered }: Result): number {
  const times = [...(gathered?.values() ?? [])].flatMap((one) =>
    'latest' in one ? [one.latest.readAt] : 'version' in one ? [one.version.readAt] : [],
  );
  return times.length === 0 ? 0 : Math.min(...times);
}
