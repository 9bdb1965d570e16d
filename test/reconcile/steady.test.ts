import { describe, expect, it } from 'vitest';
import {
  allValueReads,
  forget,
  HOUR_MS,
  putRoute,
  reconcile,
  rowsOf,
  rowWrites,
  runRow,
} from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const NAMES = ['app-1--pg--password', 'app-1--pg--user', 'app-1--mq--password'];

/** Three clusters with two targets each, delivered by a run and then left alone for an hour. */
async function fleet(): Promise<World> {
  const world = createWorld({ clusters: { 'weu-1': {}, 'weu-2': {}, 'neu-1': { scope: 'cluster' } } });
  for (const name of NAMES) world.set(name, `value of ${name}`);
  await reconcile(world);
  await world.ports.clock.advance(HOUR_MS);
  await reconcile(world);
  forget(world);
  return world;
}

describe('a fleet that is as it should be', () => {
  it('was made so by a run alone', async () => {
    const world = await fleet();
    for (const cluster of ['weu-1', 'weu-2', 'neu-1'])
      expect(world.data(`${cluster}/app-1/pg`)).toEqual({
        password: 'value of app-1--pg--password',
        user: 'value of app-1--pg--user',
      });
  });

  it('costs no value read, no write and exactly the lists that are needed', async () => {
    const world = await fleet();
    const run = await reconcile(world);
    expect(allValueReads(world)).toEqual([]);
    expect(world.writes()).toEqual([]);
    expect(rowWrites(world)).toEqual([]);
    expect(world.ports.vault.log).toEqual(['vault.list team page 1']);
    expect(world.ports.kubernetes.log.toSorted()).toEqual([
      'kubernetes.managedSecrets neu-1/*',
      'kubernetes.managedSecrets weu-1/app-1',
      'kubernetes.managedSecrets weu-2/app-1',
      'kubernetes.namespaces neu-1/*',
      'kubernetes.namespaces weu-1/*',
      'kubernetes.namespaces weu-2/*',
    ]);
    expect(await runRow(world, run)).toMatchObject({ state: 'done', total: 2, counts: {}, lines: [] });
  });

  it('logs one line per cluster', async () => {
    const world = await fleet();
    await reconcile(world);
    expect(world.ports.log.codes()).toEqual(['RUN_DONE', 'RUN_DONE', 'RUN_DONE']);
  });

  it('costs no value read where a namespace accepts only some of the sources', async () => {
    const world = createWorld({ namespaces: { 'app-1': 'app-1--pg--password' } });
    world.set('app-1--pg--password', 's3cret');
    world.set('app-1--pg--user', 'ann');
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    forget(world);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret' });
    expect([...allValueReads(world), ...rowWrites(world)]).toEqual([]);
  });

  it('stays silent after events, too, once their margin has passed', async () => {
    const world = await fleet();
    world.set('app-1--pg--password', 'rotated');
    await world.event();
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    forget(world);
    await reconcile(world);
    expect(allValueReads(world)).toEqual([]);
    expect(rowWrites(world)).toEqual([]);
  });
});

describe('a route that asks for tags reads nothing anew', () => {
  const tags = { env: 'prod' };

  async function valueReadsAfterHours(world: World): Promise<string[]> {
    for (let hour = 0; hour < 3; hour += 1) {
      await reconcile(world);
      await world.ports.clock.advance(HOUR_MS);
    }
    forget(world);
    await reconcile(world);
    return allValueReads(world);
  }

  it('where a secret that it names lacks the tags', async () => {
    const data = { a: { secret: 'app-1--a' }, b: { secret: 'app-1--b' } };
    const world = createWorld({
      routes: { 'app-1': { layout: 'explicit', name: 'pg', match: { tags }, data } },
    });
    world.set('app-1--a', 'A', { tags });
    world.set('app-1--b', 'B');
    expect(await valueReadsAfterHours(world)).toEqual([]);
    expect(world.data()).toEqual({ a: 'A' });
  });

  it('where a delivered secret is disabled and has lost its tags', async () => {
    const world = createWorld({ routes: { 'app-1': { match: { tags } } } });
    world.set('app-1--pg--a', 'A', { tags });
    world.set('app-1--pg--b', 'B', { tags });
    await reconcile(world);
    world.ports.vault.people.update('team', 'app-1--pg--b', undefined, { tags: {}, enabled: false });
    await world.ports.clock.advance(HOUR_MS);
    expect(await valueReadsAfterHours(world)).toEqual([]);
    expect(world.data()).toEqual({ a: 'A', b: 'B' });
  });
});

