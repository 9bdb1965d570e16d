import type { Call } from './kube-call.ts';

const GROUP = 'rbac.authorization.k8s.io';
const FIELD_MANAGER = 'e2e';

interface Manifest {
  kind: 'ClusterRole' | 'ClusterRoleBinding' | 'Role' | 'RoleBinding';
  name: string;
  namespace?: string;
  /** What the kind has beside its metadata. */
  fields: object;
}

/** What a pusher needs in a cluster: to look at all Namespaces and their annotations. */
export async function allowNamespaces(admin: Call, user: string): Promise<void> {
  const rules = [{ apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'list'] }];
  await apply(admin, { kind: 'ClusterRole', name: 'vaultcast', fields: { rules } });
  await apply(admin, { kind: 'ClusterRoleBinding', name: 'vaultcast', fields: binding('ClusterRole', user) });
}

/** What a pusher needs in a namespace that accepts secrets. The namespace must exist. */
export async function allowSecrets(admin: Call, user: string, namespace: string): Promise<void> {
  const verbs = ['get', 'list', 'create', 'update', 'delete'];
  const rules = [{ apiGroups: [''], resources: ['secrets'], verbs }];
  await apply(admin, { kind: 'Role', name: 'vaultcast', namespace, fields: { rules } });
  await apply(admin, { kind: 'RoleBinding', name: 'vaultcast', namespace, fields: binding('Role', user) });
}

/** Takes back what `allowSecrets` gave. */
export async function denySecrets(admin: Call, namespace: string): Promise<void> {
  const path = manifestPath({ kind: 'RoleBinding', name: 'vaultcast', namespace, fields: {} });
  const { status } = await admin(path, { method: 'DELETE' });
  if (status !== 200) throw new Error(`DELETE ${path} answered ${status}`);
}

function binding(role: 'ClusterRole' | 'Role', user: string): object {
  return {
    roleRef: { apiGroup: GROUP, kind: role, name: 'vaultcast' },
    subjects: [{ apiGroup: GROUP, kind: 'User', name: user }],
  };
}

/** Server-side apply: creates or brings back to this, so that a suite may ask twice. */
async function apply(admin: Call, manifest: Manifest): Promise<void> {
  const { kind, name, namespace, fields } = manifest;
  const path = `${manifestPath(manifest)}?fieldManager=${FIELD_MANAGER}&force=true`;
  const { status, body } = await admin(path, {
    method: 'PATCH',
    headers: { 'content-type': 'application/apply-patch+yaml' },
    body: { apiVersion: `${GROUP}/v1`, kind, metadata: { name, ...(namespace && { namespace }) }, ...fields },
  });
  if (status !== 200 && status !== 201) {
    throw new Error(`applying ${kind} ${name} answered ${status}: ${JSON.stringify(body)}`);
  }
}

function manifestPath({ kind, name, namespace }: Manifest): string {
  const scope = namespace === undefined ? '' : `/namespaces/${namespace}`;
  return `/apis/${GROUP}/v1${scope}/${kind.toLowerCase()}s/${name}`;
}
