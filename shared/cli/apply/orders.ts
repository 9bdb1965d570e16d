import { isChange, type RegistryPlan, rowOf } from '../../registry/plan.ts';
import { clustersIn, reachOf } from '../../registry/reach.ts';
import type { Order } from '../run/orders.ts';
import { reconcileOrder } from '../run/orders.ts';

/** The clusters that a change touches, and the route in them; undefined: anything there may have changed, or has to go. */
interface Touched {
  clusters: string[];
  route: string | undefined;
}

/**
 * The reconciles that a change of the registry calls for: of one route where that is enough, of the whole cluster where
 * several things changed, or where something may have to go. Paused clusters are not looked at.
 */
export function ordersFor(plan: RegistryPlan): Order[] {
  const touched = touchedBy(plan);
  const whole: string[] = [];
  const byRoute = new Map<string, string[]>();
  for (const cluster of clustersIn(plan.after).filter(({ spec }) => !spec.paused)) {
    const { name } = cluster.metadata;
    const [only, ...others] = touched.filter(({ clusters }) => clusters.includes(name));
    if (only === undefined) continue;
    if (only.route === undefined || others.length > 0) whole.push(name);
    else byRoute.set(only.route, [...(byRoute.get(only.route) ?? []), name]);
  }
  return [
    ...(whole.length === 0 ? [] : [reconcileOrder([...new Set(whole)], {})]),
    ...[...byRoute].map(([route, clusters]) => reconcileOrder([...new Set(clusters)], { route })),
  ];
}

function touchedBy({ actions, before, after }: RegistryPlan): Touched[] {
  return actions.filter(isChange).map((action) => {
    const { kind, name } = rowOf(action);
    if (kind === 'Cluster') return { clusters: [name], route: undefined };
    const clusters = [before, after].flatMap((documents) => reachOf(documents).get(name) ?? []);
    const changed = action.do === 'update' ? action.changes : [];
    const mayLeave = action.do === 'delete' || changed.some(({ field }) => CLAIMING.test(field));
    return { clusters, route: mayLeave ? undefined : name };
  });
}

/** Fields that decide which targets a route claims: what leaves is noticed only by a run over the whole cluster. */
const CLAIMING = /^spec\.(?:prefix|allSecrets|clusters|namespaces|layout|name|data|match|exclude)\b/;
