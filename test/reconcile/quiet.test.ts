import { describe, expect, it } from 'vitest';
import {
  allValueReads,
  dropRows,
  forget,
  HOUR_MS,
  problemsOf,
  putCluster,
  putRoute,
  reconcile,
  reconcileNow,
  rowsOf,
  rowWrites,
  runRow,
} from '../support/fleet.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

const { signal } = new AbortController();

/** Lists that were read themselves, whatever else was only compared. */
const looks = ({ ports }: World): string[] =>
  ports.kubernetes.log.filter((call) => /^kubernetes\.(?:namespaces|managedSecrets) /.test(call));

const people = ({ ports }: World, cluster = 'weu-1') => ports.kubernetes.people(cluster);

const failing = (what: string) => ({
  code: 'CLUSTER_TIMEOUT' as const,
  when: (call: string): boolean => call.endsWith(what),
});

/** A run of which nothing is remembered but its row. */
async function run(world: World): Promise<string> {
  forget(world);
  return reconcile(world);
}

/** A fleet at rest: its last run found nothing to do, and looked at everything itself. */
async function quiet(options: WorldOptions = {}, seed: (world: World) => void = () => {}): Promise<World> {
  const world = createWorld(options);
  world.set('app-1--pg--password', 's3cret');
  world.set('app-1--pg--user', 'ann');
  seed(world);
  await reconcile(world);
  await world.ports.clock.advance(HOUR_MS);
  await reconcile(world);
  await run(world);
  return world;
}

describe('a run after one that found nothing to do', () => {
  it.each<[string, WorldOptions]>([
    ['lists Secrets by namespace', {}],
    ['lists all Secrets of the cluster', { clusters: { 'weu-1': { scope: 'cluster' } } }],
  ])('compares the lists, and reads none, where it %s', async (_what, options) => {
    const world = await quiet(options);
    const before = looks(world);
    await run(world);
    expect(before).toHaveLength(2);
    expect(world.ports.kubernetes.log).toHaveLength(2);
    expect(looks(world)).toEqual([]);
    expect([...allValueReads(world), ...rowWrites(world), ...world.writes()]).toEqual([]);
  });

  it('comes to what that run came to, and says since when', async () => {
    const world = await quiet({ namespaces: { 'app-1': 'app-1--pg--password' } }, (made) =>
      made.set('app-1--mq--password', 'x', { exp: 4_000_000_000 }),
    );
    const [before] = await world.ports.status.runs('weu-1', signal);
    const row = await runRow(world, await run(world));
    expect(looks(world)).toEqual([]);
    const { counts, done, total, lines, summary, state } = before ?? {};
    expect(row).toMatchObject({ counts, done, total, lines, summary, state });
    expect(row?.quiet).toEqual(before?.quiet);
    const [line] = world.ports.log.outcomes;
    expect(line).toMatchObject({
      code: 'RUN_DONE',
      message: expect.stringContaining('nothing changed since run'),
    });
    expect(line?.message).toContain(row?.quiet?.run);
  });

  it('reads the lists again where somebody asks for another look, a plan or one route', async () => {
    for (const asked of [{}, { dryRun: true, recheck: false }, { route: 'app-1', recheck: false }]) {
      const world = await quiet();
      await run(world);
      forget(world);
      await reconcileNow(world, asked);
      expect(looks(world)).toHaveLength(2);
    }
  });

  it('reads the lists again after a day at the latest', async () => {
    const world = await quiet();
    for (let hour = 1; hour <= 23; hour += 1) {
      await world.ports.clock.advance(HOUR_MS);
      await run(world);
      expect([hour, ...looks(world)]).toEqual([hour]);
    }
    await world.ports.clock.advance(HOUR_MS);
    await run(world);
    expect(looks(world)).toHaveLength(2);
    await run(world);
    expect(looks(world)).toEqual([]);
  });

  it('fails when the cluster does, and clears that when it answers again', async () => {
    const world = await quiet();
    const mended = world.ports.kubernetes.fail(failing('digest weu-1/namespaces'));
    const failed = await run(world);
    mended();
    await world.ports.clock.advance(HOUR_MS);
    const done = await run(world);
    const rows = await Promise.all([failed, done].map((id) => runRow(world, id)));
    expect(rows.map((row) => row?.state)).toEqual(['failed', 'done']);
    expect(await rowsOf(world, '-')).toEqual([]);
    expect((await world.ports.status.backOffs(signal)).size).toBe(0);
  });
});

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

const RIVAL = { prefix: 'app-1--', namespaces: ['app-1'] };

describe('a run reads the lists itself', () => {
  it.each(Object.entries(CHANGES))('when %s', async (_what, change) => {
    const world = await quiet();
    await run(world);
    expect(looks(world)).toEqual([]);
    await change(world);
    await run(world);
    expect(looks(world)).toContainEqual('kubernetes.namespaces weu-1/*');
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
    expect(looks(world)).toEqual([]);
    await world.ports.clock.advance(afterMs);
    await run(world);
    expect(looks(world)).not.toEqual([]);
  });

  it('as long as a proof of a removal is not old enough', async () => {
    const world = await quiet({ routes: { 'app-1': { onDeleted: 'remove' } } });
    world.ports.vault.people.delete('team', 'app-1--pg--user');
    await run(world);
    await run(world);
    expect(looks(world)).not.toEqual([]);
    await world.ports.clock.advance(HOUR_MS + 60_000);
    await run(world);
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('where a namespace cannot be listed, and tells why', async () => {
    const world = await quiet();
    const mended = world.ports.kubernetes.fail(failing('digest weu-1/app-1'));
    await run(world);
    mended();
    expect(looks(world)).toHaveLength(2);
  });

  it('where a list cannot be compared', async () => {
    const world = await quiet();
    const { kubernetes } = world.ports;
    const list = kubernetes.namespaces.bind(kubernetes);
    kubernetes.namespaces = (cluster, given) => list(cluster, given);
    world.set('app-1--pg--user', 'other');
    for (let times = 0; times < 4; times += 1) {
      await world.ports.clock.advance(HOUR_MS);
      await run(world);
      expect(looks(world)).not.toEqual([]);
    }
  });

  it('as long as a namespace could not be listed', async () => {
    const world = await quiet({ namespaces: { 'app-1': 'app-1--', 'app-2': 'app-2--' } });
    const mended = world.ports.kubernetes.fail(failing('Secrets weu-1/app-2'));
    world.set('app-1--pg--user', 'other');
    for (let times = 0; times < 4; times += 1) {
      await world.ports.clock.advance(HOUR_MS);
      await run(world);
      expect(looks(world)).toContain('kubernetes.managedSecrets weu-1/app-2');
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

  it('while a vault cannot be listed', async () => {
    const world = await quiet();
    const mended = world.ports.vault.fail({
      code: 'VAULT_UNAVAILABLE',
      when: (call) => call.startsWith('vault.list'),
    });
    for (let times = 0; times < 3; times += 1) {
      await run(world);
      expect(looks(world)).not.toEqual([]);
    }
    mended();
    await run(world);
    await run(world);
    expect(looks(world)).toEqual([]);
  });
});
