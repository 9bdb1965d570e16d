import { prefixCovers, segmentsOf, type SecretRef, type TargetRef } from '../names.ts';
import type { Cluster, Route } from '../registry/document.ts';
import { fixedSources, type Placement, placementOf } from './placement.ts';
import { isSelected } from './selection.ts';

/** A Kubernetes Secret that a route asks for. Whether it gets it is decided by consent and ownership. */
export interface Target {
  ref: TargetRef;
  route: Route;
  cluster: Cluster;
  asked: Asked;
  allowed: Allowed;
}

/** Why a target is looked at: one of its secrets changed, or a run whose listing gives all that feeds it. */
type Asked = { by: 'secret'; name: string } | { by: 'run'; listed: readonly string[] };

/** The secret because of which a target is looked at; undefined in a run. */
export function askedSecret({ asked }: Pick<Target, 'asked'>): string | undefined {
  return asked.by === 'secret' ? asked.name : undefined;
}

/** What may be done this time that otherwise needs patience or proof. */
interface Allowed {
  /** Sources of which the vault's latest version is written although it is older than the delivered one. */
  older: ReadonlySet<string> | 'all';
  /** Sources whose keys may leave; `all`: a person asked for it. */
  leaving: ReadonlyMap<string, Leaving> | 'all';
}

/** The one reason for which a key may leave, and the entry on the Secret that it was proven of (target/removal.ts). */
export interface Leaving {
  reason: string;
  entry: string;
  /** Since when every look found it, ms since the epoch. */
  since: number;
}

export const NOTHING_SPECIAL: Allowed = { older: new Set(), leaving: new Map() };

/** Whether the source's key may leave the target this time, for that reason. */
export function mayLeave({ allowed }: Pick<Target, 'allowed'>, source: string, reason: string): boolean {
  return allowed.leaving === 'all' || allowed.leaving.get(source)?.reason === reason;
}

/** Why a route that covers a secret makes no target of it now. */
interface Unplaced {
  route: Route;
  code: 'BAD_NAME' | 'RENDER_REFUSED' | 'PAUSED';
  message: string;
  /** What it claims all the same while it, or the cluster, is paused. */
  claimed: readonly TargetRef[];
}

/** What the routes of a secret's vault make of it. */
interface Routing {
  targets: Target[];
  unplaced: Unplaced[];
}

/** All targets that routes want the secret for. Paused routes and clusters ask for nothing now, and that is said. */
export function routingOf(
  secret: SecretRef,
  routes: readonly Route[],
  clusters: readonly Cluster[],
  allowed: Allowed = NOTHING_SPECIAL,
): Routing {
  const covering = routes.filter(
    (route) => route.spec.vault === secret.vault && coversName(route, secret.name),
  );
  const made = covering.map((route) => routedBy(route, secret.name, clusters, allowed));
  return {
    targets: made.flatMap((one) => one.targets),
    unplaced: made.flatMap((one) => one.unplaced),
  };
}

function routedBy(route: Route, name: string, clusters: readonly Cluster[], allowed: Allowed): Routing {
  const placement = placementOf(route, name);
  if (placement.kind === 'unwanted') return { targets: [], unplaced: [] };
  if (placement.kind === 'refused') {
    const { code, message } = placement;
    return { targets: [], unplaced: [{ route, code, message, claimed: [] }] };
  }
  const selected = clusters.filter((cluster) => selectsCluster(route, cluster));
  const asked = { by: 'secret', name } as const;
  const at = (where: readonly Cluster[]): Target[] =>
    where.flatMap((cluster) => targetsAt(route, cluster, placement, asked, allowed));
  const pausing = (where: readonly Cluster[], what: string): Unplaced => {
    const claimed = at(where).map(({ ref }) => ref);
    return { route, code: 'PAUSED', message: `${what} is paused`, claimed };
  };
  if (route.spec.paused) return { targets: [], unplaced: [pausing(selected, 'the route')] };
  const paused = selected.filter(({ spec }) => spec.paused);
  return {
    targets: at(selected.filter(({ spec }) => !spec.paused)),
    unplaced: paused.map((cluster) => pausing([cluster], `cluster ${cluster.metadata.name}`)),
  };
}

/** The targets of a placement in one cluster: one per namespace. */
function targetsAt(
  route: Route,
  cluster: Cluster,
  { namespaces, name }: Extract<Placement, { kind: 'placed' }>,
  asked: Asked,
  allowed: Allowed = NOTHING_SPECIAL,
): Target[] {
  return namespaces.map((namespace) => ({
    ref: { cluster: cluster.metadata.name, namespace, name },
    route,
    cluster,
    asked,
    allowed,
  }));
}

/** A name whose segments are malformed is nobody's. */
function coversName(route: Route, name: string): boolean {
  return segmentsOf(name) !== undefined && prefixCovers(route.spec.prefix, name);
}

/** Whether the route takes the secret, its tags and its place aside. */
export function covers(route: Route, name: string): boolean {
  return coversName(route, name) && isSelected(route, name);
}

export function selectsCluster(route: Route, cluster: Cluster): boolean {
  const selector = route.spec.clusters;
  if ('names' in selector) return selector.names.includes(cluster.metadata.name);
  const labels = cluster.metadata.labels ?? {};
  return Object.entries(selector.matchLabels).every(([key, value]) => labels[key] === value);
}

/** The secrets among `names` that feed the target through the route. */
export function sourcesAmong(
  route: Route,
  target: { namespace: string; name: string },
  names: Iterable<string>,
): string[] {
  const fixed = fixedSources(route, target.name);
  const candidates = fixed === undefined ? [...names] : [...names].filter((name) => fixed.includes(name));
  return candidates
    .filter((name) => coversName(route, name) && isAt(placementOf(route, name), target))
    .sort();
}

/** Whether the placement is this very Secret. */
export function isAt(placement: Placement, target: { namespace: string; name: string }): boolean {
  return (
    placement.kind === 'placed' &&
    placement.name === target.name &&
    placement.namespaces.includes(target.namespace)
  );
}

/** Whether a route could claim the target at all, judged without a listing. Paused routes keep their claims. */
export function mayClaim(route: Route, { ref, cluster }: Pick<Target, 'ref' | 'cluster'>): boolean {
  const { spec } = route;
  if (!selectsCluster(route, cluster)) return false;
  if (!('fromSegment' in spec.namespaces) && !spec.namespaces.includes(ref.namespace)) return false;
  if (spec.layout === 'explicit') return spec.name === ref.name;
  return spec.layout === 'service' || covers(route, ref.name);
}
