import { stringify } from 'yaml';
import type { KubernetesStandIn } from '../kubernetes/api-server.ts';
import type { Stack } from './start.ts';
import { clusterYaml } from './sites.ts';

export const ACCEPT = 'vaultcast.dev/accept';

/** Two teams that accept what is theirs, and one that has accepted nothing yet. */
const NAMESPACES: Record<string, Record<string, string>> = {
  'app-1': { [ACCEPT]: 'app-1--' },
  'app-2': { [ACCEPT]: 'app-2--' },
  'app-3': {},
};

/** A Route document; what it does not say is: from the vault `team`, to all clusters labelled `env: prod`. */
export function routeYaml(name: string, spec: Record<string, unknown>): string {
  return stringify({
    apiVersion: 'vaultcast.dev/v1',
    kind: 'Route',
    metadata: { name },
    spec: { vault: 'team', clusters: { matchLabels: { env: 'prod' } }, ...spec },
  });
}

const ROUTES = [
  routeYaml('app-1', { prefix: 'app-1--', namespaces: ['app-1'] }),
  routeYaml('app-2', { prefix: 'app-2--', namespaces: ['app-2'] }),
  // Somebody sends the secrets of one team to another: the registry allows it, the namespace does not.
  routeYaml('app-2-to-app-1', { prefix: 'app-2--', namespaces: ['app-1'] }),
  routeYaml('app-3', { prefix: 'app-3--', namespaces: ['app-3'] }),
];

/** Several documents in one file. */
function yamlFile(documents: readonly string[]): string {
  return documents.join('---\n');
}

/** Namespaces in every cluster, all clusters registered as `env: prod`, and a route for each team. Returns the plan. */
export async function applyTenancy(stack: Stack): Promise<string> {
  for (const { name } of stack.sites) {
    for (const [namespace, annotations] of Object.entries(NAMESPACES))
      stack.cluster(name).createNamespace(namespace, annotations);
  }
  const clusters = stack.sites.map((site) => clusterYaml(site, { env: 'prod' }));
  return stack.apply(yamlFile([...clusters, ...ROUTES]));
}

/** The decoded value of one key, as a pod would see it. */
export function valueIn(
  cluster: KubernetesStandIn,
  namespace: string,
  name: string,
  key: string,
): string | undefined {
  const encoded = cluster.secret(namespace, name)?.data?.[key];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}
