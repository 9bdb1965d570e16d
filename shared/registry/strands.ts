import type { RegistryDocument } from './document.ts';
import type { RegistryPlan } from './plan.ts';
import { clustersIn, reachOf, routesIn } from './reach.ts';

const LONGEST_LIST = 8;

/** `a, b and 3 more`. */
export function listText(names: readonly string[]): string {
  const shown = names.slice(0, LONGEST_LIST).join(', ');
  return names.length > LONGEST_LIST ? `${shown} and ${names.length - LONGEST_LIST} more` : shown;
}

const namesOf = (documents: readonly RegistryDocument[]): Set<string> =>
  new Set(clustersIn(documents).map(({ metadata }) => metadata.name));

/** Cluster name -> names of the routes that reach it. */
function inverted(reach: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const result = new Map<string, string[]>();
  for (const [route, clusters] of reach)
    for (const cluster of clusters) result.set(cluster, [...(result.get(cluster) ?? []), route]);
  return result;
}

function goneClusters({ before, after }: RegistryPlan): string[] {
  const left = namesOf(after);
  const routes = inverted(reachOf(before));
  return clustersIn(before)
    .map(({ metadata }) => metadata.name)
    .filter((name) => !left.has(name))
    .map((name) => {
      const reachedBy = routes.get(name) ?? [];
      const by = reachedBy.length === 0 ? 'no route reaches it' : `reached by ${listText(reachedBy)}`;
      return `Cluster ${name} goes (${by}): its Secrets stay there, nothing updates or removes them any more`;
    });
}

/** What becomes of the Secrets of a route in clusters it no longer reaches but that stay registered. */
function fate(documents: readonly RegistryDocument[], names: readonly string[]): string {
  const clusters = clustersIn(documents).filter(({ metadata }) => names.includes(metadata.name));
  const removing = clusters.filter(({ spec }) => spec.orphans === 'remove').map((c) => c.metadata.name);
  const kept = 'they are kept and no longer updated';
  return removing.length === 0
    ? kept
    : `${kept}, in ${listText(removing)} they are removed (orphans: remove)`;
}

function lostClusters({ before, after }: RegistryPlan): string[] {
  const now = reachOf(after);
  const left = namesOf(after);
  return [...reachOf(before)].flatMap(([route, clusters]) => {
    const lost = clusters.filter((name) => left.has(name) && !(now.get(route) ?? []).includes(name));
    if (lost.length === 0) return [];
    const what = now.has(route) ? `Route ${route} no longer reaches` : `Route ${route} goes from`;
    return [`${what} ${listText(lost)}: its Secrets there have no route, ${fate(after, lost)}`];
  });
}

function emptyClusters({ before, after }: RegistryPlan): string[] {
  const had = inverted(reachOf(before));
  const has = inverted(reachOf(after));
  return clustersIn(after)
    .map(({ metadata }) => metadata.name)
    .filter((name) => had.has(name) && !has.has(name))
    .map((name) => `Cluster ${name} is left without any route`);
}

/** Only what this plan touches: a registry with an old flaw must not repeat it at every apply. */
function unreached({ before, after, actions }: RegistryPlan): string[] {
  const [had, has, reach] = [namesOf(before), namesOf(after), reachOf(after)];
  const puts = new Set(actions.flatMap((action) => ('wanted' in action ? [action.wanted.document] : [])));
  return routesIn(after).flatMap((route) => {
    const { name } = route.metadata;
    const selector = route.spec.clusters;
    const unknown = 'names' in selector ? selector.names.filter((one) => !has.has(one)) : [];
    const missing = unknown.filter((one) => puts.has(route) || had.has(one));
    if (missing.length > 0) return [`Route ${name} names ${listText(missing)}, not registered`];
    const idle = puts.has(route) && (reach.get(name) ?? []).length === 0;
    return idle ? [`Route ${name} selects no registered cluster`] : [];
  });
}

/** What a plan leaves behind, and what it leaves without effect: one sentence each. */
export function strandsOf(plan: RegistryPlan): string[] {
  return [...goneClusters(plan), ...lostClusters(plan), ...emptyClusters(plan), ...unreached(plan)];
}
