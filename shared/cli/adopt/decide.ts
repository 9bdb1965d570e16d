import type { TargetRef } from '../../names.ts';
import { diff } from '../../target/change.ts';
import type { LiveSecret } from '../../target/secret.ts';
import {
  INSTANCE_LABEL,
  MANAGED_BY_LABEL,
  notOurs,
  ROUTE_ANNOTATION,
  SOURCES_ANNOTATION,
  TARGET_ANNOTATION,
} from '../../target/ownership.ts';
import type { Cluster, Route } from '../../registry/document.ts';
import type { Rendering } from '../../render/render.ts';
import { consentRefusal, type Namespace } from '../../route/consent.ts';
import { otherOwners } from './owners.ts';

type Pairs = Readonly<Record<string, string>>;

/** What is to be done with one Secret that exists. Only its metadata is ever changed. */
export type Change =
  | { do: 'write'; why: string; labels: Pairs; annotations: Pairs; ownerReferences: readonly object[] }
  | { do: 'nothing'; why: string }
  | { do: 'refuse'; why: string };

const refuse = (why: string): Change => ({ do: 'refuse', why });

/** Names of keys only. */
function difference(live: LiveSecret, route: Route, data: Pairs): string | undefined {
  if (live.type !== route.spec.type) return `its type is ${live.type}, the route makes ${route.spec.type}`;
  if (live.immutable !== route.spec.immutable)
    return `it is ${live.immutable ? '' : 'not '}immutable, the route makes it ${route.spec.immutable ? '' : 'not '}so`;
  const [there, wanted] = [new Map(Object.entries(live.data)), new Map(Object.entries(data))];
  const keys = [...new Set([...there.keys(), ...wanted.keys()])].sort();
  const differing = keys.filter((key) => there.get(key) !== wanted.get(key));
  if (differing.length === 0) return undefined;
  const text = (key: string): string => {
    if (!there.has(key)) return `${key} is missing`;
    return wanted.has(key) ? `${key} has another value` : `${key} is not the route's`;
  };
  return `its content is not what the route would write: ${differing.map(text).join(', ')}`;
}

/** The first source that the namespace does not accept: the app would not deliver it. */
export function consentProblem(
  cluster: Cluster,
  route: Route,
  namespace: Namespace,
  sources: readonly string[],
): string | undefined {
  const ref = { cluster: cluster.metadata.name, namespace: namespace.name, name: '' };
  for (const source of sources) {
    const refusal = consentRefusal({ ref, route, cluster }, namespace, source);
    if (refusal !== undefined) return refusal.message;
  }
  return undefined;
}

export interface Terms {
  target: TargetRef;
  route: Route;
  instance: string;
  rendered: Rendering;
  forceOwner: boolean;
}

/** Adoption changes nothing that a reader of the Secret could notice. */
export function decideAdoption(
  live: LiveSecret,
  { target, route, instance, rendered, forceOwner }: Terms,
): Change {
  const owners = otherOwners(live, target, instance);
  if (owners.length > 0 && !forceOwner)
    return refuse(`${owners.join('; ')}. Let the other tool go of it first, or add --force-owner`);
  const different = difference(live, route, rendered.data);
  if (different !== undefined) return refuse(different);
  const change = diff({ ref: target, route, instance }, rendered, live);
  if (change.action === 'none') return { do: 'nothing', why: 'it is adopted already' };
  if (change.action !== 'update') return refuse('it could not be kept as it is');
  const { labels, annotations } = change.manifest;
  const taken = owners.length === 0 ? '' : `; although ${owners.join('; ')}`;
  const why = `route ${route.metadata.name}, from ${[...rendered.used.keys()].sort().join(', ')}${taken}`;
  // The garbage collector would delete it together with its former owner.
  const ownerReferences = forceOwner ? [] : live.ownerReferences;
  return { do: 'write', why, labels, annotations, ownerReferences };
}

const without = (pairs: Pairs, keys: readonly string[]): Pairs =>
  Object.fromEntries(Object.entries(pairs).filter(([key]) => !keys.includes(key)));

export function decideRelease(live: LiveSecret, target: TargetRef, instance: string): Change {
  const not = notOurs(live, target, instance);
  if (not !== undefined) return refuse(not);
  return {
    do: 'write',
    why: 'its content stays; nothing updates it any more',
    labels: without(live.labels, [MANAGED_BY_LABEL, INSTANCE_LABEL]),
    annotations: without(live.annotations, [TARGET_ANNOTATION, ROUTE_ANNOTATION, SOURCES_ANNOTATION]),
    ownerReferences: live.ownerReferences,
  };
}
