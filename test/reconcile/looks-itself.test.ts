import { describe, expect, it } from 'vitest';
import { dropRows, HOUR_MS, problemsOf, putCluster, putRoute, reconcile, rowsOf } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';
import { failing, looked, people, quiet, run } from './at-rest.ts';

const { signal } = new AbortController();

/** What people and peers change between two runs. */
const CHANGES: Record<string, (world: World) => unknown> = {
  'a secret has a new version': (world) => world.set('app-1--pg--password', 'rotated'),
  'a secret came': (world) => world.set('app-1--mq--password', 'new'),
  'a secret is disabled': ({ ports }) =>
    ports.vault.people.update('team', 'app-1--pg--user', undefined, { enabled: false }),
  'a secret is deleted': ({ ports }) => ports.vault.people.delete('team', 'app-1--pg--user'),
  'a secret has other tags': ({ ports }) =>
    ports.vault.people.update('team', 'app-1--pg--user', undefined, { tags: { 'file-encoding': 'base64' } }),
  'a Secret was edited by hand': (world) =>
    people(world).edit('app-1', 'pg', (secret) => ({ ...secret, data: { password: 'eA==' } })),
  'a Secret was deleted by hand': (world) => people(world).remove('app-1', 'pg'),
  'a Secret lost its label': (world) =>
    people(world).edit('app-1', 'pg', (one) => ({ ...one, metadata: { ...one.metadata, labels: {} } })),
  'a namespace accepts something else': (world) =>
    people(world).annotate('app-1', { 'vaultcast.dev/accept': 'app-1--pg--user' }),
  'a namespace came': (world) =>
    people(world).createNamespace('app-2', { 'vaultcast.dev/accept': 'app-2--' }),
  'a namespace is being deleted': (world) => people(world).terminate('app-1'),
  'a row was lost': async ({ ports }) =>
    ports.status.forgetTargets(await ports.status.targets('weu-1', signal), signal),
  'a row was written': async ({ ports }) => {
    const [over] = await ports.status.targets('weu-1', signal);
    if (over !== undefined)
      await ports.status.saveTargets([{ row: { ...over, state: 'pending' }, over }], signal);
  },
  'a route was edited': (world) => putRoute(world, 'app-1', { keyCase: 'UPPER_SNAKE' }),
  'a route came': (world) => putRoute(world, 'app-2', { prefix: 'app-2--' }),
  'a route is gone': (world) => dropRows(world, 'Route'),
  'a route is paused': (world) => putRoute(world, 'app-1', { paused: true }),
  'a row of the registry is bad': ({ ports }) =>
    ports.registry.write('Route', { partitionKey: 'team', rowKey: 'bad' }),
  'the cluster has other settings': (world) => putCluster(world, 'weu-1', { orphans: 'remove' }),
  'the app is another instance': (world) => (world.settings.instance = 'another'),
};

type Fields = Record<string, unknown>;

const RIVAL = { prefix: 'app-1--', namespaces: ['app-1'] };

