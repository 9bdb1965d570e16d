import type { Namespace } from '../route/consent.ts';
import type { Cluster } from '../registry/document.ts';
import { parseAccept } from '../route/accept.ts';
import type { Inspection } from './inspection.ts';

/** What an inspection asks about, before the answer. */
type Access = Omit<Inspection['access'][number], 'allowed' | 'byAzure'>;

const SECRET_VERBS = ['get', 'list', 'create', 'update', 'delete'] as const;

/** The namespaces that take part: they accept something, and are not on their way out. */
export function takingPart(namespaces: readonly Namespace[]): Namespace[] {
  return namespaces.filter(
    ({ accept, terminating }) => !terminating && parseAccept(accept).entries.length > 0,
  );
}

/** What vaultcast needs: Namespaces of the cluster, and Secrets where they are accepted. */
export function neededAccess({ spec }: Cluster, accepting: readonly string[]): Access[] {
  const needed = (verb: string, resource: string, namespace?: string): Access => ({
    use: 'needed',
    verb,
    resource,
    ...(namespace !== undefined && { namespace }),
  });
  const namespaces = ['get', 'list'].map((verb) => needed(verb, 'namespaces'));
  const clusterWide = spec.scope === 'cluster' ? [needed('list', 'secrets')] : [];
  const secrets = accepting.flatMap((namespace) =>
    SECRET_VERBS.map((verb) => needed(verb, 'secrets', namespace)),
  );
  return [...namespaces, ...clusterWide, ...secrets];
}

interface Escape {
  resources: readonly string[];
  verbs: readonly string[];
  group?: string;
}

const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';
const WRITES = ['create', 'update', 'patch', 'delete'] as const;

/** Ways out of what the roles of infra/kubernetes allow, each as good as owning a namespace or the cluster. */
const ESCAPES: readonly Escape[] = [
  { resources: ['*'], verbs: ['*'], group: '*' },
  // Whoever writes Namespaces gives their consent himself.
  { resources: ['namespaces'], verbs: WRITES },
  { resources: ['secrets'], verbs: ['patch', 'deletecollection'] },
  { resources: ['pods', 'pods/exec', 'serviceaccounts/token', 'nodes/proxy'], verbs: ['create'] },
  { resources: ['pods/ephemeralcontainers'], verbs: ['patch'] },
  { resources: ['deployments', 'daemonsets', 'statefulsets'], verbs: ['create', 'patch'], group: 'apps' },
  { resources: ['jobs', 'cronjobs'], verbs: ['create'], group: 'batch' },
  { resources: ['users', 'groups', 'serviceaccounts'], verbs: ['impersonate'] },
  { resources: ['rolebindings', 'clusterrolebindings'], verbs: ['create', 'update', 'patch'], group: RBAC },
  { resources: ['roles', 'clusterroles'], verbs: ['bind', 'escalate'], group: RBAC },
  {
    resources: ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'],
    verbs: WRITES,
    group: ADMISSION,
  },
  {
    resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
    verbs: ['create', 'update', 'patch'],
    group: ADMISSION,
  },
];

/** The ways out that a role in a single namespace can give, too: who runs pods there takes what the namespace may do. */
const ESCAPES_WITHIN: readonly Escape[] = [
  { resources: ['secrets'], verbs: ['patch', 'deletecollection'] },
  { resources: ['pods', 'pods/exec', 'serviceaccounts/token'], verbs: ['create'] },
  { resources: ['deployments'], verbs: ['create', 'patch'], group: 'apps' },
  { resources: ['rolebindings'], verbs: ['create', 'update', 'patch'], group: RBAC },
  { resources: ['roles'], verbs: ['bind', 'escalate'], group: RBAC },
];

/** Of so many namespaces the ways out are asked: each question is a request, and roles are given alike. */
const NAMESPACES_ASKED = 10;

/**
 * What a thief of the identity could do beyond Secrets of namespaces that take part: read Secrets of kube-system or of the
 * whole cluster, and every escape; of the first namespaces that take part, what a role there could give.
 */
export function excessAccess({ spec }: Cluster, accepting: readonly string[]): Access[] {
  const isWide = spec.scope === 'cluster';
  const ofSystem = isWide || accepting.includes('kube-system');
  return [
    ...escapesIn(ESCAPES),
    ...(isWide ? [] : SECRET_VERBS.map((verb) => excess(verb, 'secrets'))),
    ...(ofSystem ? [] : [excess('get', 'secrets', { namespace: 'kube-system' })]),
    ...accepting.slice(0, NAMESPACES_ASKED).flatMap((namespace) => escapesIn(ESCAPES_WITHIN, namespace)),
  ];
}

/** Every question that a list of escapes asks, in a namespace or the whole cluster. */
function escapesIn(escapes: readonly Escape[], namespace?: string): Access[] {
  return escapes.flatMap(({ resources, verbs, group }) =>
    resources.flatMap((resource) =>
      verbs.map((verb) =>
        excess(verb, resource, { ...(group && { group }), ...(namespace && { namespace }) }),
      ),
    ),
  );
}

function excess(verb: string, resource: string, more: Pick<Access, 'group' | 'namespace'> = {}): Access {
  return { use: 'excess', verb, resource, ...more };
}

/** As a SelfSubjectAccessReview asks: its `resourceAttributes`. */
export function attributesOf({ verb, resource: named, group, namespace }: Access): object {
  const [resource, subresource] = named.split('/');
  return {
    verb,
    resource,
    group: group ?? '',
    ...(subresource !== undefined && { subresource }),
    ...(namespace !== undefined && { namespace }),
  };
}

/**
 * Rights in words, those of one resource together, and the namespaces in which they are alike: `create, patch namespaces in
 * the whole cluster`, `patch secrets in namespaces app-1, app-2`.
 */
export function describeAccess(rights: readonly Access[]): string[] {
  const groups = Map.groupBy(rights, ({ resource, namespace = '' }) => `${resource} ${namespace}`);
  const said = [...groups.values()].map((alike) => {
    const [{ resource, namespace } = { resource: '', namespace: undefined }] = alike;
    const verbs = alike.map(({ verb }) => verb).join(', ');
    return { what: resource === '*' ? 'do everything' : `${verbs} ${resource}`, namespace };
  });
  const alike = Map.groupBy(said, ({ what, namespace }) => `${namespace === undefined} ${what}`);
  return [...alike.values()].map((same) => {
    const names = same.flatMap(({ namespace }) => namespace ?? []);
    return `${same[0]?.what} in ${whereText(names)}`;
  });
}

function whereText(namespaces: readonly string[]): string {
  if (namespaces.length === 0) return 'the whole cluster';
  return `namespace${namespaces.length === 1 ? '' : 's'} ${namespaces.join(', ')}`;
}
