import type { Manifest } from '../../support/replacements.ts';
import type { Call } from './call.ts';

const FIELD_MANAGER = 'e2e';

const PLURALS: Readonly<Record<string, string>> = {
  Namespace: 'namespaces',
  ClusterRole: 'clusterroles',
  ClusterRoleBinding: 'clusterrolebindings',
  Role: 'roles',
  RoleBinding: 'rolebindings',
  ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
  ValidatingAdmissionPolicyBinding: 'validatingadmissionpolicybindings',
};

/**
 * Server-side apply, in the given order: creates or brings back to this, so that a suite may ask twice.
 * @throws Error with the API server's answer when it refuses one
 */
export async function apply(admin: Call, manifests: readonly Manifest[]): Promise<void> {
  for (const manifest of manifests) {
    const path = `${pathOf(manifest)}?fieldManager=${FIELD_MANAGER}&force=true`;
    const headers = { 'content-type': 'application/apply-patch+yaml' };
    const { status, body } = await admin(path, { method: 'PATCH', headers, body: manifest });
    if (status !== 200 && status !== 201)
      throw new Error(`applying ${manifest.kind} answered ${status}: ${JSON.stringify(body)}`);
  }
}

export function pathOf({ apiVersion, kind, metadata }: Manifest): string {
  const plural = PLURALS[kind];
  if (plural === undefined) throw new Error(`no path is known for ${kind}`);
  const root = apiVersion.includes('/') ? '/apis' : '/api';
  const scope = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  return `${root}/${apiVersion}${scope}/${plural}/${metadata.name}`;
}
