import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { apply } from './cluster/apply.ts';
import type { Call } from './cluster/call.ts';
import {
  aManagedSecret,
  createNamespace,
  secretPath,
  secretsPath,
  type SecretBody,
} from './cluster/managed-secret.ts';
import { startOneCluster, type OneCluster } from './cluster/single.ts';
import { installConsent, installProtect, outcome } from './cluster/policies.ts';

const BREAK_GLASS = 'platform-on-call';
const ADOPTERS = 'platform-team';

let cluster: OneCluster;
let admin: Call;
let pusher: Call;
/** May do everything with the Secrets of its namespaces, as far as RBAC goes. */
let namespaceAdmin: Call;

beforeAll(async () => {
  cluster = await startOneCluster();
  ({ admin, pusher } = cluster);
  namespaceAdmin = await cluster.person('namespace-admin');
  await installConsent(admin, pusher, { user: cluster.user });
  await installProtect(admin, { user: cluster.user, breakGlassGroup: BREAK_GLASS, adopterGroup: ADOPTERS });
});

afterAll(() => cluster?.stop());

/** What a controller or a member of a group does: no controller runs here, so the administrator speaks for it. */
function impersonating(user: string, group?: string): Call {
  const who = { 'impersonate-user': user, ...(group !== undefined && { 'impersonate-group': group }) };
  return (path, options = {}) => admin(path, { ...options, headers: { ...who, ...options.headers } });
}

/** As far as RBAC goes. */
async function allowEverything(namespace: string): Promise<void> {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const apiGroup = 'rbac.authorization.k8s.io';
  const metadata = { name: 'owner', namespace };
  const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['*'] }];
  const subjects = [{ apiGroup, kind: 'User', name: 'namespace-admin' }];
  await apply(admin, [
    { apiVersion, kind: 'Role', metadata, rules },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup, kind: 'Role', name: 'owner' },
      subjects,
    },
  ]);
}

const MERGE = { 'content-type': 'application/merge-patch+json' };

const patch = async (call: Call, secret: SecretBody, body: object) =>
  outcome(await call(secretPath(secret), { method: 'PATCH', headers: MERGE, body }));
const remove = async (call: Call, secret: SecretBody) =>
  outcome(await call(secretPath(secret), { method: 'DELETE' }));

let namespaces = 0;
/** A Secret in a namespace of its own, delivered by the pusher, in the hands of the namespace's admin. */
async function aDelivered(overrides: { finalizers?: string[] } = {}): Promise<SecretBody> {
  const namespace = `protected-${++namespaces}`;
  await createNamespace(admin, namespace, `${namespace}--`);
  await allowEverything(namespace);
  const secret = aManagedSecret({ namespace, ...overrides });
  expect(outcome(await pusher(secretsPath(namespace), { method: 'POST', body: secret }))).toBe('done');
  return secret;
}

const keepOff = ({ metadata }: SecretBody): string =>
  `Secret ${metadata.namespace}/${metadata.name} is managed by vaultcast: change the secret in Key Vault, or its route; only the break-glass group may change or delete it here`;

const notTheirs = ({ metadata }: SecretBody): string =>
  `Secret ${metadata.namespace}/${metadata.name} would be one that vaultcast manages: only vaultcast itself and the groups adopterGroup and breakGlassGroup may make it so`;

const OWNER = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: 'gone',
  uid: 'b7a3c7a5-0000-4000-8000-000000000000',
};

