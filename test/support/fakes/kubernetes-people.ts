import type { LiveSecret, SecretManifest } from '../../../shared/target/secret.ts';
import type { ClusterPeople, RawSecret } from '../contracts/kubernetes/bench.ts';
import { copyOf, createIn, keyOf, removeFrom, replaceIn } from './kubernetes-cluster.ts';
import type { ClusterState } from './kubernetes-cluster.ts';

/** What people do to a cluster, at once; a change that the API server would refuse throws. */
export interface FakeClusterPeople extends ClusterPeople {
  secret(namespace: string, name: string): LiveSecret | undefined;
  secrets(): LiveSecret[];
  /** With everything in it. */
  deleteNamespace(namespace: string): void;
  /** A backup of etcd; a restore takes the counter of versions back, too. */
  snapshot(): ClusterState;
  restore(snapshot: ClusterState): void;
}

const manifestOf = (namespace: string, { metadata, type, immutable, data }: RawSecret): SecretManifest => ({
  namespace,
  name: metadata.name,
  type: type ?? 'Opaque',
  immutable: immutable ?? false,
  labels: metadata.labels ?? {},
  annotations: metadata.annotations ?? {},
  finalizers: metadata.finalizers ?? [],
  data: data ?? {},
});

function rawOf(secret: LiveSecret): RawSecret {
  const { name, uid, resourceVersion, labels, annotations, finalizers, ownerReferences } = secret;
  const metadata = { name, uid, resourceVersion, labels, annotations, finalizers, ownerReferences };
  const { type, immutable, data } = secret;
  return structuredClone({ metadata, type, immutable, data }) as RawSecret;
}

function must<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new Error(`there is no ${what}`);
  return found;
}

/** @param state may be replaced: a restore puts another one in its place */
export function createClusterPeople(cluster: string, at: { state: ClusterState }): FakeClusterPeople {
  const live = (namespace: string, name: string) => at.state.secrets.get(keyOf({ namespace, name }));
  const put = (namespace: string, secret: RawSecret): void => {
    const manifest = manifestOf(namespace, secret);
    const observed = live(namespace, manifest.name);
    const done = observed ? replaceIn(at.state, manifest, observed) : createIn(at.state, cluster, manifest);
    if (done.kind !== 'written') throw new Error(`put: ${done.kind}`);
    own(namespace, manifest.name, (secret.metadata.ownerReferences ?? []) as object[]);
  };
  /** People may give a Secret owners; vaultcast's own writes have none. */
  const own = (namespace: string, name: string, ownerReferences: object[]): void => {
    const secret = live(namespace, name);
    if (secret !== undefined) at.state.secrets.set(keyOf(secret), { ...secret, ownerReferences });
  };
  const namespaceOf = (name: string) => must(at.state.namespaces.get(name), `namespace ${name}`);
  return {
    createNamespace: (name, annotations = {}) =>
      void at.state.namespaces.set(name, { annotations, terminating: false }),
    annotate(name, changes) {
      const found = namespaceOf(name);
      const all = Object.entries({ ...found.annotations, ...changes });
      const kept = all.filter((entry): entry is [string, string] => entry[1] !== undefined);
      at.state.namespaces.set(name, { ...found, annotations: Object.fromEntries(kept) });
    },
    terminate: (name) => void at.state.namespaces.set(name, { ...namespaceOf(name), terminating: true }),
    deleteNamespace(name) {
      at.state.namespaces.delete(name);
      for (const [key, { namespace }] of at.state.secrets)
        if (namespace === name) at.state.secrets.delete(key);
    },
    put,
    edit: (namespace, name, change) =>
      put(namespace, change(rawOf(must(live(namespace, name), `Secret ${namespace}/${name}`)))),
    remove(namespace, name) {
      removeFrom(at.state, must(live(namespace, name), `Secret ${namespace}/${name}`));
    },
    secret(namespace, name) {
      const found = live(namespace, name);
      return found && copyOf(found);
    },
    secrets: () => [...at.state.secrets.values()].map(copyOf),
    snapshot: () => structuredClone(at.state),
    restore: (snapshot) => void (at.state = structuredClone(snapshot)),
  };
}
