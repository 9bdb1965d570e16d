/** What import understands, and where an API server has it. */
interface ImportKind {
  kind: string;
  group: string;
  /** Versions of the API whose fields are known. */
  versions: readonly string[];
  resource: string;
  namespaced: boolean;
}

const ESO = { group: 'external-secrets.io', versions: ['v1', 'v1beta1'] };

export const KINDS: readonly ImportKind[] = [
  { kind: 'ExternalSecret', ...ESO, resource: 'externalsecrets', namespaced: true },
  { kind: 'ClusterExternalSecret', ...ESO, resource: 'clusterexternalsecrets', namespaced: false },
  { kind: 'SecretStore', ...ESO, resource: 'secretstores', namespaced: true },
  { kind: 'ClusterSecretStore', ...ESO, resource: 'clustersecretstores', namespaced: false },
  {
    kind: 'AzureKeyVaultSecret',
    group: 'spv.no',
    versions: ['v1', 'v2beta1'],
    resource: 'azurekeyvaultsecrets',
    namespaced: true,
  },
  {
    kind: 'SecretProviderClass',
    group: 'secrets-store.csi.x-k8s.io',
    versions: ['v1'],
    resource: 'secretproviderclasses',
    namespaced: true,
  },
];

/** An object of one of these kinds, or a Namespace. */
export interface Manifest {
  kind: string;
  /** Of the API; empty for a Namespace. */
  version: string;
  /** Empty for what belongs to the whole cluster. */
  namespace: string;
  name: string;
  object: object;
}

/** The kind of an object as written; undefined for everything that is no business of import. */
export function kindOf(apiVersion: string, kind: string): ImportKind | undefined {
  return KINDS.find((one) => one.kind === kind && apiVersion.startsWith(`${one.group}/`));
}

/** API groups of these tools; External Secrets Operator has one for generators, and had another one in its first life. */
const GROUPS = new Set([...KINDS.map(({ group }) => group), 'kubernetes-client.io']);

/** Whether an object that import does not understand is one of these tools' all the same, so that a person hears of it. */
export function isOfTool(apiVersion: string, kind: string): boolean {
  const [group = ''] = apiVersion.split('/');
  const isTheirs = GROUPS.has(group) || group.endsWith('.external-secrets.io');
  // The driver's own record of what a pod mounts.
  return isTheirs && !kind.endsWith('Status');
}
