import { VaultcastError } from '../../../shared/errors.ts';
import type { Namespace } from '../../../shared/route/consent.ts';
import type { LiveSecret, SecretManifest, Written } from '../../../shared/target/secret.ts';
import { ACCEPT_ANNOTATION } from '../../../shared/route/accept.ts';

interface StoredNamespace {
  annotations: Record<string, string>;
  terminating: boolean;
}

/** The state of one cluster and the rules of its API server, without HTTP. Objects are never changed in place. */
export interface ClusterState {
  namespaces: Map<string, StoredNamespace>;
  /** By `namespace/name`. */
  secrets: Map<string, LiveSecret>;
  /** Counts changes, like etcd's revision; uids come from it, so that a run can be repeated. */
  revision: number;
  uids: number;
}

export const keyOf = ({ namespace, name }: { namespace: string; name: string }): string =>
  `${namespace}/${name}`;

export const newState = (): ClusterState => ({
  namespaces: new Map(),
  secrets: new Map(),
  revision: 1,
  uids: 0,
});

export function viewOf(name: string, { annotations, terminating }: StoredNamespace): Namespace {
  return { name, accept: annotations[ACCEPT_ANNOTATION], terminating };
}

const nextVersion = (state: ClusterState): string => String((state.revision += 1));

const invalid = (why: string) => new VaultcastError('SECRET_INVALID', `fake: ${why}`);

const LABEL = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

function check({ namespace, name, labels, data, type }: SecretManifest): void {
  const names = [namespace, name].every((part) => /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/.test(part));
  if (!names) throw invalid('not a valid namespace and name');
  if (!Object.values(labels).every((value) => LABEL.test(value))) throw invalid('a label value');
  if (!Object.keys(data).every((key) => /^[-._a-zA-Z0-9]{1,253}$/.test(key))) throw invalid('a data key');
  const required = type === 'kubernetes.io/tls' ? ['tls.crt', 'tls.key'] : [];
  if (!required.every((key) => Object.hasOwn(data, key))) throw invalid('a required data key');
}

/** What the manifest decides; sorted by key, as it comes back from etcd. */
function contentOf(manifest: SecretManifest) {
  const sorted = <T>(map: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
  const { type, immutable, labels, annotations, finalizers, data } = manifest;
  return {
    type,
    immutable,
    labels: sorted(labels),
    annotations: sorted(annotations),
    finalizers: [...finalizers],
    ownerReferences: [] as object[],
    data: sorted(data),
  };
}

/** What a reader is given, who may do with it what he likes. By hand: a structured clone costs ten times as much. */
export const copyOf = (secret: LiveSecret): LiveSecret => ({
  ...secret,
  labels: { ...secret.labels },
  annotations: { ...secret.annotations },
  finalizers: [...secret.finalizers],
  ownerReferences: [...secret.ownerReferences],
  data: { ...secret.data },
});

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function store(state: ClusterState, secret: LiveSecret): Written {
  const next = { ...secret, resourceVersion: nextVersion(state) };
  state.secrets.set(keyOf(secret), next);
  return { kind: 'written', uid: next.uid, resourceVersion: next.resourceVersion };
}

export function createIn(state: ClusterState, cluster: string, manifest: SecretManifest): Written {
  const { namespace, name } = manifest;
  check(manifest);
  const found = state.namespaces.get(namespace);
  if (!found) return { kind: 'namespace-missing' };
  if (found.terminating) throw new VaultcastError('NAMESPACE_MISSING', 'fake: it is being deleted');
  if (state.secrets.has(keyOf(manifest))) return { kind: 'conflict' };
  const uid = `uid-${(state.uids += 1)}`;
  const identity = { cluster, namespace, name, uid, resourceVersion: '', terminating: false };
  return store(state, { ...identity, ...contentOf(manifest) });
}

/** The same, of which nothing stays. */
export function tryCreateIn(state: ClusterState, cluster: string, manifest: SecretManifest): Written['kind'] {
  return createIn(structuredClone(state), cluster, manifest).kind;
}

type Observed = Pick<LiveSecret, 'namespace' | 'name' | 'uid' | 'resourceVersion'>;

function asObserved(state: ClusterState, observed: Observed): LiveSecret | undefined {
  const live = state.secrets.get(keyOf(observed));
  const same = live?.uid === observed.uid && live.resourceVersion === observed.resourceVersion;
  return same ? live : undefined;
}

export function replaceIn(state: ClusterState, manifest: SecretManifest, observed: Observed): Written {
  check(manifest);
  const { uid, resourceVersion } = observed;
  const live = asObserved(state, { ...manifest, uid, resourceVersion });
  if (!live) return { kind: 'conflict' };
  if (live.type !== manifest.type) throw invalid('the type cannot change');
  const next = { ...live, ...contentOf(manifest) };
  if (live.immutable && !(next.immutable && same(next.data, contentOf(live).data)))
    throw invalid('it is immutable');
  const { ownerReferences } = live;
  if (same({ ...contentOf(live), ownerReferences }, contentOf(next)))
    return { kind: 'written', uid, resourceVersion };
  const written = store(state, next);
  if (next.terminating && next.finalizers.length === 0) state.secrets.delete(keyOf(next));
  return written;
}

export function removeFrom(state: ClusterState, observed: Observed): Written {
  const live = asObserved(state, observed);
  if (!live) return { kind: 'conflict' };
  if (live.finalizers.length > 0) return store(state, { ...live, terminating: true });
  state.secrets.delete(keyOf(live));
  state.revision += 1;
  return { kind: 'written', uid: live.uid, resourceVersion: live.resourceVersion };
}
