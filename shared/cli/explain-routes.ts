import type { SecretRef, TargetRef } from '../names.ts';
import { candidatePrefixes, prefixCovers, segmentsOf } from '../names.ts';
import type { Cluster, Route } from '../registry/document.ts';
import { namespacesOf, selectsCluster } from '../route/targets.ts';
import { placeOf } from '../route/placement.ts';
import { hasTags, isSelected } from '../route/selection.ts';

/** A target that a route claims for the secret; `paused` says what holds it. */
export interface Claimed {
  route: Route;
  target: TargetRef;
  paused?: string;
}

/** What the registry alone says of one secret. */
export interface Routing {
  claimed: Claimed[];
  /** Why no route, or why a route that could, does not deliver it. */
  reasons: string[];
}

type Tags = Readonly<Record<string, string>>;

/** `tags` are undefined while nobody could ask the vault. */
export function routingOf(
  secret: SecretRef,
  routes: readonly Route[],
  clusters: readonly Cluster[],
  tags: Tags | undefined,
): Routing {
  const segments = segmentsOf(secret.name);
  if (segments === undefined)
    return {
      claimed: [],
      reasons: [
        'BAD_NAME: a name with ---, or with a segment that is empty or starts or ends with -, is not routed',
      ],
    };
  const covering = routes.filter(
    ({ spec }) => spec.vault === secret.vault && prefixCovers(spec.prefix, secret.name),
  );
  if (covering.length === 0) {
    const prefixes = candidatePrefixes(segments).map((prefix) => prefix || '"" (all secrets)');
    const reason = `NO_ROUTE: no route of vault ${secret.vault} has one of the prefixes ${prefixes.join(', ')}`;
    return { claimed: [], reasons: [reason] };
  }
  const judged = covering.map((route) => judge(route, secret.name, clusters, tags));
  return { claimed: judged.flatMap((one) => one.claimed), reasons: judged.flatMap((one) => one.reasons) };
}

function judge(route: Route, name: string, clusters: readonly Cluster[], tags: Tags | undefined): Routing {
  const not = (reason: string): Routing => ({
    claimed: [],
    reasons: [`route ${route.metadata.name} does not deliver it: ${reason}`],
  });
  if (!isSelected(route, name)) return not('its match or exclude leaves the name out');
  if (tags !== undefined && !hasTags(route, tags)) return not("its match.tags are not the secret's");
  const place = placeOf(route, name);
  if (place === undefined) return not('its data does not name the secret');
  if (typeof place === 'string') return not(place);
  const namespaces = namespacesOf(route, name);
  if (typeof namespaces === 'string') return not(namespaces);
  const reached = clusters.filter((cluster) => selectsCluster(route, cluster));
  if (reached.length === 0) return not('it selects no registered cluster');
  const claimed = reached.flatMap((cluster) =>
    namespaces.map((namespace) => claimOf(route, cluster, { namespace, name: place.name })),
  );
  return { claimed, reasons: [] };
}

function claimOf(route: Route, cluster: Cluster, at: { namespace: string; name: string }): Claimed {
  const target = { cluster: cluster.metadata.name, ...at };
  if (route.spec.paused) return { route, target, paused: `route ${route.metadata.name} is paused` };
  if (cluster.spec.paused) return { route, target, paused: `cluster ${target.cluster} is paused` };
  return { route, target };
}