describe('a namespace admin', () => {
  it.each([
    ['a value', { stringData: { password: 'mine' } }],
    ['a key more', { data: { more: 'bWluZQ==' } }],
    ['a key less', { data: { password: null } }],
    ['no label of ours', { metadata: { labels: { 'app.kubernetes.io/managed-by': null } } }],
    ['another target', { metadata: { annotations: { 'vaultcast.dev/target': 'weu-1/elsewhere/pg' } } }],
    ['an owner whose end it shares', { metadata: { ownerReferences: [OWNER] } }],
    ['a finalizer', { metadata: { finalizers: ['example.com/stay'] } }],
    ['immutability', { immutable: true }],
  ])('cannot give a managed Secret %s', async (_, change) => {
    const secret = await aDelivered();
    const before = await admin(secretPath(secret));
    expect(await patch(namespaceAdmin, secret, change)).toBe(keepOff(secret));
    expect(await admin(secretPath(secret))).toEqual(before);
  });

  it('cannot replace, delete or sweep away a managed Secret', async () => {
    const secret = await aDelivered();
    const body = { ...secret, stringData: { password: 'mine' } };
    const replaced = await namespaceAdmin(secretPath(secret), { method: 'PUT', body });
    expect(outcome(replaced)).toBe(keepOff(secret));
    expect(await remove(namespaceAdmin, secret)).toBe(keepOff(secret));
    const swept = await namespaceAdmin(secretsPath(secret.metadata.namespace), { method: 'DELETE' });
    expect(outcome(swept)).toBe(keepOff(secret));
    expect(await admin(secretPath(secret))).toMatchObject({ status: 200 });
  });

  it('does as it likes with Secrets of its own, and with a copy of a managed one', async () => {
    const { namespace } = (await aDelivered()).metadata;
    const own = aManagedSecret({ namespace, name: 'own', labels: { 'app.kubernetes.io/managed-by': '' } });
    const copy = aManagedSecret({ namespace, name: 'copy', target: 'weu-1/elsewhere/pg' });
    for (const secret of [own, copy]) {
      const created = await namespaceAdmin(secretsPath(namespace), { method: 'POST', body: secret });
      expect(outcome(created)).toBe('done');
      expect(await patch(namespaceAdmin, secret, { stringData: { password: 'mine' } })).toBe('done');
      expect(await remove(namespaceAdmin, secret)).toBe('done');
    }
  });

  it('may write a managed Secret back as it is, so that it is encrypted anew', async () => {
    const secret = await aDelivered();
    const { body } = await namespaceAdmin(secretPath(secret));
    const written = await namespaceAdmin(secretPath(secret), { method: 'PUT', body });
    expect(outcome(written)).toBe('done');
  });

  it('may take a finalizer off a Secret that is being deleted', async () => {
    const secret = await aDelivered({ finalizers: ['example.com/stay'] });
    expect(await remove(pusher, secret)).toBe('done');
    expect(await admin(secretPath(secret))).toMatchObject({ status: 200 });
    expect(await patch(namespaceAdmin, secret, { metadata: { finalizers: null } })).toBe('done');
    expect(await admin(secretPath(secret))).toMatchObject({ status: 404 });
  });
});

