import { describe, expect, it } from 'vitest';
import {
  allValueReads,
  dropRows,
  forget,
  HOUR_MS,
  problemsOf,
  putRoute,
  reconcile,
  reconcileNow,
  reconcileTwice,
  rowsOf,
  rowWrites,
  runRow,
  stateOf,
} from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const PG = { prefix: 'app-1--pg--', namespaces: ['app-1'] };

/** Target pg by route pg, and eight others by route app-1. */
async function fleet(cluster: Record<string, unknown> = { orphans: 'remove' }): Promise<World> {
  const world = createWorld({
    clusters: { 'weu-1': cluster },
    routes: { 'app-1': { exclude: ['app-1--pg--*'] }, pg: { ...PG, namespaces: ['app-2'], layout: 'flat' } },
    namespaces: { 'app-1': 'app-1--', 'app-2': 'app-1--' },
  });
  world.set('app-1--pg--password', 's3cret');
  for (let target = 0; target < 8; target += 1) world.set(`app-1--mq${target}--password`, 'x');
  await reconcile(world);
  await world.ports.clock.advance(HOUR_MS);
  await reconcile(world);
  forget(world);
  return world;
}

const ID = 'app-2:app-1--pg--password';
const live = (world: World) => world.data('weu-1/app-2/app-1--pg--password');

describe('a target that no route wants any more', () => {
  it('is kept, no longer updated, and told of once', async () => {
    const world = await fleet({});
    await dropRows(world, 'Route', 'pg');
    await reconcileTwice(world);
    world.set('app-1--pg--password', 'rotated');
    await reconcileTwice(world);
    expect(live(world)).toEqual({ value: 's3cret' });
    expect(await stateOf(world, ID)).toBe('orphaned');
    expect(world.ports.log.codes().filter((code) => code === 'ORPHANED')).toHaveLength(1);
    forget(world);
    await reconcile(world);
    expect(rowWrites(world)).toEqual([]);
  });

  it('is served again when its route is back', async () => {
    const world = await fleet({});
    await dropRows(world, 'Route', 'pg');
    await reconcile(world);
    world.set('app-1--pg--password', 'rotated');
    await putRoute(world, 'pg', { ...PG, namespaces: ['app-2'], layout: 'flat' });
    await reconcile(world);
    expect(live(world)).toEqual({ value: 'rotated' });
    expect(await stateOf(world, ID)).toBe('synced');
  });

  it('is deleted with orphans: remove, after two runs an hour apart', async () => {
    const world = await fleet();
    await dropRows(world, 'Route', 'pg');
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS / 2);
    await reconcile(world);
    expect(live(world)).toEqual({ value: 's3cret' });
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    expect(live(world)).toBeUndefined();
    expect(world.ports.log.codes()).toContain('REMOVED');
    expect((await rowsOf(world)).map((row) => row.id)).not.toContain(ID);
    expect(world.writes()).toHaveLength(1);
  });

  it('is kept when its route comes back between the listing and the deletion', async () => {
    const world = await fleet();
    await dropRows(world, 'Route', 'pg');
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS + 60_000);
    world.before = async (call) => {
      if (call !== `kubernetes.secret weu-1/app-2/app-1--pg--password`) return;
      world.before = async () => {};
      await putRoute(world, 'pg', { ...PG, namespaces: ['app-2'], layout: 'flat' });
    };
    await reconcile(world);
    expect(live(world)).toEqual({ value: 's3cret' });
  });

  it('is kept when a person changed it at the last moment', async () => {
    const world = await fleet();
    await dropRows(world, 'Route', 'pg');
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS + 60_000);
    world.before = async (call) => {
      if (!call.startsWith('kubernetes.remove') || call.endsWith(' done')) return;
      world.before = async () => {};
      world.ports.kubernetes
        .people('weu-1')
        .edit('app-2', 'app-1--pg--password', (one) => ({ ...one, data: {} }));
    };
    await reconcile(world);
    expect(live(world)).toEqual({});
  });

  it('is kept when its Secret is taken over by somebody', async () => {
    const world = await fleet();
    await dropRows(world, 'Route', 'pg');
    await reconcileTwice(world);
    const other = await fleet();
    await dropRows(other, 'Route', 'pg');
    await reconcile(other);
    other.ports.kubernetes.people('weu-1').edit('app-2', 'app-1--pg--password', (one) => ({
      ...one,
      metadata: { ...one.metadata, labels: {} },
    }));
    await reconcileTwice(other);
    expect(live(other)).toEqual({ value: 's3cret' });
    expect(live(world)).toBeUndefined();
  });
});

describe('a cluster that lost many of its targets', () => {
  async function held(): Promise<{ world: World; run: string }> {
    const world = await fleet();
    await dropRows(world, 'Route', 'app-1');
    const run = await reconcileTwice(world);
    return { world, run };
  }

  it('keeps them all until a person confirms', async () => {
    const { world, run } = await held();
    expect(world.writes()).toEqual([]);
    const row = await runRow(world, run);
    expect(row).toMatchObject({ counts: { REMOVAL_HELD: 8 } });
    expect(row?.lines.filter((line) => line.endsWith('waits for a person to confirm it'))).toHaveLength(8);
    await reconcileNow(world, { confirmRemovals: run });
    expect(world.writes()).toHaveLength(8);
    expect(live(world)).toEqual({ value: 's3cret' });
    expect(await problemsOf(world)).toEqual({});
  });

  it('keeps them when something else is confirmed', async () => {
    const { world } = await held();
    await reconcileNow(world, { confirmRemovals: '20261101T000000Z-abcdef01' });
    expect(world.writes()).toEqual([]);
  });

  it('keeps them when meanwhile more would go than the person saw', async () => {
    const { world, run } = await held();
    await dropRows(world, 'Route', 'pg');
    await reconcileTwice(world);
    await reconcileNow(world, { confirmRemovals: run });
    expect(world.writes()).toEqual([]);
  });

  it('keeps them when as many would go as the person saw, but others', async () => {
    const { world, run } = await held();
    await dropRows(world, 'Route', 'pg');
    await putRoute(world, 'app-1', { match: { names: ['app-1--mq0--*'] } });
    await reconcileTwice(world);
    await reconcileNow(world, { confirmRemovals: run });
    expect(world.writes()).toEqual([]);
    expect(live(world)).toEqual({ value: 's3cret' });
  });

  it('keeps those whose route is back when the person confirms', async () => {
    const { world, run } = await held();
    await putRoute(world, 'app-1', { match: { names: ['app-1--mq0--*'] } });
    await reconcileNow(world, { confirmRemovals: run });
    expect(world.data('weu-1/app-1/mq0')).toEqual({ password: 'x' });
    expect(world.writes()).toHaveLength(7);
  });
});

