import { targetId } from '../../names.ts';
import type { TargetRef } from '../../names.ts';
import type { Route } from '../../registry/document.ts';
import { INSTANCE_LABEL, MANAGED_BY, MANAGED_BY_LABEL, TARGET_ANNOTATION } from '../../target/ownership.ts';
import type { LiveSecret } from '../../target/secret.ts';
import type { Owner } from './owners.ts';
import type { Writer } from './writers.ts';

/** What stands behind a Secret in its cluster. */
export interface Behind {
  /** In the order of its owner references. */
  owners: readonly Owner[];
  writers: readonly Writer[];
}

/** Whose a Secret is to become. */
interface Claimed {
  target: TargetRef;
  route: Route;
  instance: string;
}

/**
 * Why somebody else may think the Secret theirs: they would write it back, or delete it. What a tool left behind that has
 * let go is no reason.
 */
export function claimsOn(live: LiveSecret, claimed: Claimed, { owners, writers }: Behind): string[] {
  return [
    ...owners.flatMap(ownerClaim),
    ...writers.flatMap((writer) => writerClaims(writer, live, owners)),
    ...markClaims(live),
    ...trackingClaims(live, claimed),
    ...labelClaims(live, claimed),
  ];
}

function ownerClaim({ name, state }: Owner): string[] {
  if (state === 'gone') return [];
  return [`it is owned by ${name}${state === 'unseen' ? ', which you may not look at' : ''}`];
}

function writerClaims(
  { tool, mark, objects, unseen }: Writer,
  live: LiveSecret,
  owners: readonly Owner[],
): string[] {
  const others = objects.filter((name) => !owners.some((owner) => owner.name === name));
  const marked = unseen && keysOf(live).some((key) => key.startsWith(mark));
  return [
    ...others.map((name) => `${name} of ${tool} writes it`),
    ...(marked ? [`it bears marks of ${tool}, whose objects you may not list`] : []),
  ];
}

/** Labels and annotations of tools whose objects stand elsewhere, so that nobody can see here whether they have let go. */
const MARKS: Readonly<Record<string, string>> = {
  'kustomize.toolkit.fluxcd.io/': 'Flux',
  'helm.toolkit.fluxcd.io/': 'Flux',
  'meta.helm.sh/': 'Helm',
  'reflector.v1.k8s.emberstack.com/reflects': 'Reflector',
};

function markClaims(live: LiveSecret): string[] {
  const tools = Object.entries(MARKS).flatMap(([mark, tool]) =>
    keysOf(live).some((key) => key.startsWith(mark)) ? [`it bears marks of ${tool}`] : [],
  );
  return [...new Set(tools)];
}

function keysOf({ labels, annotations }: LiveSecret): string[] {
  return [...Object.keys(labels), ...Object.keys(annotations)];
}

/**
 * By which Argo CD knows what belongs to an application: it prunes what bears the label and is not in Git. Operators copy
 * it from their object to the Secret. https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/
 */
const TRACKING_LABELS = ['app.kubernetes.io/instance', 'argocd.argoproj.io/instance'];
const TRACKING_ANNOTATION = 'argocd.argoproj.io/tracking-id';

function trackingClaims(live: LiveSecret, claimed: Claimed): string[] {
  return trackingKeys(live, claimed).map((key) => {
    const value = live.labels[key] ?? live.annotations[key] ?? '';
    return `its ${key} is ${value}: Argo CD, if it tracks by that, would delete it`;
  });
}

/** Labels and annotations that tell Argo CD that the Secret is an application's; not those that the route itself sets. */
export function trackingKeys(
  live: LiveSecret,
  { target, route }: Pick<Claimed, 'target' | 'route'>,
): string[] {
  const labels = TRACKING_LABELS.filter(
    (key) => live.labels[key] !== undefined && route.spec.labels?.[key] === undefined,
  );
  const { namespace, name } = target;
  // It names the object that it is about: a copy on another one says nothing.
  const isOwn = live.annotations[TRACKING_ANNOTATION]?.endsWith(`:/Secret:${namespace}/${name}`) === true;
  return isOwn ? [...labels, TRACKING_ANNOTATION] : labels;
}

function labelClaims({ labels, annotations }: LiveSecret, { target, instance }: Claimed): string[] {
  const manager = labels[MANAGED_BY_LABEL] ?? MANAGED_BY;
  const deployment = labels[INSTANCE_LABEL] ?? instance;
  const named = annotations[TARGET_ANNOTATION] ?? targetId(target);
  return [
    ...(manager === MANAGED_BY ? [] : [`it is managed by ${manager}`]),
    ...(deployment === instance ? [] : [`it is managed by instance ${deployment} of vaultcast`]),
    ...(named === targetId(target) ? [] : [`its annotation ${TARGET_ANNOTATION} names ${named}`]),
  ];
}
