import type { Namespace, Secret } from './objects.ts';

export type Resource = 'namespaces' | 'secrets';

/** Objects are never changed in place, so a copy of the maps is a whole picture of one moment. */
export interface Picture {
  /** Counts every change of the whole server, like etcd's revision. */
  revision: number;
  namespaces: ReadonlyMap<string, Namespace>;
  /** By `namespace/name`. */
  secrets: ReadonlyMap<string, Secret>;
}

export interface Store {
  /** The present, for reading at once: it changes with the next write. */
  view(): Picture;
  picture(): Picture;
  /** The picture that a list began with, for its later pages; undefined once it expired. */
  pictureAt(revision: number): Picture | undefined;
  /** Keeps the present picture for the later pages of a list. */
  keep(): void;
  expire(): void;
  putNamespace(namespace: Namespace): Namespace;
  deleteNamespace(name: string): void;
  putSecret(secret: Secret): Secret;
  deleteSecret(key: string): void;
  /** As after a restore of etcd: the counter goes back, too, and versions come again. */
  restore(picture: Picture): void;
}

export const secretKey = (namespace: string, name: string): string => `${namespace}/${name}`;

export const keyOf = ({ metadata }: Secret): string => secretKey(metadata.namespace ?? '', metadata.name);

export function createStore(): Store {
  let revision = 1;
  let namespaces = new Map<string, Namespace>();
  let secrets = new Map<string, Secret>();
  const kept = new Map<number, Picture>();
  const picture = (): Picture => ({
    revision,
    namespaces: new Map(namespaces),
    secrets: new Map(secrets),
  });
  const versioned = <Item extends Namespace | Secret>(object: Item): Item => {
    revision += 1;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
  };
  const put = <Item extends Namespace | Secret>(map: Map<string, Item>, key: string, object: Item): Item => {
    const stored = versioned(object);
    map.set(key, stored);
    return stored;
  };
  const drop = (map: Map<string, unknown>, key: string) => {
    if (map.delete(key)) revision += 1;
  };
  return {
    view: () => ({ revision, namespaces, secrets }),
    picture,
    pictureAt: (at) => kept.get(at),
    keep: () => void kept.set(revision, picture()),
    expire: () => kept.clear(),
    putNamespace: (namespace) => put(namespaces, namespace.metadata.name, namespace),
    deleteNamespace: (name) => drop(namespaces, name),
    putSecret: (secret) => put(secrets, keyOf(secret), secret),
    deleteSecret: (key) => drop(secrets, key),
    restore: (to) => {
      revision = to.revision;
      namespaces = new Map(to.namespaces);
      secrets = new Map(to.secrets);
      kept.clear();
    },
  };
}
