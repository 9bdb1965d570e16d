import { targetId } from '../../names.ts';
import type { TargetRef } from '../../names.ts';
import type { Route } from '../../registry/document.ts';
import type { Rendering } from '../../render/render.ts';
import { diff } from '../../target/change.ts';
import {
  INSTANCE_LABEL,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  notOurs,
  ROUTE_ANNOTATION,
  SOURCES_ANNOTATION,
  TARGET_ANNOTATION,
} from '../../target/ownership.ts';
import type { LiveSecret } from '../../target/secret.ts';

type Pairs = Readonly<Record<string, string>>;

/** What is to be done with one Secret that exists. Only its metadata is ever changed. */
export type Decision =
  | { action: 'update'; why: string; labels: Pairs; annotations: Pairs; ownerReferences: readonly object[] }
  | { action: 'none'; why: string }
  | { action: 'refuse'; why: string };

export function refuse(why: string): Decision {
  return { action: 'refuse', why };
}

/** Who is to own a Secret, and what it would be made of. */
interface Proposal {
  target: TargetRef;
  route: Route;
  instance: string;
  rendered: Rendering;
  /** Also what another tool owns. */
  forceOwner: boolean;
}

/** Adoption changes nothing that a reader of the Secret could notice. */
export function decideAdoption(live: LiveSecret, proposal: Proposal): Decision {
  const { target, route, instance, rendered, forceOwner } = proposal;
  const owners = otherOwners(live, target, instance);
  if (owners.length > 0 && !forceOwner)
    return refuse(`${owners.join('; ')}. Let the other tool go of it first, or add --force-owner`);
  const different = difference(live, route, rendered.data);
  if (different !== undefined) return refuse(different);
  const change = diff({ ref: target, route, instance }, rendered, live);
  if (change.action === 'none') return { action: 'none', why: 'it is adopted already' };
  if (change.action !== 'update') return refuse('it could not be kept as it is');
  const { labels, annotations } = change.manifest;
  const taken = owners.length === 0 ? '' : `; although ${owners.join('; ')}`;
  const why = `route ${route.metadata.name}, from ${[...rendered.used.keys()].sort().join(', ')}${taken}`;
  // The garbage collector would delete it together with its former owner.
  const ownerReferences = forceOwner ? [] : live.ownerReferences;
  return { action: 'update', why, labels, annotations, ownerReferences };
}

export function decideRelease(live: LiveSecret, target: TargetRef, instance: string): Decision {
  const not = notOurs(live, target, instance);
  if (not !== undefined) return refuse(not);
  return {
    action: 'update',
    why: 'its content stays; nothing updates it any more',
    labels: without(live.labels, [MANAGED_BY_LABEL, INSTANCE_LABEL]),
    annotations: without(live.annotations, [TARGET_ANNOTATION, ROUTE_ANNOTATION, SOURCES_ANNOTATION]),
    ownerReferences: live.ownerReferences,
  };
}

function without(pairs: Pairs, keys: readonly string[]): Pairs {
  return Object.fromEntries(Object.entries(pairs).filter(([key]) => !keys.includes(key)));
}

/** Labels and annotations by which tools know what is theirs. */
const MARKS: Readonly<Record<string, string>> = {
  'reconcile.external-secrets.io/': 'External Secrets Operator',
  'secrets-store.csi.k8s.io/': 'the Secrets Store CSI driver',
  'sealedsecrets.bitnami.com/': 'Sealed Secrets',
  'argocd.argoproj.io/': 'Argo CD',
  'kustomize.toolkit.fluxcd.io/': 'Flux',
  'helm.toolkit.fluxcd.io/': 'Flux',
  'meta.helm.sh/': 'Helm',
  'reflector.v1.k8s.emberstack.com/reflects': 'Reflector',
};

/** Why somebody else may think the Secret theirs: they would write it back, or delete it. */
function otherOwners(live: LiveSecret, target: TargetRef, instance: string): string[] {
  const { labels, annotations } = live;
  const keys = [...Object.keys(labels), ...Object.keys(annotations)];
  const tools = Object.entries(MARKS).flatMap(([mark, tool]) =>
    keys.some((key) => key.startsWith(mark)) ? [`it bears marks of ${tool}`] : [],
  );
  const manager = labels[MANAGED_BY_LABEL] ?? MANAGED_BY;
  const deployment = labels[INSTANCE_LABEL] ?? instance;
  const named = annotations[TARGET_ANNOTATION] ?? targetId(target);
  return [
    ...live.ownerReferences.map(referenceText),
    ...(manager === MANAGED_BY ? [] : [`it is managed by ${manager}`]),
    ...(deployment === instance ? [] : [`it is managed by instance ${deployment} of vaultcast`]),
    ...(named === targetId(target) ? [] : [`its annotation ${TARGET_ANNOTATION} names ${named}`]),
    ...new Set(tools),
  ];
}

function referenceText(owner: object): string {
  const part = (field: string): string => String(Reflect.get(owner, field) ?? '?');
  return `it is owned by ${part('kind')} ${part('name')}`;
}

/** Names of keys only. */
function difference(live: LiveSecret, route: Route, data: Pairs): string | undefined {
  if (live.type !== route.spec.type) return `its type is ${live.type}, the route makes ${route.spec.type}`;
  if (live.immutable !== route.spec.immutable)
    return `it is ${live.immutable ? '' : 'not '}immutable, the route makes it ${route.spec.immutable ? '' : 'not '}so`;
  const [there, wanted] = [new Map(Object.entries(live.data)), new Map(Object.entries(data))];
  const keys = [...new Set([...there.keys(), ...wanted.keys()])].sort();
  const differing = keys.filter((key) => there.get(key) !== wanted.get(key));
  if (differing.length === 0) return undefined;
  const how = (key: string): string => {
    if (!there.has(key)) return `${key} is missing`;
    return wanted.has(key) ? `${key} has another value` : `${key} is not the route's`;
  };
  return `its content is not what the route would write: ${differing.map(how).join(', ')}`;
}
