import { describe, expect, it } from 'vitest';
import {
  dropRows,
  HOUR_MS,
  putCluster,
  putRoute,
  reconcile,
  reconcileNow,
  reconcileTwice,
} from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const USER = 'app-1--pg--user';
const MINUTE_MS = 60_000;
const REMOVES = { onDeleted: 'remove', onDisabled: 'remove' };

const removals = (world: World) => world.writes().filter((call) => call.startsWith('kubernetes.remove'));

async function later(world: World, ms: number): Promise<string> {
  await world.ports.clock.advance(ms);
  return reconcile(world);
}

/** One Secret of two sources; a second route keeps the cluster from being left without any. */
async function settled(): Promise<World> {
  const world = createWorld({
    clusters: { 'weu-1': { orphans: 'remove' } },
    routes: { 'app-1': REMOVES, zz: { prefix: 'zz--', namespaces: ['app-1'] } },
  });
  world.set(PASSWORD, 'p1');
  world.set(USER, 'ann');
  await reconcileTwice(world);
  return world;
}

describe('a reason for a removal that changes within the hour', () => {
  it('begins its hour anew when a deleted secret comes back disabled and is deleted again', async () => {
    const world = await settled();
    const { people } = world.ports.vault;
    people.delete('team', USER);
    await later(world, MINUTE_MS);
    people.recover('team', USER);
    people.disable('team', USER, people.latest('team', USER)?.version ?? '');
    await later(world, 30 * MINUTE_MS);
    people.delete('team', USER);
    await later(world, 40 * MINUTE_MS);
    expect(world.data()).toEqual({ password: 'p1', user: 'ann' });
    await later(world, HOUR_MS + MINUTE_MS);
    expect(world.data()).toEqual({ password: 'p1' });
  });
});

describe('an orphan that an event found claimed between two runs', () => {
  it('is kept by the run an hour after the first that saw it as an orphan', async () => {
    const world = await settled();
    await dropRows(world, 'Route', 'app-1');
    await later(world, MINUTE_MS);
    await putRoute(world, 'app-1', REMOVES);
    await world.event(PASSWORD, 'event-2');
    await dropRows(world, 'Route', 'app-1');
    await later(world, HOUR_MS);
    expect(world.data()).toEqual({ password: 'p1', user: 'ann' });
    await later(world, HOUR_MS + MINUTE_MS);
    expect(world.data()).toBeUndefined();
  });

  it('is kept while its cluster keeps orphans, and for an hour after it removes them again', async () => {
    const world = await settled();
    await dropRows(world, 'Route', 'app-1');
    await later(world, MINUTE_MS);
    await putCluster(world, 'weu-1', { orphans: 'keep' });
    await later(world, 10 * MINUTE_MS);
    await putRoute(world, 'app-1', REMOVES);
    await later(world, 10 * MINUTE_MS);
    await dropRows(world, 'Route', 'app-1');
    await putCluster(world, 'weu-1', { orphans: 'remove' });
    await later(world, 50 * MINUTE_MS);
    expect(removals(world)).toEqual([]);
  });
});

/** Six Secrets of each of two routes, all of whose sources are gone: too much for a run that nobody confirms. */
async function held(): Promise<{ world: World; run: string }> {
  const two = { prefix: 'app-2--', namespaces: ['app-1'], ...REMOVES };
  const world = createWorld({
    routes: { 'app-1': REMOVES, 'app-2': two },
    namespaces: { 'app-1': 'app-1--,app-2--' },
  });
  const names = [1, 2, 3, 4, 5, 6].flatMap((one) => [`app-1--a${one}--key`, `app-2--b${one}--key`]);
  for (const name of [...names, 'app-1--late--key', 'app-1--a1--other']) world.set(name, 'v');
  await reconcileTwice(world);
  for (const name of names) world.ports.vault.people.delete('team', name);
  await reconcile(world);
  const run = await later(world, HOUR_MS + MINUTE_MS);
  expect(world.ports.log.codes()).toContain('REMOVAL_HELD');
  return { world, run };
}

const standing = (world: World) =>
  world.ports.kubernetes
    .people('weu-1')
    .secrets()
    .map(({ name }) => name);

describe('removals that a run holds back', () => {
  it('are not carried out by events of a sibling, which is written', async () => {
    const { world } = await held();
    world.set('app-1--a1--other', 'v2');
    await world.event('app-1--a1--other', 'event-2');
    await world.drain();
    expect(world.data('weu-1/app-1/a1')).toEqual({ key: 'v', other: 'v2' });
    expect(removals(world)).toEqual([]);
  });

  it('are carried out for one route alone when a person confirms them for that route', async () => {
    const { world, run } = await held();
    await reconcileNow(world, { route: 'app-2', confirmRemovals: run });
    expect(standing(world).filter((name) => name.startsWith('b'))).toEqual([]);
    expect(standing(world).filter((name) => name.startsWith('a'))).toHaveLength(6);
  });

  it('are held again when one more came to be due since the run that a person confirms', async () => {
    const { world, run } = await held();
    world.ports.vault.people.delete('team', 'app-1--late--key');
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS + MINUTE_MS);
    await reconcileNow(world, { confirmRemovals: run });
    expect(removals(world)).toEqual([]);
  });
});

describe('a vault that is restored in two steps, empty first', () => {
  it('costs nothing, although the routes remove what is deleted: so much at once is held', async () => {
    const world = createWorld({ routes: { 'app-1': REMOVES } });
    const names = [1, 2, 3, 4, 5, 6, 7].map((one) => `app-1--s${one}--key`);
    for (const name of names) world.set(name, 'v');
    await reconcileTwice(world);
    const { people } = world.ports.vault;
    for (const name of names) people.delete('team', name);
    await reconcileTwice(world);
    await later(world, HOUR_MS);
    for (const name of names) people.recover('team', name);
    await reconcileTwice(world);
    expect(removals(world)).toEqual([]);
    expect(standing(world)).toHaveLength(7);
  });
});