describe('a refusal that quotes what somebody wrote', () => {
  it('is one row, written once', async () => {
    const world = createWorld();
    world.set('app-1--pg--a', 'A');
    await reconcile(world);
    const people = world.ports.kubernetes.people('weu-1');
    people.edit('app-1', 'pg', (secret) => ({
      ...secret,
      metadata: { ...secret.metadata, annotations: { 'vaultcast.dev/target': 'x\ny\ud800' } },
    }));
    await reconcile(world);
    forget(world);
    await reconcile(world);
    expect(await rowsOf(world)).toMatchObject([
      { code: 'NOT_OURS', message: expect.stringContaining('x y') },
    ]);
    expect(rowWrites(world)).toEqual([]);
    expect(world.ports.log.codes()).toEqual(['RUN_DONE']);
  });
});

describe('a target that is refused', () => {
  it('is read once, and its row goes on naming the Secret that stands there', async () => {
    const world = createWorld();
    world.set('app-1--pg--a', 'A');
    world.set('app-1--pg--b', 'B');
    await reconcile(world);
    // Another type means DELETE and POST, and b could not be written anew.
    world.ports.vault.people.disable('team', 'app-1--pg--b');
    await putRoute(world, 'app-1', { type: 'example.com/other' });
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    const { uid, resourceVersion } = world.ports.kubernetes.people('weu-1').secret('app-1', 'pg') ?? {};
    expect(await rowsOf(world)).toMatchObject([{ code: 'RENDER_REFUSED', uid, resourceVersion }]);
    forget(world);
    await reconcile(world);
    expect([...allValueReads(world), ...rowWrites(world)]).toEqual([]);
  });

  it('because its namespace accepts nothing any more is not even read, and its row still names the Secret', async () => {
    const world = createWorld();
    world.set('app-1--pg--a', 'A');
    await reconcile(world);
    const people = world.ports.kubernetes.people('weu-1');
    people.annotate('app-1', { 'vaultcast.dev/accept': undefined });
    forget(world);
    await reconcile(world);
    const { uid, resourceVersion } = people.secret('app-1', 'pg') ?? {};
    expect(await rowsOf(world)).toMatchObject([
      { code: 'NOT_ACCEPTED', uid, resourceVersion, stands: 'yes' },
    ]);
    expect(allValueReads(world)).toEqual([]);
  });

  it.each([
    ['its namespace accepts nothing, and is not listed', undefined, 'unknown'],
    ['its namespace accepts another prefix', 'app-2--', 'yes'],
  ])('has a new row, when the old one was lost, that says what was seen: %s', async (_, accept, stands) => {
    const world = createWorld();
    world.set('app-1--pg--a', 'A');
    await reconcile(world);
    world.ports.kubernetes.people('weu-1').annotate('app-1', { 'vaultcast.dev/accept': accept });
    await world.ports.status.forgetTargets(await rowsOf(world), new AbortController().signal);
    await reconcile(world);
    expect(await rowsOf(world)).toMatchObject([{ code: 'NOT_ACCEPTED', stands }]);
  });
});

describe('a change that no event told of', () => {
  it('is delivered to its targets only', async () => {
    const world = await fleet();
    world.set('app-1--mq--password', 'rotated');
    await reconcile(world);
    expect(world.writes().toSorted()).toEqual([
      'kubernetes.replace neu-1/app-1/mq',
      'kubernetes.replace weu-1/app-1/mq',
      'kubernetes.replace weu-2/app-1/mq',
    ]);
    expect(new Set(allValueReads(world))).toEqual(new Set(['vault.read team/app-1--mq--password']));
  });

  it('is looked at once more while a replica of the vault may lag', async () => {
    const world = await fleet();
    world.set('app-1--mq--password', 'rotated');
    await reconcile(world);
    forget(world);
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    expect(new Set(allValueReads(world))).toEqual(new Set(['vault.read team/app-1--mq--password']));
    forget(world);
    await reconcile(world);
    expect(allValueReads(world)).toEqual([]);
  });

  it('of the same value and second twice ends in the latest version', async () => {
    const world = await fleet();
    world.set('app-1--mq--password', 'same');
    const latest = world.set('app-1--mq--password', 'same');
    await reconcile(world);
    const rows = await rowsOf(world);
    expect(rows.find((row) => row.id === 'app-1:mq')?.sources).toContain(`@${latest}:`);
  });
});

describe('rows that were lost', () => {
  it('are written anew after one look, and nothing else is', async () => {
    const world = await fleet();
    const before = await rowsOf(world);
    await world.ports.status.forgetTargets(before, new AbortController().signal);
    await reconcile(world);
    expect(world.writes()).toEqual([]);
    const strip = (rows: typeof before) =>
      rows.map(({ id, state, fingerprint }) => ({ id, state, fingerprint }));
    expect(strip(await rowsOf(world))).toEqual(strip(before));
    forget(world);
    await reconcile(world);
    expect(allValueReads(world)).toEqual([]);
  });
});
