import { randomUUID } from 'node:crypto';
import { decodeSecret } from './wire/decode.ts';
import { timestamp } from './storage/objects.ts';
import type { Namespace, Secret, SecretManifest } from './storage/objects.ts';
import type { Write } from './storage/options.ts';
import { createSecret, deleteSecret, updateSecret } from './storage/secrets.ts';
import { alreadyExists, invalid, notFound } from './wire/status.ts';
import { secretKey } from './storage/store.ts';
import type { Picture, Store } from './storage/store.ts';
import { namespaceNameCauses } from './rules/validation.ts';

/**
 * What people do to a cluster behind the product's back. No authorization and no policy stands in their way, the
 * server's own rules do: a refused change throws.
 */
export interface People {
  createNamespace(name: string, annotations?: Record<string, string>): Namespace;
  /** An undefined value removes the annotation. */
  annotate(namespace: string, annotations: Record<string, string | undefined>): Namespace;
  /** Gone at once with its Secrets, unless it is to stay in deletion or a finalizer holds one of them. */
  deleteNamespace(name: string, options?: { stayTerminating?: boolean }): void;
  /** Copies: changing them changes nothing. */
  secret(namespace: string, name: string): Secret | undefined;
  secrets(): Secret[];
  /** Writes what the function returns; it gets a copy. */
  edit(namespace: string, name: string, change: (secret: Secret) => SecretManifest): Secret;
  /** Creates or replaces. */
  put(namespace: string, secret: SecretManifest): Secret;
  remove(namespace: string, name: string): void;
  /** A backup of etcd. */
  snapshot(): Picture;
  /** Also the counter of versions goes back: versions come again, for other content. */
  restore(picture: Picture): void;
}

const MANAGER = 'kubectl-edit';

function byHand(store: Store, now: () => Date, namespace: string): Write {
  const writer = { manager: MANAGER, time: timestamp(now()) };
  return { store, namespace, now, writer, user: 'admin', groups: [], query: new URLSearchParams() };
}

function newNamespace(name: string, annotations: Record<string, string>, now: Date): Namespace {
  const causes = namespaceNameCauses(name);
  if (causes.length > 0) throw invalid({ kind: 'Namespace' }, name, causes);
  return {
    kind: 'Namespace',
    apiVersion: 'v1',
    metadata: {
      name,
      uid: randomUUID(),
      resourceVersion: '',
      creationTimestamp: timestamp(now),
      labels: { 'kubernetes.io/metadata.name': name },
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}

function existing(store: Store, name: string): Namespace {
  const found = store.view().namespaces.get(name);
  if (!found) throw notFound({ resource: 'namespaces', name });
  return found;
}

function annotated(namespace: Namespace, changes: Record<string, string | undefined>): Namespace {
  const all = Object.entries({ ...namespace.metadata.annotations, ...changes });
  const annotations = Object.fromEntries(
    all.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return { ...namespace, metadata: { ...namespace.metadata, annotations } };
}

const inside = (store: Store, namespace: string) =>
  [...store.view().secrets.values()].filter(({ metadata }) => metadata.namespace === namespace);

function deleteNamespace(store: Store, now: () => Date, name: string, stay: boolean): void {
  const namespace = existing(store, name);
  const { deletionTimestamp = timestamp(now()) } = namespace.metadata;
  const metadata = { ...namespace.metadata, deletionTimestamp };
  store.putNamespace({ ...namespace, metadata, status: { phase: 'Terminating' } });
  if (stay) return;
  for (const secret of inside(store, name)) deleteSecret(byHand(store, now, name), secret.metadata.name);
  if (inside(store, name).length === 0) store.deleteNamespace(name);
}

export function people(store: Store, now: () => Date): People {
  const secret = (namespace: string, name: string) => store.view().secrets.get(secretKey(namespace, name));
  const put = (namespace: string, manifest: SecretManifest) => {
    const draft = decodeSecret(JSON.stringify(manifest));
    const write = byHand(store, now, namespace);
    const { name } = manifest.metadata;
    return secret(namespace, name) ? updateSecret(write, name, draft) : createSecret(write, draft);
  };
  return {
    createNamespace: (name, annotations = {}) => {
      if (store.view().namespaces.has(name)) throw alreadyExists({ resource: 'namespaces', name }, false);
      return store.putNamespace(newNamespace(name, annotations, now()));
    },
    annotate: (name, annotations) => store.putNamespace(annotated(existing(store, name), annotations)),
    deleteNamespace: (name, { stayTerminating = false } = {}) =>
      deleteNamespace(store, now, name, stayTerminating),
    secret: (namespace, name) => structuredClone(secret(namespace, name)),
    secrets: () => structuredClone([...store.view().secrets.values()]),
    edit: (namespace, name, change) => {
      const live = secret(namespace, name);
      if (!live) throw notFound({ resource: 'secrets', name });
      return put(namespace, change(structuredClone(live)));
    },
    put,
    remove: (namespace, name) => void deleteSecret(byHand(store, now, namespace), name),
    snapshot: () => store.picture(),
    restore: (picture) => store.restore(picture),
  };
}
