import type { TargetRef } from '../../names.ts';
import type { Route } from '../../registry/document.ts';
import type { Rendering } from '../../render/render.ts';
import { diff } from '../../target/change.ts';
import {
  INSTANCE_LABEL,
  MANAGED_BY_LABEL,
  notOurs,
  recordedRoute,
  ROUTE_ANNOTATION,
  SOURCES_ANNOTATION,
  TARGET_ANNOTATION,
} from '../../target/ownership.ts';
import type { LiveSecret } from '../../target/secret.ts';
import { trackingKeys } from './claims.ts';
import { differenceOf } from './difference.ts';

type Pairs = Readonly<Record<string, string>>;

/** What is to be done with one Secret that exists. Only its metadata is ever changed. */
export type Decision =
  | {
      action: 'update';
      why: string;
      /** Name of the route; empty for a release. */
      route: string;
      labels: Pairs;
      annotations: Pairs;
      ownerReferences: readonly object[];
    }
  | { action: 'none'; why: string }
  | { action: 'refuse'; why: string };

export function refuse(why: string): Decision {
  return { action: 'refuse', why };
}

/** Whose a Secret is to become. */
interface Claim {
  target: TargetRef;
  route: Route;
  instance: string;
}

export const ADOPTED: Decision = { action: 'none', why: 'it is adopted already' };

/** Whether a Secret is the route's already, whatever is in it: then it is for the app to keep it up to date. */
export function isAdopted(live: LiveSecret, { target, route, instance }: Claim): boolean {
  const isRoutes = recordedRoute(live) === route.metadata.name;
  return isRoutes && notOurs(live, target, instance) === undefined && live.ownerReferences.length === 0;
}

/** What the Secret would be made of, and who else is behind it. */
interface Proposal extends Claim {
  rendered: Rendering;
  /** The keys that cannot be made now, each with why. */
  silent: ReadonlyMap<string, string>;
  /** Why somebody else may think the Secret theirs. */
  claims: readonly string[];
  /** Those whose owner is there, or may be. */
  ownerReferences: readonly object[];
  /** Also what another tool owns. */
  forceOwner: boolean;
}

/** Adoption changes nothing that a reader of the Secret could notice. */
export function decideAdoption(live: LiveSecret, proposal: Proposal): Decision {
  const { target, route, instance, rendered, silent, claims, forceOwner } = proposal;
  if (claims.length > 0 && !forceOwner)
    return refuse(`${claims.join('; ')}. Let the other tool go of it first, or add --force-owner`);
  const different = differenceOf(live, route, rendered.data, silent);
  if (different !== undefined) return refuse(different);
  const change = diff({ ref: target, route, instance }, rendered, live);
  // An immutable Secret is as good: the API server takes other labels on it, and nothing else differs.
  if (change.action !== 'update' && change.action !== 'replace')
    return change.action === 'none' ? ADOPTED : refuse('it could not be kept as it is');
  const { labels, annotations } = change.manifest;
  const taken = claims.length === 0 ? '' : `; although ${claims.join('; ')}`;
  const tracking = forceOwner ? trackingKeys(live, target, route) : [];
  return {
    action: 'update',
    route: route.metadata.name,
    why: `route ${route.metadata.name}, from ${[...rendered.used.keys()].sort().join(', ')}${taken}`,
    labels: without(labels, tracking),
    annotations: without(annotations, tracking),
    ownerReferences: forceOwner ? [] : proposal.ownerReferences,
  };
}

export function decideRelease(live: LiveSecret, target: TargetRef, instance: string): Decision {
  const not = notOurs(live, target, instance);
  if (not !== undefined) return refuse(not);
  return {
    action: 'update',
    route: '',
    why: 'its content stays; nothing updates it any more',
    labels: without(live.labels, [MANAGED_BY_LABEL, INSTANCE_LABEL]),
    annotations: without(live.annotations, [TARGET_ANNOTATION, ROUTE_ANNOTATION, SOURCES_ANNOTATION]),
    ownerReferences: live.ownerReferences,
  };
}

function without(pairs: Pairs, keys: readonly string[]): Pairs {
  return Object.fromEntries(Object.entries(pairs).filter(([key]) => !keys.includes(key)));
}
