import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { base64 } from '../../local/kubernetes/fixture.ts';
import { stored, writtenCluster, writtenRoute } from '../../support/documents.ts';
import { createFakeKeyVault } from '../../support/fakes/key-vault.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { appDoing } from '../app.ts';
import { adoptWorld, VALUE } from './world.ts';
import type { AdoptWorld } from './world.ts';

let world: AdoptWorld;

beforeEach(async () => {
  world = await adoptWorld();
});
afterEach(() => world.stop());

const PG = ['--route', 'app-1', 'app-1/pg'];
const adoptPg = (...args: string[]) => world.adopt([...PG, ...args]);

describe('vaultcast adopt', () => {
  it('adopts a Secret that equals what the route would write, and changes only its labels and annotations', async () => {
    const before = world.put({ labels: { team: 'blue' }, annotations: { note: 'x' } });

    const ran = await adoptPg('--yes');

    expect(ran.code).toBe(0);
    expect(ran.out).toContain('+ adopt  app-1/pg: route app-1, from app-1--pg--password');
    expect(world.pg()).toMatchObject({
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
  });

  it('says that a Secret is adopted already, whatever the vault holds by now', async () => {
    world.put();
    await adoptPg('--yes');
    world.vault.people.set('team', 'app-1--pg--password', 'rotated meanwhile');

    expect(await adoptPg('--yes')).toMatchObject({
      code: 0,
      out: expect.stringContaining('it is adopted already'),
    });
  });

  it('has the app look at what was adopted, and at nothing after a dry run', async () => {
    const app = appDoing(() => ({ counts: { UNCHANGED: 1 } }));
    world.put();
    const dry = await world.adopt([...PG, '--dry-run'], app);
    expect(app.sent).toEqual([]);

    const ran = await world.adopt([...PG, '--yes'], app);

    expect(dry.code).toBe(2);
    expect(ran.out).toContain('Reconcile started');
    expect(app.sent).toMatchObject([{ kind: 'shard', clusters: ['weu-1'], route: 'app-1', dryRun: false }]);
  });

  it('exits as the awaited look of the app ends: 2 when that one calls the Secret somebody else’s', async () => {
    const app = appDoing(() => ({ counts: { NOT_OURS: 1 }, lines: ['NOT_OURS app-1/pg: of instance x'] }));
    world.put();

    const ran = await world.adopt([...PG, '--yes', '--wait'], app);

    expect(ran).toMatchObject({ code: 2, out: expect.stringContaining('NOT_OURS app-1/pg') });
  });

  it('writes nothing in a dry run, nor when nobody confirmed', async () => {
    const { metadata } = world.put();

    const dry = await adoptPg('--dry-run');
    const alone = await adoptPg();

    expect(dry).toMatchObject({ code: 2, out: expect.stringContaining('+ adopt') });
    expect(alone).toMatchObject({ code: 1, err: expect.stringContaining('--yes') });
    expect(world.pg()?.metadata.resourceVersion).toBe(metadata.resourceVersion);
  });

  it.each([
    ['another value', { data: { password: base64('old') } }, 'password has another value'],
    ['a key too many', { data: { password: base64(VALUE), user: '' } }, "user is not the route's"],
    ['a key too few', { data: {} }, 'password is missing'],
    ['another type', { type: 'example.com/x' }, 'its type is example.com/x, the route makes Opaque'],
    ['immutability that the route does not ask for', { immutable: true }, 'Set immutable: true'],
  ])('refuses to adopt a Secret with %s', async (_, more, why) => {
    const { metadata: before } = world.put({}, more);

    const ran = await adoptPg('--yes');

    expect(ran).toMatchObject({ code: 1, out: expect.stringContaining(why) });
    expect(world.pg()?.metadata.resourceVersion).toBe(before.resourceVersion);
  });

  it('adopts an immutable Secret whose content is equal, and changes its metadata only', async () => {
    const registry = fakeRegistry(
      stored(writtenCluster('weu-1', { server: world.fixture.cluster.url })),
      stored(writtenRoute('app-1', { immutable: true })),
    );
    const { metadata, data } = world.put({}, { immutable: true });

    const ran = await world.adopt([...PG, '--yes'], { registry });

    expect(ran.code).toBe(0);
    expect(world.pg()).toMatchObject({ immutable: true, data, metadata: { uid: metadata.uid } });
    expect(world.pg()?.metadata.labels?.['vaultcast.dev/instance']).toBe('prod');
    expect((await world.adopt([...PG, '--yes'], { registry })).out).toContain('adopted already');
  });

  it('says of a key that its secret is disabled, rather than that the key is not the route’s', async () => {
    world.vault.people.set('team', 'app-1--pg--user', 'me');
    world.put({}, { data: { password: base64(VALUE), user: base64('me') } });
    world.vault.people.set('team', 'app-1--pg--user', 'me', { enabled: false });

    const ran = await adoptPg('--yes');

    expect(ran.out).toContain('user cannot be compared: its secret app-1--pg--user is disabled');
    expect(ran.out).not.toContain("is not the route's");
  });

  it.each([
    ['is deleted', {}],
    ['is not-yet-valid', { nbf: 4_000_000_000 }],
  ])('says of a key that its secret %s', async (state, later) => {
    const data = { password: { secret: 'app-1--pg--password' }, user: { secret: 'app-1--pg--user' } };
    const registry = fakeRegistry(
      stored(writtenCluster('weu-1', { server: world.fixture.cluster.url })),
      stored(writtenRoute('app-1', { layout: 'explicit', name: 'pg', data })),
    );
    world.put({}, { data: { password: base64(VALUE), user: base64('me') } });
    if ('nbf' in later) world.vault.people.set('team', 'app-1--pg--user', 'me', later);

    const ran = await world.adopt([...PG, '--yes'], { registry });

    expect(ran.out).toContain(`user cannot be compared: its secret app-1--pg--user ${state}`);
  });

  it('finds of each Secret the route that makes it', async () => {
    const password = { secret: 'app-1--pg--password' };
    const registry = fakeRegistry(
      stored(writtenCluster('weu-1', { server: world.fixture.cluster.url })),
      stored(writtenRoute()),
      stored(
        writtenRoute('copy', {
          prefix: 'app-1--',
          namespaces: ['app-1'],
          layout: 'explicit',
          name: 'copy',
          data: { password },
        }),
      ),
      stored(
        writtenRoute('twin', {
          prefix: 'app-1--',
          namespaces: ['app-1'],
          layout: 'explicit',
          name: 'mq',
          data: { password },
        }),
      ),
    );
    world.vault.people.set('team', 'app-1--mq--password', VALUE);
    world.put();
    for (const name of ['copy', 'mq', 'stranger'])
      world.fixture.cluster.put('app-1', { metadata: { name }, data: { password: base64(VALUE) } });
    const app = appDoing(() => ({ counts: { UNCHANGED: 1 } }));

    const ran = await world.adopt(['--yes', 'app-1/pg', 'app-1/copy', 'app-1/mq', 'app-1/stranger'], {
      registry,
      ...app,
    });

    expect(ran.code).toBe(1);
    expect(ran.out).toContain('+ adopt  app-1/pg: route app-1,');
    expect(ran.out).toContain('+ adopt  app-1/copy: route copy,');
    expect(ran.out).toContain('app-1/mq: app-1, twin all make weu-1/app-1/mq: name one with --route');
    expect(ran.out).toContain('app-1/stranger: no route makes it from what the vault holds');
    expect(app.sent).toMatchObject([{ clusters: ['weu-1'] }]);
    expect(app.sent[0]).not.toHaveProperty('route');
  });

  it('refuses a Secret whose vault the person may not list, and only that one', async () => {
    world.put();
    world.vault.people.forbid('team', 'rbac');

    expect(await adoptPg('--yes')).toMatchObject({
      code: 1,
      out: expect.stringContaining('vault team cannot be listed by you'),
    });
  });

  it('refuses a Secret whose sources the namespace does not accept, the person may not read, or no route makes', async () => {
    world.put();
    const { cluster } = world.fixture;
    cluster.annotate('app-1', { 'vaultcast.dev/accept': 'app-2--' });
    const notAccepted = await adoptPg('--yes');
    cluster.annotate('app-1', { 'vaultcast.dev/accept': 'app-1--' });
    world.vault.people.forbid('team', 'rbac', 'app-1--pg--password');
    const unreadable = await adoptPg('--yes');

    expect(notAccepted.out).toContain('secret app-1--pg--password is not accepted by namespace app-1');
    expect(unreadable.out).toContain('secret app-1--pg--password cannot be read by you');
    expect((await world.adopt(['--route', 'far', 'app-1/pg'])).err).toContain('does not reach cluster weu-1');
    expect((await world.adopt(['--route', 'app-1', 'app-1/mq'])).out).toContain('it does not exist');
  });

  it('leaves a Secret alone that changed between plan and write, and says so', async () => {
    world.put();
    const edit = (call: string) => {
      if (call === 'vault.read team/app-1--pg--password')
        world.fixture.cluster.edit('app-1', 'pg', (secret) => ({
          ...secret,
          data: { password: base64('edited') },
        }));
      return Promise.resolve();
    };
    const vault = createFakeKeyVault({ vaults: ['team'], hook: edit });
    vault.people.set('team', 'app-1--pg--password', VALUE);

    const ran = await world.adopt([...PG, '--yes'], { vault });

    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('changed meanwhile') });
    expect(world.pg()?.metadata).not.toHaveProperty('labels');
  });

  it('takes the labels and annotations of vaultcast off with --release', async () => {
    world.put({ labels: { team: 'blue' } });
    await adoptPg('--yes');

    const ran = await world.adopt(['--release', '--yes', 'app-1/pg']);

    const after = world.pg();
    expect(ran).toMatchObject({ code: 0, err: expect.stringContaining('NOT_OURS') });
    expect(after?.metadata.labels).toEqual({ team: 'blue' });
    expect(after?.metadata).not.toHaveProperty('annotations');
    expect((await world.adopt(['--release', '--yes', 'app-1/pg'])).out).toContain('not managed by vaultcast');
  });

  it('asks for a Secret name, context or cluster that it cannot tell', async () => {
    expect((await world.adopt(['--route', 'app-1', 'pg'])).err).toContain('Write NAMESPACE/NAME');
    expect((await world.adopt(['--context', 'none', '--route', 'app-1', 'a/b'])).err).toContain(
      'has no context none\nGive --context. Contexts: weu-1',
    );
    expect((await world.adopt(['--cluster', 'weu1', '--route', 'app-1', 'a/b'])).err).toContain(
      'Did you mean weu-1?',
    );
  });
});
