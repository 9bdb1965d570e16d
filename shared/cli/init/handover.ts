import { coversArmId, parseHosts } from '../../config/hosts.ts';
import { problemText } from '../../registry/problem.ts';
import { readDocuments } from '../../registry/read.ts';
import { CliError } from '../terminal/failure.ts';
import { EXIT } from '../terminal/io.ts';
import { yamlText } from '../terminal/print.ts';
import type { Deployment, Resource } from './discover.ts';

/** The first namespace that is to receive secrets, and which. */
interface FirstRoute {
  namespace: string;
  vault: string;
  prefix: string;
}

/** Clusters by their names in the registry: those of AKS, with the resource group where two are called the same. */
export function namedClusters(clusters: readonly Resource[]): Resource[] {
  const plain = clusters.map(({ name }) => objectName(name));
  return clusters.map((cluster, at) => {
    const name = plain[at] ?? '';
    const isTwice = plain.filter((other) => other === name).length > 1;
    return { ...cluster, name: isTwice ? `${name}-${objectName(cluster.group)}` : name };
  });
}

function objectName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
}

const API_VERSION = 'vaultcast.dev/v1';

/** File name -> YAML, as apply would read it. Throws CliError for what apply would refuse. */
export function registryFiles(
  clusters: readonly Resource[],
  route: FirstRoute | undefined,
): Map<string, string> {
  const files = new Map<string, string>();
  const documents = clusters.map(({ name, id }) => ({
    apiVersion: API_VERSION,
    kind: 'Cluster',
    metadata: { name },
    spec: { aks: id },
  }));
  if (documents.length > 0) files.set('clusters.yaml', `${yamlText(documents)}\n`);
  if (route !== undefined && clusters.length > 0)
    files.set(`${route.namespace}.yaml`, `${yamlText([routeOf(route, clusters)])}\n`);
  for (const [file, text] of files) checked(file, text);
  return files;
}

function routeOf({ namespace, vault, prefix }: FirstRoute, clusters: readonly Resource[]): object {
  const names = clusters.map(({ name }) => name);
  return {
    apiVersion: API_VERSION,
    kind: 'Route',
    metadata: { name: namespace },
    spec: { vault, prefix, clusters: { names }, namespaces: [namespace], layout: 'service' },
  };
}

function checked(file: string, text: string): void {
  const [problem] = readDocuments(file, text).problems;
  if (problem === undefined) return;
  throw new CliError(
    `what was given makes no valid document: ${problemText(problem)}`,
    'Correct what was given.',
    EXIT.usage,
  );
}

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
