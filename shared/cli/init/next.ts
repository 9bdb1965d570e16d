import { coversArmId, parseHosts } from '../../config/hosts.ts';
import type { Deployment, Resource } from './discover.ts';
import type { FirstRoute } from './documents.ts';

/**
 * The commands that are left to people, in the order in which they are done.
 * @param clusters under their names in the registry
 */
export function nextSteps(
  { clusterHosts, identity, vaults }: Deployment,
  clusters: readonly Resource[],
  route: FirstRoute | undefined,
  folder: string,
): string[] {
  const steps = [
    ...hostSteps(clusterHosts, clusters),
    ...(clusters.length === 0 ? ['vaultcast cluster import --help    # a cluster that is not AKS'] : []),
    ...(clusters.length > 0 ? ['Roles and policies in each cluster: infra/kubernetes/README.md, once.'] : []),
    ...namespaceSteps(route, identity, clusters),
    ...(clusters.length > 0 ? [`vaultcast apply -f ${folder}/`] : []),
    ...clusters.map(({ name }) => `vaultcast check ${name}`),
    ...secretSteps(route, vaults),
  ];
  return ['', 'Next:', ...steps.map((step) => `  ${step}`)];
}

function hostSteps(clusterHosts: string | undefined, clusters: readonly Resource[]): string[] {
  if (clusterHosts === undefined)
    return clusters.length === 0
      ? []
      : ['CLUSTER_HOSTS of the app must allow these clusters: it connects nowhere else.'];
  const allowed = parseHosts(clusterHosts).value;
  const missing = clusters.filter(({ id }) => !coversArmId(allowed, id));
  return missing.map(
    ({ id }) => `CLUSTER_HOSTS of the app does not allow ${id}: deploy it with that cluster first.`,
  );
}

function namespaceSteps(
  route: FirstRoute | undefined,
  identity: string | undefined,
  clusters: readonly Resource[],
): string[] {
  if (route === undefined) return [];
  const { namespace, vault, prefix } = route;
  const user = identity ?? 'OBJECT_ID_OF_THE_APPS_IDENTITY';
  const manifests = `vaultcast namespace ${namespace} --accept ${vault}/${prefix} --user ${user}`;
  return clusters.map(
    ({ name }) =>
      `${manifests} | kubectl apply --context ${name} --server-side --field-manager vaultcast -f -`,
  );
}

function secretSteps(route: FirstRoute | undefined, vaults: ReadonlyMap<string, string>): string[] {
  if (route === undefined) return [];
  const host = new URL(vaults.get(route.vault) ?? 'https://VAULT').hostname;
  const secret = route.prefix.endsWith('--') ? `${route.prefix}postgres--password` : route.prefix;
  return [
    `az keyvault secret set --vault-name ${host.split('.')[0]} --name ${secret} --value "$(openssl rand -base64 24)"`,
    `vaultcast explain ${secret}`,
  ];
}
