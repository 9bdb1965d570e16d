import { targetId } from '../../names.ts';
import type { TargetRef } from '../../names.ts';
import type { Route } from '../../registry/document.ts';
import { INSTANCE_LABEL, MANAGED_BY, MANAGED_BY_LABEL, TARGET_ANNOTATION } from '../../target/ownership.ts';
import type { LiveSecret } from '../../target/secret.ts';

/** What the Secret itself says of somebody else who may think it theirs. */
export function claimsOn(live: LiveSecret, target: TargetRef, route: Route, instance: string): string[] {
  return [
    ...markClaims(live),
    ...trackingClaims(live, target, route),
    ...labelClaims(live, target, instance),
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
    isMarked(live, mark) ? [`it bears marks of ${tool}`] : [],
  );
  return [...new Set(tools)];
}

/** Whether a label or an annotation of the Secret begins so. */
export function isMarked({ labels, annotations }: LiveSecret, mark: string): boolean {
  return [...Object.keys(labels), ...Object.keys(annotations)].some((key) => key.startsWith(mark));
}

/**
 * By which Argo CD knows what belongs to an application: it prunes what bears the label and is not in Git. Operators copy
 * it from their object to the Secret. https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/
 */
const TRACKING_LABELS = ['app.kubernetes.io/instance', 'argocd.argoproj.io/instance'];
const TRACKING_ANNOTATION = 'argocd.argoproj.io/tracking-id';

function trackingClaims(live: LiveSecret, target: TargetRef, route: Route): string[] {
  return trackingKeys(live, target, route).map((key) => {
    const value = live.labels[key] ?? live.annotations[key] ?? '';
    return `its ${key} is ${value}: Argo CD, if it tracks by that, would delete it`;
  });
}

/** Labels and annotations that tell Argo CD that the Secret is an application's; not those that the route itself sets. */
export function trackingKeys(live: LiveSecret, { namespace, name }: TargetRef, route: Route): string[] {
  const labels = TRACKING_LABELS.filter(
    (key) => live.labels[key] !== undefined && route.spec.labels?.[key] === undefined,
  );
  // It names the object that it is about: a copy on another one says nothing.
  const isOwn = live.annotations[TRACKING_ANNOTATION]?.endsWith(`:/Secret:${namespace}/${name}`) === true;
  return isOwn ? [...labels, TRACKING_ANNOTATION] : labels;
}

function labelClaims({ labels, annotations }: LiveSecret, target: TargetRef, instance: string): string[] {
  const manager = labels[MANAGED_BY_LABEL] ?? MANAGED_BY;
  const deployment = labels[INSTANCE_LABEL] ?? instance;
  const named = annotations[TARGET_ANNOTATION] ?? targetId(target);
  return [
    ...(manager === MANAGED_BY ? [] : [`it is managed by ${manager}`]),
    ...(deployment === instance ? [] : [`it is managed by instance ${deployment} of vaultcast`]),
    ...(named === targetId(target) ? [] : [`its annotation ${TARGET_ANNOTATION} names ${named}`]),
  ];
}
