import { ACCEPT_ANNOTATION } from '../../route/accept.ts';
import type { PersonCluster } from '../connect/cluster.ts';
import { secretPath } from '../connect/cluster.ts';
import { at } from '../connect/objects.ts';
import type { Manifest } from './kinds.ts';

/** A Namespace, as far as it decides who gets what. */
interface NamespaceFacts {
  name: string;
  labels: Readonly<Record<string, string>>;
  /** The annotation `vaultcast.dev/accept`; undefined when there is none. */
  accept: string | undefined;
}

/** What converting one object asks of everything around it. */
export interface Surroundings {
  /** A SecretStore or ClusterSecretStore as written; undefined: it is not among what was read. */
  store(kind: 'SecretStore' | 'ClusterSecretStore', namespace: string, name: string): object | undefined;
  /** Every Namespace; undefined when only some, or none, could be read. */
  namespaces: readonly NamespaceFacts[] | undefined;
  /** undefined: it was not read. */
  namespace(name: string): NamespaceFacts | undefined;
  /** Names of the keys of a Secret as it stands; undefined when nobody could look, or it is not there. */
  keysOf(namespace: string, secret: string): Promise<readonly string[] | undefined>;
  /** Of vaults that are given by their names only. */
  vaultDomain: string;
  /** Whether a ClusterExternalSecret of this name is converted itself. */
  hasClusterExternalSecret(name: string): boolean;
}

/** What was read, and how. */
interface Read {
  manifests: readonly Manifest[];
  /** Whether every Namespace is among them. */
  allNamespaces: boolean;
  /** undefined: there are files only. */
  person?: PersonCluster | undefined;
  vaultDomain: string;
}

export function surroundingsOf({ manifests, allNamespaces, person, vaultDomain }: Read): Surroundings {
  const facts = manifests.filter(({ kind }) => kind === 'Namespace').map(factsOf);
  const find = (kind: string, namespace: string, name: string): Manifest | undefined =>
    manifests.find((one) => one.kind === kind && one.namespace === namespace && one.name === name);
  return {
    store: (kind, namespace, name) => find(kind, kind === 'SecretStore' ? namespace : '', name)?.object,
    namespaces: allNamespaces ? facts : undefined,
    namespace: (name) => facts.find((one) => one.name === name),
    keysOf: async (namespace, secret) => {
      const looked = await person?.get(secretPath(namespace, secret));
      if (looked?.state !== 'found') return undefined;
      return Object.keys(Object(at(looked.body, 'data')) as object);
    },
    vaultDomain,
    hasClusterExternalSecret: (name) => find('ClusterExternalSecret', '', name) !== undefined,
  };
}

function factsOf({ name, object }: Manifest): NamespaceFacts {
  const accept = at(object, 'metadata', 'annotations', ACCEPT_ANNOTATION);
  return {
    name,
    labels: { ...(Object(at(object, 'metadata', 'labels')) as Record<string, string>) },
    accept: typeof accept === 'string' ? accept : undefined,
  };
}
