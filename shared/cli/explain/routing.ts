import type { SecretRef, TargetRef } from '../../names.ts';
import { candidatePrefixes, prefixCovers, segmentsOf } from '../../names.ts';
import type { Cluster, Route } from '../../registry/document.ts';
import { placementOf } from '../../route/placement.ts';
import { selectsCluster, type Target, targetsAt } from '../../route/targets.ts';

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
  const placement = placementOf(route, name, tags);
  if (placement.kind === 'unwanted') return not(placement.reason);
  if (placement.kind === 'refused') return not(placement.message);
  const reached = clusters.filter((cluster) => selectsCluster(route, cluster));
  if (reached.length === 0) return not('it selects no registered cluster');
  const asked = { by: 'secret', name } as const;
  const targets = reached.flatMap((cluster) => targetsAt(route, cluster, placement, asked));
  return { claimed: targets.map(claimOf), reasons: [] };
}

function claimOf({ route, cluster, ref: target }: Target): Claimed {
  if (route.spec.paused) return { route, target, paused: `route ${route.metadata.name} is paused` };
  if (cluster.spec.paused) return { route, target, paused: `cluster ${target.cluster} is paused` };
  return { route, target };
}
