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

/**
 * What becomes of the Secrets of a route in clusters it no longer reaches but that stay registered. What is removed from a
 * cluster that is left without any route, or from a vault that no route speaks of, waits for a person.
 */
function fate({ before, after }: RegistryPlan, route: string, names: readonly string[]): string {
  const clusters = clustersIn(after).filter(({ metadata }) => names.includes(metadata.name));
  const removing = clusters.filter(({ spec }) => spec.orphans === 'remove').map((c) => c.metadata.name);
  const reached = inverted(reachOf(after));
  const vault = routesIn(before).find(({ metadata }) => metadata.name === route)?.spec.vault;
  const isVaultLeft = !routesIn(after).some(({ spec }) => spec.vault === vault);
  const held = removing.filter((name) => isVaultLeft || !reached.has(name));
  const going = removing.filter((name) => !held.includes(name));
  return [
    'they are kept and no longer updated',
    ...(going.length === 0
      ? []
      : [
          `in ${listText(going)} they are removed when runs an hour apart agree; if many at once, a person must confirm`,
        ]),
    ...(held.length === 0
      ? []
      : [`in ${listText(held)} they are removed only when a person confirms (REMOVAL_HELD)`]),
  ].join('; ');
}

function lostClusters(plan: RegistryPlan): string[] {
  const { before, after } = plan;
  const now = reachOf(after);
  const left = namesOf(after);
  return [...reachOf(before)].flatMap(([route, clusters]) => {
    const lost = clusters.filter((name) => left.has(name) && !(now.get(route) ?? []).includes(name));
    if (lost.length === 0) return [];
    const what = now.has(route) ? `Route ${route} no longer reaches` : `Route ${route} goes from`;
    return [`${what} ${listText(lost)}: its Secrets there have no route: ${fate(plan, route, lost)}`];
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

/**
 * Labels and annotations that a route no longer names: a Secret keeps what it has, because nobody wrote down who put it there
 * (DESIGN 5.4: what is foreign on a Secret survives).
 */
function keptMetadata({ before, after }: RegistryPlan): string[] {
  const had = new Map(routesIn(before).map(({ metadata, spec }) => [metadata.name, spec]));
  return routesIn(after).flatMap(({ metadata: { name }, spec }) =>
    (['labels', 'annotations'] as const).flatMap((field) => {
      const now = spec[field] ?? {};
      const gone = Object.keys(had.get(name)?.[field] ?? {}).filter((key) => !Object.hasOwn(now, key));
      if (gone.length === 0) return [];
      return [
        `Route ${name} no longer names ${field} ${listText(gone)}: Secrets that have them keep them until somebody takes them off: kubectl ${field === 'labels' ? 'label' : 'annotate'} secret NAME -n NAMESPACE ${gone.map((key) => `${key}-`).join(' ')}`,
      ];
    }),
  );
}

/** A route of a plan that reaches nothing, or not all that it names. */
interface Unreached {
  route: string;
  rule: 'unknown-cluster' | 'selects-nothing';
  message: string;
}

/** Only what this plan touches: a registry with an old flaw must not repeat it at every apply. */
export function unreachedIn({ before, after, actions }: RegistryPlan): Unreached[] {
  const [had, has, reach] = [namesOf(before), namesOf(after), reachOf(after)];
  const puts = new Set(actions.flatMap((action) => ('wanted' in action ? [action.wanted.document] : [])));
  return routesIn(after).flatMap((route): Unreached[] => {
    const { name } = route.metadata;
    const selector = route.spec.clusters;
    const unknown = 'names' in selector ? selector.names.filter((one) => !has.has(one)) : [];
    const missing = unknown.filter((one) => puts.has(route) || had.has(one));
    if (missing.length > 0) {
      const message = `Route ${name} names ${listText(missing)}, not registered`;
      return [{ route: name, rule: 'unknown-cluster', message }];
    }
    const idle = puts.has(route) && (reach.get(name) ?? []).length === 0;
    const message = `Route ${name} selects no registered cluster`;
    return idle ? [{ route: name, rule: 'selects-nothing', message }] : [];
  });
}

/** What a plan leaves behind: one sentence each. */
export function strandsOf(plan: RegistryPlan): string[] {
  return [...goneClusters(plan), ...lostClusters(plan), ...emptyClusters(plan), ...keptMetadata(plan)];
}