describe('a Secret that is none of vaultcast yet', () => {
  const create = async (call: Call, body: SecretBody) =>
    outcome(await call(secretsPath(body.metadata.namespace), { method: 'POST', body }));
  const plain = (namespace: string, name = 'own') =>
    aManagedSecret({ namespace, name, labels: { 'app.kubernetes.io/managed-by': '' } });
  const taken = { metadata: { labels: { 'app.kubernetes.io/managed-by': 'vaultcast' } } };
  const adopter = (): Call => impersonating('adopter', ADOPTERS);

  beforeAll(async () => {
    const apiGroup = 'rbac.authorization.k8s.io';
    await apply(admin, [
      {
        apiVersion: `${apiGroup}/v1`,
        kind: 'ClusterRoleBinding',
        metadata: { name: 'adopter' },
        roleRef: { apiGroup, kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ apiGroup, kind: 'User', name: 'adopter' }],
      },
    ]);
  });

  it('is made a managed one by nobody who likes, at creation or later', async () => {
    const { namespace } = (await aDelivered()).metadata;
    const forged = aManagedSecret({ namespace, name: 'forged' });
    for (const call of [namespaceAdmin, admin]) expect(await create(call, forged)).toBe(notTheirs(forged));
    const own = plain(namespace);
    expect(await create(namespaceAdmin, own)).toBe('done');
    for (const call of [namespaceAdmin, admin]) expect(await patch(call, own, taken)).toBe(notTheirs(own));
    const target = { metadata: { annotations: { 'vaultcast.dev/target': 'weu-1/x/y' } } };
    const copy = aManagedSecret({ namespace, name: 'copy', target: 'weu-1/elsewhere/pg' });
    expect(await create(namespaceAdmin, copy)).toBe('done');
    expect(await patch(namespaceAdmin, copy, target)).toBe('done');
    const named = { metadata: { annotations: { 'vaultcast.dev/target': `weu-1/${namespace}/copy` } } };
    expect(await patch(namespaceAdmin, copy, named)).toBe(notTheirs(copy));
  });

  it('is handed over by adopters, who may not touch it afterwards', async () => {
    const { namespace } = (await aDelivered()).metadata;
    const own = plain(namespace);
    expect(await create(namespaceAdmin, own)).toBe('done');
    expect(await patch(adopter(), own, taken)).toBe('done');
    expect(await patch(adopter(), own, { stringData: { password: 'mine' } })).toBe(keepOff(own));
    expect(await remove(adopter(), own)).toBe(keepOff(own));
  });

  it('is not handed over while it has an owner, by which others could have it deleted', async () => {
    const { namespace } = (await aDelivered()).metadata;
    const own = plain(namespace);
    own.metadata.ownerReferences = [OWNER];
    expect(await create(namespaceAdmin, own)).toBe('done');
    expect(await patch(adopter(), own, taken)).toBe(
      `Secret ${namespace}/own has owner references, by which others could have it deleted: take them off before vaultcast manages it`,
    );
    const freed = { metadata: { ...taken.metadata, ownerReferences: null } };
    expect(await patch(adopter(), own, freed)).toBe('done');
  });

  it('may be made a managed one by the break-glass group', async () => {
    const { namespace } = (await aDelivered()).metadata;
    const onCall = impersonating('adopter', BREAK_GLASS);
    expect(await create(onCall, aManagedSecret({ namespace, name: 'restored' }))).toBe('done');
  });
});

describe('a cluster administrator', () => {
  it('a cluster administrator is kept off managed Secrets, too', async () => {
    const secret = await aDelivered();
    expect(await remove(admin, secret)).toBe(keepOff(secret));
  });
});

describe('those who may', () => {
  it('the pusher may change managed Secrets', async () => {
    const secret = await aDelivered();
    const body = { ...secret, stringData: { password: 'rotated' } };
    expect(outcome(await pusher(secretPath(secret), { method: 'PUT', body }))).toBe('done');
    expect(await remove(pusher, secret)).toBe('done');
  });

  it('the break-glass group may, and no other group', async () => {
    const secret = await aDelivered();
    const change = { stringData: { password: 'emergency' } };
    const other = impersonating('namespace-admin', 'vaultcast:break-glass');
    expect(await patch(other, secret, change)).toBe(keepOff(secret));
    const onCall = impersonating('namespace-admin', BREAK_GLASS);
    expect(await patch(onCall, secret, change)).toBe('done');
    expect(await remove(onCall, secret)).toBe('done');
  });

  it('the controller that empties a namespace in deletion may', async () => {
    const secret = await aDelivered();
    const { namespace } = secret.metadata;
    expect(outcome(await admin(`/api/v1/namespaces/${namespace}`, { method: 'DELETE' }))).toBe('done');
    const controller = impersonating('system:serviceaccount:kube-system:namespace-controller');
    expect(outcome(await controller(secretsPath(namespace), { method: 'DELETE' }))).toBe('done');
    expect(await admin(secretPath(secret))).toMatchObject({ status: 404 });
  });

  it.each(['system:serviceaccount:kube-system:generic-garbage-collector', 'system:kube-controller-manager'])(
    '%s may, too',
    async (user) => {
      const secret = await aDelivered();
      expect(await remove(impersonating(user), secret)).toBe('done');
    },
  );

  it('not just any service account may', async () => {
    const secret = await aDelivered();
    const namesake = `system:serviceaccount:${secret.metadata.namespace}:namespace-controller`;
    const inMasters = impersonating(namesake, 'system:masters');
    expect(await remove(inMasters, secret)).toBe(keepOff(secret));
  });
});
