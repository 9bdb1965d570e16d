import { CODES } from '../../../errors.ts';
import { withRuns } from '../../../output/held.ts';
import type { ProblemDocument } from '../../../output/schema.ts';
import type { ProblemGroup, ProblemsView } from '../views.ts';
import { seenOf } from './seen.ts';
import { foundIn, once, partitionOf, type World } from './world.ts';

/** A person looks at so many of a kind; the list of targets has them all. */
const ITEMS_SHOWN = 20;
const CLUSTERS_SHOWN = 50;

/** What is wrong anywhere, by its cause; the cause that came last comes first. */
export async function problemsView(world: World, now: number): Promise<ProblemsView> {
  const [problems, items] = await Promise.all([problemsIn(world), groupsOf(world)]);
  return { kind: 'ProblemGroups', metadata: { ...seenOf(world, now), total: problems.length }, items };
}

/** As `vaultcast get problems` finds them. */
export const problemsIn = once((world: World): Promise<readonly ProblemDocument[]> =>
  withRuns(foundIn(world), (cluster) => Promise.resolve(partitionOf(world, cluster).runs)),
);

const groupsOf = once(async (world: World): Promise<ProblemGroup[]> => {
  const groups = Map.groupBy(await problemsIn(world), ({ status }) => status.reason);
  return [...groups]
    .map(([reason, all]) => groupOf(reason, all))
    .toSorted((a, b) => ((a.newest ?? '') < (b.newest ?? '') ? 1 : -1));
});

function groupOf(reason: ProblemGroup['reason'], all: readonly ProblemDocument[]): ProblemGroup {
  const sorted = all.toSorted((a, b) => ((a.status.since ?? '') < (b.status.since ?? '') ? 1 : -1));
  const dates = sorted.flatMap(({ status }) => status.since ?? []);
  const [newest, oldest] = [dates[0], dates.at(-1)];
  const clusters = [...new Set(sorted.flatMap(({ spec }) => spec.cluster ?? []))].sort();
  const items = sorted.slice(0, ITEMS_SHOWN);
  return {
    reason,
    meaning: CODES[reason].meaning,
    total: all.length,
    ...(newest === undefined || oldest === undefined ? {} : { newest, oldest }),
    clusters: clusters.slice(0, CLUSTERS_SHOWN),
    help: [...new Set(items.flatMap(({ status }) => status.help ?? []))],
    acknowledged: all.filter(({ status }) => status.acknowledged !== undefined).length,
    items,
  };
}
