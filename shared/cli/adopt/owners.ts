import { targetId } from '../../names.ts';
import type { TargetRef } from '../../names.ts';
import type { LiveSecret } from '../../target/secret.ts';
import { INSTANCE_LABEL, MANAGED_BY, MANAGED_BY_LABEL, TARGET_ANNOTATION } from '../../target/ownership.ts';

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

function referenceText(owner: object): string {
  const text = (field: string): string => String(Reflect.get(owner, field) ?? '?');
  return `it is owned by ${text('kind')} ${text('name')}`;
}

/** Why somebody else may think the Secret theirs: they would write it back, or delete it. */
export function otherOwners(live: LiveSecret, target: TargetRef, instance: string): string[] {
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
