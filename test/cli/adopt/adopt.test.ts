import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { base64, startFixture } from '../../local/kubernetes/fixture.ts';
import type { Fixture } from '../../local/kubernetes/fixture.ts';
import { stored, writtenCluster, writtenRoute } from '../../support/documents.ts';
import { createFakeKeyVault } from '../../support/fakes/key-vault.ts';
import type { FakeKeyVault } from '../../support/fakes/key-vault.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { aFolder } from '../folder.ts';
import type { Folder } from '../folder.ts';
import { run } from '../run.ts';

const VALUE = 'n0-one-may-see-this';
let fixture: Fixture;
let folder: Folder;
let kubeconfig: string;
let vault: FakeKeyVault;

const aKubeconfig = (): Promise<string> =>
  folder.file('kubeconfig', [
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'weu-1',
      clusters: [
        {
          name: 'weu',
          cluster: {
            server: fixture.cluster.url,
            'certificate-authority-data': base64(fixture.authority.caPem),
          },
        },
      ],
      contexts: [{ name: 'weu-1', context: { cluster: 'weu', user: 'me' } }],
      users: [{ name: 'me', user: { token: 'operator' } }],
    },
  ]);

beforeEach(async () => {
  [fixture, folder] = [await startFixture(), await aFolder()];
  fixture.cluster.annotate('app-1', { 'vaultcast.dev/accept': 'app-1--' });
  kubeconfig = await aKubeconfig();
  vault = createFakeKeyVault({ vaults: ['team'] });
  vault.people.set('team', 'app-1--pg--password', VALUE);
});
afterEach(async () => {
  await fixture.stop();
  await folder.remove();
});

const put = (metadata: object = {}, more: object = {}) =>
  fixture.cluster.put('app-1', {
    metadata: { name: 'pg', ...metadata },
    data: { password: base64(VALUE) },
    ...more,
  });

const adopt = (...args: string[]) =>
  run(['adopt', '--kubeconfig', kubeconfig, '--instance', 'prod', ...args], {
    registry: fakeRegistry(
      stored(writtenCluster()),
      stored(writtenRoute()),
      stored(writtenRoute('far', { clusters: { names: ['x'] } })),
    ),
    vault,
  });
const adoptPg = (...args: string[]) => adopt('--route', 'app-1', 'app-1/pg', ...args);

