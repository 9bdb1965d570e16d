import type { Cluster, Route } from '../../registry/document.ts';
import type { Action, RegistryPlan } from '../../registry/plan.ts';
import { clustersIn, reachOf } from '../../registry/reach.ts';
import type { Kind } from '../../registry/row.ts';
import type { Order } from '../run/orders.ts';
import { reconcileOrder } from '../run/orders.ts';

/** Fields that decide which targets a route claims: what leaves is noticed only by a run over the whole cluster. */
const CLAIMING = /^spec\.(?:prefix|allSecrets|clusters|namespaces|layout|name|data|match|exclude)\b/;

interface Touched {
  route: string;
  clusters: string[];
  whole: boolean;
}

const union = (...lists: (readonly string[] | undefined)[]): string[] => [
  ...new Set(lists.flatMap((list) => list ?? [])),
];

function nameOf(action: Action): { kind: Kind; name: string } {
  if (!('wanted' in action)) return action.existing;
  const { kind, metadata } = action.wanted.document;
  return { kind, name: metadata.name };
}

function mayLeave(action: Action): boolean {
  if (action.do === 'update') return action.changes.some(({ field }) => CLAIMING.test(field));
  return action.do === 'delete';
}

function touchedBy(action: Action, plan: RegistryPlan): Touched[] {
  const { kind, name } = nameOf(action);
  if (action.do === 'unchanged') return [];
  if (kind === 'Cluster') return [{ route: '', clusters: [name], whole: true }];
  const clusters = union(reachOf(plan.before).get(name), reachOf(plan.after).get(name));
  return [{ route: name, clusters, whole: mayLeave(action) }];
}

/** Clusters the app will look at. */
function open(after: RegistryPlan['after']): Set<string> {
  const clusters: Cluster[] = clustersIn(after).filter(({ spec }) => !spec.paused);
  return new Set(clusters.map(({ metadata }) => metadata.name));
}

/**
 * The reconciles that a change of the registry calls for: of one route where that is enough, of the whole cluster where
 * several things changed, or where something may have to go.
 */
export function ordersFor(plan: RegistryPlan): Order[] {
  const touched = plan.actions.flatMap((action) => touchedBy(action, plan));
  const [whole, scoped] = [new Set<string>(), new Map<Route['metadata']['name'], string[]>()];
  for (const cluster of open(plan.after)) {
    const here = touched.filter(({ clusters }) => clusters.includes(cluster));
    const [only, ...others] = here;
    if (only === undefined) continue;
    if (only.whole || others.length > 0) whole.add(cluster);
    else scoped.set(only.route, [...(scoped.get(only.route) ?? []), cluster]);
  }
  return [
    ...(whole.size === 0 ? [] : [reconcileOrder([...whole], {})]),
    ...[...scoped].map(([route, clusters]) => reconcileOrder(clusters, { route })),
  ];
}
