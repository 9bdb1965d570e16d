import { candidatePrefixes, prefixCovers, segmentsOf } from '../../names.ts';
import type { SecretRef } from '../../names.ts';
import type { Cluster, Route } from '../../registry/document.ts';
import { placementOf } from '../../route/placement.ts';
import { routingOf, type Target } from '../../route/targets.ts';
import type { Output } from '../json-schema.ts';

/**
 * What the registry alone says of one secret: the targets that routes claim for it, and what is wrong with the secret itself, or
 * why one route does not deliver it while others may. `tags` are undefined while nobody could ask the vault.
 */
export function routedOf(
  secret: SecretRef,
  { routes, clusters }: { routes: readonly Route[]; clusters: readonly Cluster[] },
  tags: Readonly<Record<string, string>> | undefined,
): { routed: Target[]; reasons: Output<'SecretStatus'>['status']['reasons'] } {
  const covering = routes.filter(
    ({ spec }) => spec.vault === secret.vault && prefixCovers(spec.prefix, secret.name),
  );
  const unroutable = whyUnroutable(secret, covering);
  if (unroutable !== undefined) return { routed: [], reasons: [{ about: 'secret', message: unroutable }] };
  const routed: Target[] = [];
  const reasons: Output<'SecretStatus'>['status']['reasons'] = [];
  for (const route of covering) {
    const placement = placementOf(route, secret.name, tags);
    // What is paused keeps its claims: the secret is routed as if nothing were paused, and each target says what holds it.
    const { targets, unplaced } = routingOf(secret, [awake(route)], clusters.map(awake));
    const nowhere = targets.length === 0 ? 'it selects no registered cluster' : undefined;
    const why = placement.kind === 'unwanted' ? placement.reason : (unplaced[0]?.message ?? nowhere);
    if (why === undefined) routed.push(...targets.map((target) => asRegistered(target, route, clusters)));
    else
      reasons.push({ about: 'route', message: `route ${route.metadata.name} does not deliver it: ${why}` });
  }
  return { routed, reasons };
}

function whyUnroutable({ vault, name }: SecretRef, covering: readonly Route[]): string | undefined {
  const segments = segmentsOf(name);
  if (segments === undefined)
    return 'BAD_NAME: a name with ---, or with a segment that is empty or starts or ends with -, is not routed';
  if (covering.length > 0) return undefined;
  const prefixes = candidatePrefixes(segments).map((prefix) => prefix || '"" (all secrets)');
  return `NO_ROUTE: no route of vault ${vault} has one of the prefixes ${prefixes.join(', ')}`;
}

function awake<T extends Route | Cluster>(document: T): T {
  return { ...document, spec: { ...document.spec, paused: false } };
}

/** With what holds it. */
function asRegistered(target: Target, route: Route, clusters: readonly Cluster[]): Target {
  const cluster = clusters.find(({ metadata }) => metadata.name === target.ref.cluster) ?? target.cluster;
  return { ...target, route, cluster };
}
