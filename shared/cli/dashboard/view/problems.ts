import { CODES } from '../../../errors.ts';
import { withRuns } from '../../../output/held.ts';
import { perObject } from '../../../remember.ts';
import type { Views } from '../views.ts';
import { countOf, foundIn } from './found.ts';
import { seenOf } from './seen.ts';
import { runsOf, type World } from './world.ts';

/** So many clusters are named; of more it is said how many they are. */
const CLUSTERS_NAMED = 3;

/** What is wrong anywhere, by its cause; the cause that came last comes first. */
export async function problemsView(world: World, now: number): Promise<Views['problems']> {
  const total = countOf(foundIn(world));
  return {
    kind: 'ProblemGroups',
    metadata: { ...seenOf(world, now), total },
    items: await groupsOf(world),
  };
}

const groupsOf = perObject(async (world: World): Promise<Views['problems']['items']> => {
  const groups = [...foundIn(world)].map(async ([reason, found]) => {
    const { total, acknowledged, newest, oldest, clusters } = found;
    const items = await withRuns(found.items, async (cluster) => runsOf(world, cluster));
    return {
      reason,
      meaning: CODES[reason].meaning,
      total,
      ...(newest === '' ? {} : { newest, oldest }),
      clusters: clusters.size,
      named: clusters.size > CLUSTERS_NAMED ? [] : [...clusters].sort(),
      help: [...new Set(items.flatMap(({ status }) => status.help ?? []))],
      acknowledged,
      items,
    };
  });
  return (await Promise.all(groups)).toSorted((a, b) => ((a.newest ?? '') < (b.newest ?? '') ? 1 : -1));
});
