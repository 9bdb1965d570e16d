import type { Universe } from '../world/shape.ts';
import type { Bench } from './bench.ts';
import { aboutOf, pushMessages } from './messages.ts';
import { isUpToDate, standingAt } from './reference.ts';
import type { Accuse } from './rules.ts';

const GIVE_UP_MS = 23 * 3_600_000;

/**
 * Nothing runs: where a Secret was deleted to be created anew, a message must be on it, unless it was not to be written at
 * some moment since.
 */
export function judgeAbsent(universe: Universe, { anew, behindMs }: Bench, accuse: Accuse): void {
  const { history, time } = universe;
  if (anew.size === 0) return;
  const waiting = pushMessages(universe).map(({ message }) => message);
  for (const [place, { task, secret, atMs }] of anew) {
    const { cluster, namespace, name } = secret;
    const isOnIt = waiting.some(
      (one) => aboutOf(one) === place || (one.kind === 'secret' && one.secret.startsWith(namespace)),
    );
    if (isOnIt) continue;
    const moments = history.since(history.markAt(atMs), time.now());
    const isWanted = moments.every(({ moment }) => {
      const target = standingAt(universe, { cluster, namespace, name }, { moment, behindMs });
      return target !== undefined && target.live === undefined && isUpToDate(target).length > 0;
    });
    anew.delete(place);
    if (isWanted && time.now() - atMs < GIVE_UP_MS)
      accuse('absent', `${place} was deleted by ${task.name}, and nobody creates it anew`, [place]);
  }
}
