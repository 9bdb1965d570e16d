import { compose } from '../../support/manifests.ts';
import type { Manifest } from '../../support/replacements.ts';
import { apply, pathOf } from './apply.ts';
import type { Call } from './call.ts';

const isRbac = ({ apiVersion }: Manifest): boolean => apiVersion.startsWith('rbac.authorization.k8s.io/');

/** What a pusher needs in a cluster: to look at all Namespaces and their annotations. */
export async function allowNamespaces(admin: Call, user: string): Promise<void> {
  await apply(admin, compose(['base'], { user }).filter(isRbac));
}

/** Lets a pusher into all namespaces, as a cluster that lists Secrets at once asks for. */
export async function allowAllSecrets(admin: Call, user: string): Promise<void> {
  await apply(admin, compose(['cluster-wide'], { user }).filter(isRbac));
}

/** What a pusher needs in a namespace that accepts secrets. The namespace must exist. */
export async function allowSecrets(admin: Call, user: string, namespace: string): Promise<void> {
  await apply(admin, [binding(user, namespace)]);
}

/** Takes back what `allowSecrets` gave. */
export async function denySecrets(admin: Call, namespace: string): Promise<void> {
  const path = pathOf(binding('anybody', namespace));
  const { status } = await admin(path, { method: 'DELETE' });
  if (status !== 200) throw new Error(`DELETE ${path} answered ${status}`);
}

function binding(user: string, namespace: string): Manifest {
  const example = compose(['namespace'], { user }).find(({ kind }) => kind === 'RoleBinding');
  if (example === undefined) throw new Error('the example has no RoleBinding');
  return { ...example, metadata: { ...example.metadata, namespace } };
}
