import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { adoptWorld } from './world.ts';
import type { AdoptWorld } from './world.ts';

let world: AdoptWorld;

beforeEach(async () => {
  world = await adoptWorld();
});
afterEach(() => world.stop());

const adoptPg = (...args: string[]) => world.adopt(['--route', 'app-1', 'app-1/pg', '--yes', ...args]);

const ESO = 'external-secrets.io';
/** As External Secrets Operator leaves a Secret that it made. */
const ESO_MARKS = {
  labels: {
    'reconcile.external-secrets.io/managed': 'true',
    'reconcile.external-secrets.io/created-by': 'x',
  },
  annotations: { 'reconcile.external-secrets.io/data-hash': '3013839b15f8dcff348bbaf62d71a39f' },
};
const anOwner = (kind = 'ExternalSecret', apiVersion = `${ESO}/v1`, uid = 'u') => ({
  ownerReferences: [{ apiVersion, kind, name: 'pg', uid }],
});

/** A kind that is installed, with the objects of it in namespace app-1. */
function install(group: string, kind: string, resource: string, items: readonly object[]): void {
  const groupVersion = `${group}/v1`;
  world.serve(`/apis/${group}`, { preferredVersion: { groupVersion } });
  world.serve(`/apis/${groupVersion}`, {
    groupVersion,
    resources: [
      { name: `${resource}/status`, kind, namespaced: true },
      { name: resource, kind, namespaced: true },
    ],
  });
  const path = `/apis/${groupVersion}/namespaces/app-1/${resource}`;
  world.serve(path, { items });
  for (const item of items) {
    const { name } = (item as { metadata: { name: string } }).metadata;
    world.serve(`${path}/${name}`, item);
  }
}

const externalSecret = (target: object = {}, uid = 'u') => ({
  metadata: { name: 'pg', uid },
  spec: { target },
});
const installEso = (...items: object[]) => install(ESO, 'ExternalSecret', 'externalsecrets', items);

