import type { Namespace } from '../route/consent.ts';
import type { Cluster } from '../registry/document.ts';
import { parseAccept } from '../route/accept.ts';

/** Something an identity may or may not do, in the words of Kubernetes' authorization. */
export interface Access {
  /** `needed`: without it vaultcast does not work. `excess`: nothing of vaultcast asks for it. */
  use: 'needed' | 'excess';
  verb: string;
  resource: string;
  subresource?: string;
  group?: string;
  /** undefined: in the whole cluster. */
  namespace?: string;
}

const SECRET_VERBS = ['get', 'list', 'create', 'update', 'delete'] as const;

const needed = (verb: string, resource: string, namespace?: string): Access => ({
  use: 'needed',
  verb,
  resource,
  ...(namespace !== undefined && { namespace }),
});

/** The namespaces that take part: they accept something, and are not on their way out. */
export function takingPart(namespaces: readonly Namespace[]): Namespace[] {
  return namespaces.filter(
    ({ accept, terminating }) => !terminating && parseAccept(accept).entries.length > 0,
  );
}

/** What vaultcast needs: Namespaces of the cluster, and Secrets where they are accepted. */
export function neededAccess({ spec }: Cluster, accepting: readonly string[]): Access[] {
  const namespaces = ['get', 'list'].map((verb) => needed(verb, 'namespaces'));
  const clusterWide = spec.scope === 'cluster' ? [needed('list', 'secrets')] : [];
  const secrets = accepting.flatMap((namespace) =>
    SECRET_VERBS.map((verb) => needed(verb, 'secrets', namespace)),
  );
  return [...namespaces, ...clusterWide, ...secrets];
}

/**
 * What a thief of the identity could do beyond Secrets of namespaces that take part. Reading Secrets of kube-system or of the
 * whole cluster, running something in a Pod and acting as somebody else are each as good as owning the cluster.
 */
export function excessAccess({ spec }: Cluster, accepting: readonly string[]): Access[] {
  const excess = (verb: string, resource: string, more: Partial<Access> = {}): Access => ({
    use: 'excess',
    verb,
    resource,
    ...more,
  });
  const clusterWide = SECRET_VERBS.map((verb) => excess(verb, 'secrets'));
  const isSystem = accepting.includes('kube-system');
  return [
    excess('*', '*', { group: '*' }),
    ...(spec.scope === 'cluster' ? [] : clusterWide),
    ...(spec.scope === 'cluster' || isSystem ? [] : [excess('get', 'secrets', { namespace: 'kube-system' })]),
    excess('create', 'pods', { subresource: 'exec' }),
    excess('create', 'pods'),
    excess('create', 'serviceaccounts', { subresource: 'token' }),
    excess('impersonate', 'users'),
    excess('impersonate', 'groups'),
  ];
}

export function describeAccess({ verb, resource, subresource, namespace }: Access): string {
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  const all = verb === '*' && resource === '*' ? 'do everything' : `${verb} ${what}`;
  return namespace === undefined ? `${all} in the whole cluster` : `${all} in namespace ${namespace}`;
}
