import { describe, expect, it } from 'vitest';
import {
  dropRows,
  HOUR_MS,
  putRoute,
  reconcile,
  reconcileNow,
  reconcileTwice,
  rowsOf,
  runRow,
} from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const REMOVE = { onDisabled: 'remove', onDeleted: 'remove' };
const PASSWORD = 'app-1--pg--password';
const USER = 'app-1--pg--user';
const WHOLE = { password: 's3cret', user: 'ann' };

/** One run away from a removal: the reason was seen more than an hour ago. */
async function proven(reason: (world: World) => void | Promise<void>): Promise<World> {
  const world = createWorld({
    clusters: { 'weu-1': { orphans: 'remove' } },
    // The second route keeps its cluster and vault from being left without any.
    routes: { 'app-1': REMOVE, 'app-2': { prefix: 'app-2--', namespaces: ['app-1'] } },
  });
  world.set(PASSWORD, 's3cret');
  world.set(USER, 'ann');
  await reconcile(world);
  await reason(world);
  await reconcile(world);
  await world.ports.clock.advance(HOUR_MS + 60_000);
  return world;
}

/** Once, when a run has decided and looks at the Secret before it takes something away. */
function whenLookedAt(world: World, happens: () => void | Promise<void>): void {
  world.before = async (call) => {
    if (!call.startsWith('kubernetes.secret weu-1/app-1/pg') || call.endsWith(' done')) return;
    world.before = async () => {};
    await happens();
  };
}

const garble = (world: World): void =>
  world.ports.registry.write('Route', { partitionKey: 'team', rowKey: 'bad' });
const disabled = (world: World): void => world.ports.vault.people.disable('team', USER);
const deleted = (world: World): void => world.ports.vault.people.delete('team', USER);
const unclaimed = (world: World): Promise<void> => dropRows(world, 'Route', 'app-1');

describe('a key that is due to leave', () => {
  it('leaves with a run that finds the route as it was', async () => {
    const world = await proven(disabled);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret' });
    // What was proven is done: nothing may be taken from it later.
    expect(await rowsOf(world)).toMatchObject([{ removal: '' }]);
  });

  it('is only told of by a plan', async () => {
    const world = await proven(disabled);
    const plan = await reconcileNow(world, { dryRun: true });
    expect(world.data()).toEqual(WHOLE);
    expect((await runRow(world, plan))?.lines).toEqual([
      expect.stringMatching(/^PLANNED .*removes key user/),
    ]);
  });

  it('is not said to leave when a person took it away before', async () => {
    const world = await proven(disabled);
    const people = world.ports.kubernetes.people('weu-1');
    people.edit('app-1', 'pg', ({ data, ...rest }) => ({
      ...rest,
      data: { password: data?.['password'] ?? '' },
    }));
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret' });
    expect(world.ports.log.codes()).not.toContain('REMOVED');
  });

  it('stays when a registry row turns bad after the run looked and before it writes', async () => {
    const world = await proven(disabled);
    whenLookedAt(world, () => garble(world));
    await reconcile(world);
    expect(world.data()).toEqual(WHOLE);
    await dropRows(world, 'Route', 'bad');
    await reconcileTwice(world);
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('stays when a run for another route found its source back in between', async () => {
    const world = await proven(deleted);
    world.ports.vault.people.recover('team', USER);
    await reconcileNow(world, { route: 'app-2' });
    deleted(world);
    await reconcile(world);
    expect(world.data()).toEqual(WHOLE);
    await world.ports.clock.advance(HOUR_MS + 60_000);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('stays when its route is edited after the run looked and before it writes', async () => {
    const world = await proven(disabled);
    whenLookedAt(world, () => putRoute(world, 'app-1', { ...REMOVE, debounce: '10s' }));
    await reconcile(world);
    expect(world.data()).toEqual(WHOLE);
  });

  it('stays when its route is deleted after the run looked and before it writes', async () => {
    const world = await proven(disabled);
    whenLookedAt(world, () => dropRows(world, 'Route', 'app-1'));
    await reconcile(world);
    expect(world.data()).toEqual(WHOLE);
  });
});

describe('a Secret that is due to leave with its last key', () => {
  it('is decided anew when somebody changes it before the DELETE, and gone when that is said', async () => {
    const world = createWorld({ routes: { 'app-1': REMOVE } });
    world.set(USER, 'ann');
    await reconcile(world);
    disabled(world);
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS + 60_000);
    const people = world.ports.kubernetes.people('weu-1');
    world.before = async (call) => {
      if (!call.startsWith('kubernetes.remove ')) return;
      world.before = async () => {};
      people.edit('app-1', 'pg', (one) => ({ ...one, data: { ...one.data, own: 'eA==' } }));
    };
    await reconcile(world);
    expect(world.data()).toBeUndefined();
    expect(world.ports.log.codes().filter((code) => code === 'REMOVED')).toHaveLength(1);
    expect(world.writes().filter((call) => call.startsWith('kubernetes.remove'))).toHaveLength(2);
  });
});

describe('an orphan that is due to leave', () => {
  it('leaves with a run that still finds no route for it', async () => {
    const world = await proven(unclaimed);
    await reconcile(world);
    expect(world.data()).toBeUndefined();
  });

  it('is only told of by a plan', async () => {
    const world = await proven(unclaimed);
    const plan = await reconcileNow(world, { dryRun: true });
    expect(world.data()).toEqual(WHOLE);
    expect((await runRow(world, plan))?.lines).toEqual([
      'PLANNED app-1/pg: the Secret would be removed: no route wants it any more',
    ]);
  });

  it('stays when a registry row turns bad after the run looked and before it deletes', async () => {
    const world = await proven(unclaimed);
    whenLookedAt(world, () => garble(world));
    await reconcile(world);
    expect(world.data()).toEqual(WHOLE);
  });

  it('stays when its route is back after the run looked and before it deletes', async () => {
    const world = await proven(unclaimed);
    whenLookedAt(world, () => putRoute(world, 'app-1', REMOVE));
    await reconcile(world);
    expect(world.data()).toEqual(WHOLE);
  });

  it('stays when somebody made another Secret of that name after the run looked', async () => {
    const world = await proven(unclaimed);
    const people = world.ports.kubernetes.people('weu-1');
    whenLookedAt(world, () => {
      people.remove('app-1', 'pg');
      people.put('app-1', { metadata: { name: 'pg' }, data: { own: 'eA==' } });
    });
    await reconcile(world);
    expect(world.data()).toEqual({ own: 'x' });
  });
});
