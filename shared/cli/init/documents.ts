import { problemText } from '../../registry/problem.ts';
import { readDocuments } from '../../registry/read.ts';
import { CliError } from '../terminal/failure.ts';
import { EXIT } from '../terminal/io.ts';
import { yamlText } from '../terminal/print.ts';
import type { Resource } from './discover.ts';

/** The first namespace that is to receive secrets, and which. */
export interface FirstRoute {
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