describe('a cluster that lost its only route of a vault', () => {
  it('keeps what came from there until a person confirms, however little it is', async () => {
    const world = createWorld({
      clusters: { 'weu-1': { orphans: 'remove' } },
      routes: { 'app-1': {}, 'app-2': { vault: 'other', prefix: 'app-2--', namespaces: ['app-1'] } },
      namespaces: { 'app-1': 'app-1--,other/app-2--' },
    });
    world.set('app-1--pg--password', 's3cret');
    world.ports.vault.people.set('other', 'app-2--mq--password', 'rabbit');
    await reconcile(world);
    await dropRows(world, 'Route', 'app-2');
    const run = await reconcileTwice(world);
    expect(world.data('weu-1/app-1/mq')).toEqual({ password: 'rabbit' });
    expect(await runRow(world, run)).toMatchObject({ counts: { REMOVAL_HELD: 1 } });
    await reconcileNow(world, { confirmRemovals: run });
    expect(world.data('weu-1/app-1/mq')).toBeUndefined();
    expect(world.data()).toEqual({ password: 's3cret' });
  });
});

describe('what is paused', () => {
  it('keeps everything: a route', async () => {
    const world = await fleet();
    await putRoute(world, 'pg', { ...PG, namespaces: ['app-2'], layout: 'flat', paused: true });
    world.set('app-1--pg--password', 'rotated');
    await reconcileTwice(world);
    await reconcileTwice(world);
    expect(live(world)).toEqual({ value: 's3cret' });
    expect(world.writes()).toEqual([]);
    expect(await stateOf(world, ID)).toBe('paused');
  });

  it('is what it was before, without a read, when the pause ends and nothing changed', async () => {
    const world = await fleet();
    const route = { ...PG, namespaces: ['app-2'], layout: 'flat' };
    await putRoute(world, 'pg', { ...route, paused: true });
    await reconcileTwice(world);
    expect(await stateOf(world, ID)).toBe('paused');
    await putRoute(world, 'pg', route);
    forget(world);
    await reconcile(world);
    expect(await stateOf(world, ID)).toBe('synced');
    expect(allValueReads(world)).toEqual([]);
    forget(world);
    await reconcile(world);
    expect(rowWrites(world)).toEqual([]);
  });

  it('is looked at again when the pause ends, where it was not settled before', async () => {
    const world = await fleet();
    const route = { ...PG, namespaces: ['app-2'], layout: 'flat' };
    const up = world.ports.kubernetes.fail({
      code: 'CLUSTER_FAILED',
      when: (call) => call.includes('replace'),
    });
    world.set('app-1--pg--password', 'rotated');
    await reconcile(world);
    expect(await stateOf(world, ID)).toBe('pending');
    await putRoute(world, 'pg', { ...route, paused: true });
    await reconcile(world);
    up();
    await putRoute(world, 'pg', route);
    await reconcile(world);
    expect(live(world)).toEqual({ value: 'rotated' });
    expect(await stateOf(world, ID)).toBe('synced');
  });

  it('keeps everything: a cluster, which a person is told when asking for it', async () => {
    const world = await fleet({ paused: true, orphans: 'remove' });
    expect(live(world)).toBeUndefined();
    const run = await reconcileNow(world);
    expect(await runRow(world, run)).toMatchObject({ state: 'failed', counts: { PAUSED: 1 } });
    expect(world.ports.kubernetes.log).toEqual([]);
  });

  it('keeps its claims: another route does not get its target', async () => {
    const world = await fleet();
    await putRoute(world, 'pg', { ...PG, namespaces: ['app-2'], layout: 'flat', paused: true });
    await putRoute(world, 'a-first', { ...PG, namespaces: ['app-2'], layout: 'flat' });
    world.set('app-1--pg--password', 'rotated');
    await reconcileTwice(world);
    expect(live(world)).toEqual({ value: 's3cret' });
    expect(await problemsOf(world)).toEqual({ 'collision:weu-1:pg': 'COLLISION' });
  });
});

describe('two routes that claim one target', () => {
  it('are a problem while they do, told once and cleared when mended', async () => {
    const world = await fleet();
    await putRoute(world, 'z-last', { ...PG, namespaces: ['app-2'], layout: 'flat' });
    await reconcile(world);
    forget(world);
    await reconcile(world);
    expect(rowWrites(world)).toEqual([]);
    const [problem] = await rowsOf(world, '-');
    expect(problem?.message).toBe('route z-last also claims app-2/app-1--pg--password; route pg owns it');
    await dropRows(world, 'Route', 'z-last');
    await reconcile(world);
    expect(await problemsOf(world)).toEqual({});
  });
});
