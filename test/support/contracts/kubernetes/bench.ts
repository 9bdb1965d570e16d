import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { Failure } from '../../../../shared/errors.ts';
import { failureOf } from '../../../../shared/errors.ts';
import type { Ports } from '../../../../shared/ports.ts';
import type { LiveSecret, SecretManifest, Written } from '../../../../shared/target/secret.ts';
import type { Cluster } from '../../../../shared/registry/document.ts';

/** A Secret as kubectl sends and shows it. */
export interface RawSecret {
  metadata: {
    name: string;
    uid?: string;
    resourceVersion?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    finalizers?: string[];
    ownerReferences?: unknown[];
  };
  type?: string;
  immutable?: boolean;
  data?: Record<string, string>;
}

/** What people do to a cluster, by any means but the port; may be promises. */
export interface ClusterPeople {
  /** With everything the identity needs there: RBAC, too. */
  createNamespace(name: string, annotations?: Record<string, string>): unknown;
  /** An undefined value removes the annotation. */
  annotate(namespace: string, annotations: Record<string, string | undefined>): unknown;
  /** Leaves it in deletion. */
  terminate(namespace: string): unknown;
  put(namespace: string, secret: RawSecret): unknown;
  edit(namespace: string, name: string, change: (secret: RawSecret) => RawSecret): unknown;
  remove(namespace: string, name: string): unknown;
}

export interface KubernetesUnderTest {
  kubernetes: Ports['kubernetes'];
  cluster: Cluster;
  people: ClusterPeople;
  /** Whether the identity may list Secrets of the whole cluster. */
  scope: 'namespace' | 'cluster';
  stop(): Promise<void>;
}

export const ACCEPT = 'vaultcast.dev/accept';
export const VALUE = 'hunter2-Zm9vYmFy';
export const base64 = (text: string) => Buffer.from(text).toString('base64');
export const signal = () => AbortSignal.timeout(60_000);

/** The failure of a call that must fail, and must not tell the value. */
export async function failure(work: Promise<unknown>): Promise<Failure> {
  const found = await work.then(
    (value) => ({ code: 'INTERNAL' as const, message: `no failure but ${JSON.stringify(value)}` }),
    failureOf,
  );
  expect(found.message).not.toContain(VALUE);
  expect(found.message).not.toContain(base64(VALUE));
  return found;
}

export const keyOf = ({ namespace, name }: { namespace: string; name: string }) => `${namespace}/${name}`;

export function uidOf(written: Written): string {
  if (written.kind !== 'written') throw new Error(`not written but ${written.kind}`);
  return written.uid;
}

/** The cluster under test, and a namespace of its own for every test, so that one real API server can serve them all. */
export function useCluster(make: () => Promise<KubernetesUnderTest>) {
  let underTest: KubernetesUnderTest;
  let namespace: string;
  beforeAll(async () => {
    underTest = await make();
  });
  afterAll(() => underTest.stop());
  beforeEach(async () => {
    namespace = `app-${randomBytes(4).toString('hex')}`;
    await underTest.people.createNamespace(namespace, { [ACCEPT]: 'app-1--' });
  });

  const at = {
    get kubernetes() {
      return underTest.kubernetes;
    },
    get cluster() {
      return underTest.cluster;
    },
    get people() {
      return underTest.people;
    },
    get scope() {
      return underTest.scope;
    },
    get namespace() {
      return namespace;
    },
  };
  const aManifest = (more: Partial<SecretManifest> = {}): SecretManifest => ({
    namespace: at.namespace,
    name: 'pg',
    type: 'Opaque',
    immutable: false,
    labels: { 'app.kubernetes.io/managed-by': 'vaultcast' },
    annotations: { 'vaultcast.dev/route': 'app-1' },
    finalizers: [],
    data: { password: base64(VALUE) },
    ...more,
  });
  const target = (of = 'pg') => ({ cluster: at.cluster.metadata.name, namespace: at.namespace, name: of });
  const observe = () => at.kubernetes.secret(at.cluster, target(), signal());
  async function live(): Promise<LiveSecret> {
    const found = await observe();
    if (!found) throw new Error('the Secret is not there');
    return found;
  }
  const create = (more: Partial<SecretManifest> = {}) =>
    at.kubernetes.create(at.cluster, aManifest(more), signal());
  const tryCreate = (more: Partial<SecretManifest> = {}) =>
    at.kubernetes.tryCreate(at.cluster, aManifest(more), signal());
  const replace = (observed: LiveSecret, more: Partial<SecretManifest> = {}) =>
    at.kubernetes.replace(at.cluster, aManifest(more), observed, signal());
  const remove = (observed: LiveSecret) => at.kubernetes.remove(at.cluster, observed, signal());
  /** Where RBAC is per at.namespace, anything outside the namespaces given is forbidden, whether it exists or not. */
  const allowedClusterWide = (expected: unknown): unknown =>
    at.scope === 'cluster' ? expected : expect.objectContaining({ code: 'CLUSTER_FORBIDDEN' });
  const relabel = () =>
    at.people.edit(at.namespace, 'pg', (secret) => ({
      ...secret,
      metadata: { ...secret.metadata, labels: { ...secret.metadata.labels, edited: 'yes' } },
    }));

  return {
    at,
    aManifest,
    target,
    observe,
    live,
    create,
    tryCreate,
    replace,
    remove,
    relabel,
    allowedClusterWide,
  };
}

export type Bench = ReturnType<typeof useCluster>;
