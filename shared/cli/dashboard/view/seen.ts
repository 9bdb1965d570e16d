import { countOf, foundIn } from './found.ts';
import { clusterNames, type World } from './world.ts';

/** What every view says of how it was read. */
export function seenOf(world: World, now: number) {
  const names = clusterNames(world);
  return {
    readAt: new Date(now).toISOString(),
    read: names.filter((name) => world.rows.has(name)).length,
    of: names.length,
    problems: countOf(foundIn(world)),
    notSeen: world.notSeen,
  };
}

/** More than a screen, less than a screen's worth of waiting. */
const PART_MAX = 200;

/** The part of a list that a query asks for, by `offset` and `limit`. */
export function partOf<T>(all: readonly T[], query: URLSearchParams) {
  const number = (name: string, normally: number): number => {
    const given = Number(query.get(name) ?? normally);
    return Number.isInteger(given) && given >= 0 ? given : normally;
  };
  const offset = number('offset', 0);
  const limit = Math.min(PART_MAX, number('limit', PART_MAX));
  return { offset, total: all.length, items: all.slice(offset, offset + limit) };
}