describe('vaultcast adopt', () => {
  it('adopts a Secret that equals what the route would write, and changes only its labels and annotations', async () => {
    const before = put({ labels: { team: 'blue' }, annotations: { note: 'x' } });

    const ran = await adoptPg('--yes');

    const after = fixture.cluster.secret('app-1', 'pg');
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain('+ adopt  app-1/pg: route app-1, from app-1--pg--password');
    expect(after).toMatchObject({
      data: before.data,
      type: before.type,
      metadata: {
        uid: before.metadata.uid,
        labels: {
          team: 'blue',
          'app.kubernetes.io/managed-by': 'vaultcast',
          'vaultcast.dev/instance': 'prod',
        },
        annotations: {
          note: 'x',
          'vaultcast.dev/target': 'weu-1/app-1/pg',
          'vaultcast.dev/route': 'app-1',
          'vaultcast.dev/sources': expect.stringMatching(/^team\/app-1--pg--password@[0-9a-f]{32}:\d+$/),
        },
      },
    });
    expect(ran.out + ran.err).not.toContain(VALUE);
    expect((await adoptPg('--yes')).out).toContain('it is adopted already');
  });

  it('writes nothing in a dry run, nor when nobody confirmed', async () => {
    const { metadata } = put();

    const dry = await adoptPg('--dry-run');
    const alone = await adoptPg();

    expect(dry).toMatchObject({ code: 2, out: expect.stringContaining('+ adopt') });
    expect(alone).toMatchObject({ code: 1, err: expect.stringContaining('--yes') });
    expect(fixture.cluster.secret('app-1', 'pg')?.metadata.resourceVersion).toBe(metadata.resourceVersion);
  });

  it.each([
    ['another value', {}, { data: { password: base64('old') } }, 'password has another value'],
    [
      'a key too many',
      {},
      { data: { password: base64(VALUE), user: base64('me') } },
      "user is not the route's",
    ],
    ['a key too few', {}, { data: {} }, 'password is missing'],
    ['another type', {}, { type: 'example.com/x' }, 'its type is example.com/x, the route makes Opaque'],
    ['immutability', {}, { immutable: true }, 'it is immutable, the route makes it not so'],
    ['a label of Helm', { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }, {}, 'it is managed by Helm'],
    [
      'marks of an operator',
      { labels: { 'reconcile.external-secrets.io/managed': 'true' } },
      {},
      'it bears marks of External Secrets Operator',
    ],
    [
      'an owner',
      { ownerReferences: [{ apiVersion: 'v1', kind: 'ExternalSecret', name: 'pg', uid: 'u' }] },
      {},
      'it is owned by ExternalSecret pg',
    ],
    [
      'another instance',
      { labels: { 'app.kubernetes.io/managed-by': 'vaultcast', 'vaultcast.dev/instance': 'test' } },
      {},
      'it is managed by instance test of vaultcast',
    ],
  ])('refuses to adopt a Secret with %s', async (_, metadata, more, why) => {
    const { metadata: before } = put(metadata, more);

    const ran = await adoptPg('--yes');

    expect(ran).toMatchObject({ code: 1, out: expect.stringContaining(why) });
    expect(fixture.cluster.secret('app-1', 'pg')?.metadata.resourceVersion).toBe(before.resourceVersion);
  });

  it('adopts a Secret that another tool owns only with --force-owner, and removes its owner references', async () => {
    put({
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'ExternalSecret', name: 'pg', uid: 'u' }],
    });

    const ran = await adoptPg('--yes', '--force-owner');

    const after = fixture.cluster.secret('app-1', 'pg');
    expect(ran).toMatchObject({
      code: 0,
      out: expect.stringContaining('although it is owned by ExternalSecret pg'),
    });
    expect(after?.metadata.labels?.['app.kubernetes.io/managed-by']).toBe('vaultcast');
    expect(after?.metadata).not.toHaveProperty('ownerReferences');
  });

  it('refuses a Secret whose sources the namespace does not accept, the person may not read, or no route makes', async () => {
    put();
    fixture.cluster.annotate('app-1', { 'vaultcast.dev/accept': 'app-2--' });
    const notAccepted = await adoptPg('--yes');
    fixture.cluster.annotate('app-1', { 'vaultcast.dev/accept': 'app-1--' });
    vault.people.forbid('team', 'rbac', 'app-1--pg--password');
    const unreadable = await adoptPg('--yes');

    expect(notAccepted.out).toContain('secret app-1--pg--password is not accepted by namespace app-1');
    expect(unreadable.out).toContain('secret app-1--pg--password cannot be read by you');
    expect((await adopt('--route', 'far', 'app-1/pg')).err).toContain('does not reach cluster weu-1');
    expect((await adopt('--route', 'app-1', 'app-1/mq')).out).toContain('it does not exist');
  });

  it('adopts the others when one Secret is refused, and exits with 1', async () => {
    put();

    const ran = await adoptPg('app-1/nothing', '--yes');

    expect(ran).toMatchObject({ code: 1, out: expect.stringContaining('app-1/pg done') });
  });

  it('leaves a Secret alone that changed between plan and write, and says so', async () => {
    put();
    const edit = (call: string) => {
      if (call === 'vault.read team/app-1--pg--password')
        fixture.cluster.edit('app-1', 'pg', (secret) => ({
          ...secret,
          data: { password: base64('edited') },
        }));
      return Promise.resolve();
    };
    vault = createFakeKeyVault({ vaults: ['team'], hook: edit });
    vault.people.set('team', 'app-1--pg--password', VALUE);

    const ran = await adoptPg('--yes');

    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('changed meanwhile') });
    expect(fixture.cluster.secret('app-1', 'pg')?.metadata).not.toHaveProperty('labels');
  });

  it('takes the labels and annotations of vaultcast off with --release', async () => {
    put({ labels: { team: 'blue' } });
    await adoptPg('--yes');

    const ran = await adopt('--release', '--yes', 'app-1/pg');

    const after = fixture.cluster.secret('app-1', 'pg');
    expect(ran).toMatchObject({ code: 0, err: expect.stringContaining('NOT_OURS') });
    expect(after?.metadata.labels).toEqual({ team: 'blue' });
    expect(after?.metadata).not.toHaveProperty('annotations');
    expect((await adopt('--release', '--yes', 'app-1/pg')).out).toContain('it is not managed by vaultcast');
  });

  it('asks for the instance, route, Secret name, context or cluster that it cannot tell', async () => {
    const world = { registry: fakeRegistry(stored(writtenCluster()), stored(writtenRoute())), vault };
    const base = ['adopt', '--kubeconfig', kubeconfig];

    expect((await run([...base, 'app-1/pg'], world)).err).toContain('Give --instance');
    expect((await run([...base, '--instance', 'prod', 'app-1/pg'], world)).err).toContain('Give --route');
    expect((await adopt('--route', 'app-1', 'pg')).err).toContain('Write NAMESPACE/NAME');
    expect((await adopt('--context', 'none', '--route', 'app-1', 'a/b')).err).toContain('Contexts: weu-1');
    expect((await adopt('--cluster', 'weu1', '--route', 'app-1', 'a/b')).err).toContain(
      'Did you mean weu-1?',
    );
  });

  it('says that the person lacks rights on a 403, and that nobody answers when the cluster is down', async () => {
    await fixture.stop();
    fixture = await startFixture({ authorize: () => false });
    kubeconfig = await aKubeconfig();
    const forbidden = await adoptPg();
    await fixture.cluster.server.down();
    const nobody = await adoptPg();

    expect(forbidden).toMatchObject({ code: 1, err: expect.stringContaining('you may not (403)') });
    expect(nobody).toMatchObject({
      code: 1,
      err: expect.stringMatching(/no answer from weu-1.*ECONNREFUSED/),
    });
  });
});