describe('vaultcast adopt of a Secret that another tool made', () => {
  it('adopts what External Secrets Operator left behind when its object is gone', async () => {
    installEso();
    world.put(ESO_MARKS);

    const ran = await adoptPg();

    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('app-1/pg done') });
    expect((await adoptPg()).out).toContain('it is adopted already');
  });

  it('adopts what a tool left behind that is not installed any more', async () => {
    world.put(ESO_MARKS);

    expect((await adoptPg()).out).toContain('app-1/pg done');
  });

  it('takes off the owner reference to an object that is gone, so that nothing deletes the Secret with it', async () => {
    installEso();
    world.put({ ...ESO_MARKS, ...anOwner() });

    const ran = await adoptPg();

    expect(ran.code).toBe(0);
    expect(world.pg()?.metadata).not.toHaveProperty('ownerReferences');
  });

  it('takes an object of the same name with another uid for another one: the owner is gone', async () => {
    installEso({ metadata: { name: 'pg', uid: 'another' }, spec: { target: { name: 'somewhere-else' } } });
    world.put({ ...ESO_MARKS, ...anOwner() });

    expect((await adoptPg()).code).toBe(0);
  });

  it('finds the owner in the version that its group serves now', async () => {
    installEso(externalSecret());
    world.put({ ...ESO_MARKS, ...anOwner('ExternalSecret', `${ESO}/v1beta1`) });

    expect((await adoptPg()).out).toContain('it is owned by ExternalSecret pg');
  });

  it.each([
    [
      'an owner that lives',
      () => installEso(externalSecret()),
      anOwner(),
      'it is owned by ExternalSecret pg',
    ],
    [
      'an object that writes it, though it has no owner',
      () => installEso(externalSecret({ creationPolicy: 'Merge' })),
      {},
      'ExternalSecret pg of External Secrets Operator writes it',
    ],
    [
      'an AzureKeyVaultSecret that writes it',
      () =>
        install('spv.no', 'AzureKeyVaultSecret', 'azurekeyvaultsecrets', [
          { metadata: { name: 'a' }, spec: { output: { secret: { name: 'pg' } } } },
        ]),
      {},
      'AzureKeyVaultSecret a of akv2k8s writes it',
    ],
    [
      'a SecretProviderClass that writes it',
      () =>
        install('secrets-store.csi.x-k8s.io', 'SecretProviderClass', 'secretproviderclasses', [
          { metadata: { name: 'a' }, spec: { secretObjects: [{ secretName: 'pg' }] } },
        ]),
      {},
      'SecretProviderClass a of the Secrets Store CSI driver writes it',
    ],
    ['a label of Helm', () => {}, { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }, 'managed by Helm'],
    ['marks of Flux', () => {}, { labels: { 'kustomize.toolkit.fluxcd.io/name': 'x' } }, 'marks of Flux'],
    [
      'the tracking label of Argo CD',
      () => {},
      { labels: { 'app.kubernetes.io/instance': 'shop' } },
      'its app.kubernetes.io/instance is shop: Argo CD, if it tracks by that, would delete it',
    ],
    [
      'the tracking annotation of Argo CD',
      () => {},
      { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/Secret:app-1/pg' } },
      'its argocd.argoproj.io/tracking-id is shop:/Secret:app-1/pg',
    ],
    [
      'another instance',
      () => {},
      { labels: { 'app.kubernetes.io/managed-by': 'vaultcast', 'vaultcast.dev/instance': 'test' } },
      'it is managed by instance test of vaultcast',
    ],
  ])('refuses a Secret with %s, and names --force-owner', async (_, prepare, metadata, why) => {
    prepare();
    const { metadata: before } = world.put(metadata);

    const ran = await adoptPg();

    expect(ran).toMatchObject({ code: 1, out: expect.stringContaining(why) });
    expect(ran.out).toContain('add --force-owner');
    expect(world.pg()?.metadata.resourceVersion).toBe(before.resourceVersion);
  });

  it.each([
    ['an object that makes no Secret', externalSecret({ creationPolicy: 'None' })],
    ['an object that writes another Secret', externalSecret({ name: 'mq' })],
  ])('passes over %s', async (_, object) => {
    installEso(object);
    world.put();

    expect((await adoptPg()).code).toBe(0);
  });

  it('passes over a tracking annotation that was copied from another object', async () => {
    const id = `shop:${ESO}/ExternalSecret:app-1/pg`;
    world.put({ annotations: { 'argocd.argoproj.io/tracking-id': id } });

    expect((await adoptPg()).code).toBe(0);
    expect(world.pg()?.metadata.annotations?.['argocd.argoproj.io/tracking-id']).toBe(id);
  });

  it('with --force-owner takes off owner references and tracking, and leaves every other label', async () => {
    installEso(externalSecret());
    world.put({
      labels: { 'app.kubernetes.io/managed-by': 'Helm', 'app.kubernetes.io/instance': 'shop', team: 'blue' },
      annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/Secret:app-1/pg', note: 'x' },
      ...anOwner(),
    });

    const ran = await adoptPg('--force-owner');

    const { labels, annotations } = world.pg()?.metadata ?? {};
    expect(ran.out).toContain('although it is owned by ExternalSecret pg');
    expect(labels).toEqual({
      team: 'blue',
      'app.kubernetes.io/managed-by': 'vaultcast',
      'vaultcast.dev/instance': 'prod',
    });
    expect(annotations).toMatchObject({ note: 'x' });
    expect(annotations).not.toHaveProperty('argocd.argoproj.io/tracking-id');
    expect(world.pg()?.metadata).not.toHaveProperty('ownerReferences');
    expect((await adoptPg()).out).toContain('it is adopted already');
  });
});

describe('vaultcast adopt by a person who may not look at the objects of other tools', () => {
  const forbid = (path: string) => {
    const message = 'externalsecrets.external-secrets.io is forbidden: User "operator" cannot list resource';
    const body = JSON.stringify({ kind: 'Status', message });
    world.fixture.cluster.server.inject({
      fault: { kind: 'status', status: 403, body },
      when: (request) => request.path === path,
    });
  };

  it('refuses a Secret that bears marks of such a tool', async () => {
    forbid(`/apis/${ESO}/v1/namespaces/app-1/externalsecrets`);
    installEso();
    world.put(ESO_MARKS);

    expect((await adoptPg()).out).toContain(
      'it bears marks of External Secrets Operator, whose objects you may not list',
    );
  });

  it('adopts a Secret that bears no mark', async () => {
    forbid(`/apis/${ESO}/v1/namespaces/app-1/externalsecrets`);
    installEso();
    world.put();

    expect((await adoptPg()).code).toBe(0);
  });

  it('refuses a Secret whose owner cannot be looked at', async () => {
    forbid(`/apis/${ESO}/v1/namespaces/app-1/externalsecrets/pg`);
    installEso();
    world.put(anOwner());

    expect((await adoptPg()).out).toContain('owned by ExternalSecret pg, which you may not look at');
  });
});