describe('a run reads the lists itself', () => {
  it.each(Object.entries(CHANGES))('when %s', async (_what, change) => {
    const world = await quiet();
    await run(world);
    expect(looked(world)).toBe(false);
    await change(world);
    await run(world);
    expect(looked(world)).toBe(true);
  });

  it.each<[string, number]>([
    ['waits for its date no longer', 2 * HOUR_MS],
    ['will expire within 30 days', 2 * HOUR_MS],
    ['has expired', 2 * HOUR_MS],
  ])('when a secret, by time alone, %s', async (what, afterMs) => {
    const dateOf = (now: number): Record<string, number> => {
      const due = Math.floor((now + HOUR_MS + afterMs) / 1000);
      if (what.startsWith('waits')) return { nbf: due };
      return { exp: what.startsWith('will') ? due + 30 * 86_400 : due };
    };
    const world = await quiet({}, (made) =>
      made.set('app-1--pg--user', 'bob', dateOf(made.ports.clock.now())),
    );
    await run(world);
    await run(world);
    expect(looked(world)).toBe(false);
    await world.ports.clock.advance(afterMs);
    await run(world);
    expect(looked(world)).toBe(true);
  });

  it('as long as a proof of a removal is not old enough', async () => {
    const world = await quiet({ routes: { 'app-1': { onDeleted: 'remove' } } });
    world.ports.vault.people.delete('team', 'app-1--pg--user');
    await run(world);
    await run(world);
    expect(looked(world)).toBe(true);
    await world.ports.clock.advance(HOUR_MS + 60_000);
    await run(world);
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('where a namespace cannot be listed, and tells why', async () => {
    const world = await quiet();
    const mended = world.ports.kubernetes.fail(failing('digest weu-1/app-1'));
    await run(world);
    mended();
    expect(looked(world)).toBe(true);
  });

  it('where a list cannot be compared', async () => {
    const world = await quiet();
    const { kubernetes } = world.ports;
    const list = kubernetes.managedSecrets.bind(kubernetes);
    kubernetes.managedSecrets = (cluster, namespace, given) => list(cluster, namespace, given);
    world.set('app-1--pg--user', 'other');
    for (let times = 0; times < 4; times += 1) {
      await world.ports.clock.advance(HOUR_MS);
      await run(world);
      expect(looked(world)).toBe(true);
    }
  });

  it('as long as a namespace could not be listed', async () => {
    const world = await quiet({ namespaces: { 'app-1': 'app-1--', 'app-2': 'app-2--' } });
    const mended = world.ports.kubernetes.fail(failing('Secrets weu-1/app-2'));
    world.set('app-1--pg--user', 'other');
    for (let times = 0; times < 4; times += 1) {
      await world.ports.clock.advance(HOUR_MS);
      await run(world);
      expect(looked(world)).toBe(true);
    }
    mended();
  });

  it('once all rows of the registry can be read again, for what no route wants stood there meanwhile', async () => {
    const world = await quiet();
    world.ports.registry.write('Cluster', { partitionKey: 'cluster', rowKey: 'bad' });
    await dropRows(world, 'Route');
    for (let times = 0; times < 3; times += 1) await run(world);
    expect((await rowsOf(world)).map(({ state }) => state)).toEqual(['synced']);
    await dropRows(world, 'Cluster', 'bad');
    await run(world);
    expect((await rowsOf(world)).map(({ state }) => state)).toEqual(['orphaned']);
  });

  it("as long as somebody else's Secret is in the way, which no list of ours shows", async () => {
    const world = await quiet();
    people(world).put('app-1', { metadata: { name: 'mq' }, data: { theirs: 'eA==' } });
    world.set('app-1--mq--password', 'x');
    for (let times = 0; times < 4; times += 1) {
      await world.ports.clock.advance(HOUR_MS);
      await run(world);
    }
    people(world).remove('app-1', 'mq');
    await run(world);
    expect(world.data('weu-1/app-1/mq')).toEqual({ password: 'x' });
  });

  it('as long as the API server refuses a Secret, which nothing that is listed tells', async () => {
    const world = await quiet();
    const mended = world.ports.kubernetes.fail({
      code: 'SECRET_INVALID',
      when: (call) => call.includes('create'),
    });
    world.set('app-1--mq--password', 'x');
    for (let times = 0; times < 6; times += 1) await run(world);
    mended();
    await world.ports.clock.advance(HOUR_MS);
    await run(world);
    expect(world.data('weu-1/app-1/mq')).toEqual({ password: 'x' });
  });

  it.each([
    ['and none of them made it', { 'app-1': {}, 'app-1b': RIVAL }],
    ['and one of them made it', { 'app-1': {} }],
  ])('as long as two routes claim one target, %s, which people read as a problem', async (_what, routes) => {
    const world = await quiet({ routes });
    await putRoute(world, 'app-1b', RIVAL);
    for (let times = 0; times < 3; times += 1) {
      await run(world);
      expect(await problemsOf(world)).toEqual({ 'collision:weu-1:app-1': 'COLLISION' });
    }
  });

  it('where somebody saw a target later than the run that found nothing to say of it', async () => {
    const world = createWorld();
    world.set('app-1--pg--password', 'x');
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS);
    world.set('app-1--pg--password', 'y');
    let isBegun = false;
    world.before = async (call) => {
      if (isBegun || call !== 'status.runs') return;
      isBegun = true;
      await world.ports.clock.sleep(300);
      await world.event();
      people(world).annotate('app-1', { 'vaultcast.dev/accept': undefined });
    };
    await reconcile(world);
    for (let times = 0; times < 3; times += 1) {
      await world.ports.clock.advance(HOUR_MS);
      await run(world);
    }
    expect(await rowsOf(world)).toMatchObject([{ state: 'refused', code: 'NOT_ACCEPTED' }]);
  });

  it('once the role is back in a namespace that no route names', async () => {
    const world = await quiet({
      namespaces: { 'app-1': 'app-1--', 'app-2': 'app-1--' },
      routes: { 'app-1': { namespaces: ['app-1', 'app-2'] } },
    });
    await putRoute(world, 'app-1');
    await world.ports.status.forgetTargets(await rowsOf(world), signal);
    const granted = world.ports.kubernetes.fail({
      code: 'CLUSTER_FORBIDDEN',
      when: (call) => /(?:digest|managedSecrets) weu-1\/app-2$/.test(call),
    });
    for (let times = 0; times < 4; times += 1) {
      await world.ports.clock.advance(HOUR_MS);
      await run(world);
    }
    expect(looked(world)).toBe(false);
    granted();
    await run(world);
    expect((await rowsOf(world)).map(({ id, state }) => [id, state])).toContainEqual([
      'app-2:pg',
      'orphaned',
    ]);
  });

  it.each<[string, RegExp, Fields, string[]]>([
    ['written', /^status\.saveTargets/, { paused: true }, ['paused']],
    ['forgotten', /^status\.forgetTargets/, { prefix: 'app-9--' }, []],
  ])('where a row could not be %s', async (_what, call, spec, states) => {
    const world = await quiet();
    if (states.length === 0) people(world).remove('app-1', 'pg');
    await putRoute(world, 'app-1', spec);
    const mended = world.ports.status.fail({ code: 'STATUS_UNAVAILABLE', when: (one) => call.test(one) });
    await run(world);
    mended();
    await run(world);
    expect((await rowsOf(world)).map(({ state }) => state)).toEqual(states);
  });

  it('while a vault cannot be listed', async () => {
    const world = await quiet();
    const mended = world.ports.vault.fail({
      code: 'VAULT_UNAVAILABLE',
      when: (call) => call.startsWith('vault.list'),
    });
    for (let times = 0; times < 3; times += 1) {
      await run(world);
      expect(looked(world)).toBe(true);
    }
    mended();
    await run(world);
    await run(world);
    expect(looked(world)).toBe(false);
  });
});
