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
  runRow,
} from '../support/fleet.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const { signal } = new AbortController();

/** A fleet that is up to date and has been left alone for an hour. */
async function settled(options: WorldOptions = {}): Promise<World> {
  const world = createWorld(options);
  world.set(PASSWORD, 's3cret');
  world.set('app-1--mq--password', 'hunter');
  await reconcileTwice(world);
  forget(world);
  return world;
}

const removals = (world: World) => world.writes().filter((call) => call.startsWith('kubernetes.remove'));
const people = (world: World) => world.ports.kubernetes.people('weu-1');
const lastLine = (world: World, code: string) =>
  world.ports.log.outcomes.findLast((line) => line.code === code)?.message ?? '';

async function loseTargets({ ports: { status } }: World): Promise<void> {
  await status.forgetTargets(await status.targets('weu-1', signal), signal);
}

describe('the table Targets, lost', () => {
  it('is filled again by one run, which writes no Secret and says what it found', async () => {
    const world = await settled();
    await loseTargets(world);
    const run = await reconcile(world);
    expect(world.writes()).toEqual([]);
    expect((await rowsOf(world)).map(({ id, state }) => [id, state])).toEqual([
      ['app-1:mq', 'synced'],
      ['app-1:pg', 'synced'],
    ]);
    expect(lastLine(world, 'RUN_DONE')).toContain('2 managed Secrets had no row');
    expect((await runRow(world, run))?.lines).toContain(
      '2 managed Secrets had no row and were looked at anew',
    );
  });

  it('costs a read of each value once more, and then none', async () => {
    const world = await settled();
    await loseTargets(world);
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    forget(world);
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    expect(allValueReads(world)).toEqual([]);
    expect(lastLine(world, 'RUN_DONE')).not.toContain('no row');
  });

  it('lost with it what was proven of removals: nothing leaves before it is proven again', async () => {
    const world = await settled({ routes: { 'app-1': { onDeleted: 'remove' } } });
    world.ports.vault.people.delete('team', PASSWORD);
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS);
    await loseTargets(world);
    await reconcile(world);
    expect(removals(world)).toEqual([]);
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    expect(world.data()).toBeUndefined();
  });

  it('is filled again for a Secret whose route is gone, too, as long as its namespace accepts anything', async () => {
    const world = await settled();
    await dropRows(world, 'Route', 'app-1');
    await loseTargets(world);
    await reconcile(world);
    expect(await rowsOf(world)).toMatchObject([
      { id: 'app-1:mq', state: 'orphaned' },
      { id: 'app-1:pg', state: 'orphaned' },
    ]);
  });

  it('is filled again for what a paused route made, which stays as it is and is looked at after the pause', async () => {
    const world = await settled();
    await putRoute(world, 'app-1', { paused: true });
    await loseTargets(world);
    await reconcile(world);
    const paused = { state: 'paused', stands: 'yes', sources: expect.stringContaining('team/app-1--') };
    expect(await rowsOf(world)).toMatchObject([paused, paused]);
    forget(world);
    await reconcile(world);
    expect(world.ports.status.log.filter((call) => call.startsWith('status.saveTargets'))).toEqual([]);
    await putRoute(world, 'app-1', {});
    await reconcile(world);
    expect(await rowsOf(world)).toMatchObject([{ state: 'synced' }, { state: 'synced' }]);
    expect(world.writes()).toEqual([]);
  });

  it('lost with it that a target waits: the message in the queue delivers all the same', async () => {
    const world = await settled();
    const up = world.ports.kubernetes.fail({ code: 'CLUSTER_UNREACHABLE' });
    world.set(PASSWORD, 'rotated');
    await world.event();
    await loseTargets(world);
    up();
    await world.drain();
    expect(world.data()).toEqual({ password: 'rotated' });
  });
});

describe('the table Endpoints, lost', () => {
  it('is no reason to leave a cluster in back-off alone, or to remove anything', async () => {
    const world = await settled();
    const up = world.ports.kubernetes.fail({ code: 'CLUSTER_UNREACHABLE' });
    for (let run = 0; run < 6; run += 1) {
      await world.ports.clock.advance(HOUR_MS);
      await reconcile(world);
    }
    await world.ports.status.saveBackOff('weu-1', undefined, signal);
    up();
    people(world).remove('app-1', 'pg');
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret' });
    expect(removals(world)).toEqual([]);
  });
});

describe('a registry restored from yesterday', () => {
  const sevenServices = async (world: World): Promise<void> => {
    for (let number = 1; number <= 7; number += 1) world.set(`app-2--s${number}--password`, 'x');
    await putRoute(world, 'app-2', { prefix: 'app-2--', namespaces: ['app-1'] });
    await reconcileTwice(world);
    forget(world);
  };
  const withBoth = { namespaces: { 'app-1': 'app-1--,app-2--' } };

  it('keeps the Secrets of a route it does not know, says so, and serves them when it is applied again', async () => {
    const world = await settled(withBoth);
    await sevenServices(world);
    await dropRows(world, 'Route', 'app-2');
    await reconcileTwice(world);
    expect(removals(world)).toEqual([]);
    expect(world.ports.log.codes().filter((code) => code === 'ORPHANED')).toHaveLength(7);
    await putRoute(world, 'app-2', { prefix: 'app-2--', namespaces: ['app-1'] });
    world.set('app-2--s1--password', 'rotated');
    await reconcile(world);
    expect(world.data('weu-1/app-1/s1')).toEqual({ password: 'rotated' });
    expect((await rowsOf(world)).map(({ state }) => state)).not.toContain('orphaned');
  });

  it('removes nothing where orphans are removed: the run holds them until a person has looked', async () => {
    const world = await settled({ ...withBoth, clusters: { 'weu-1': { orphans: 'remove' } } });
    await sevenServices(world);
    await dropRows(world, 'Route', 'app-2');
    await reconcileTwice(world);
    expect(removals(world)).toEqual([]);
    expect(world.ports.log.codes()).toContain('REMOVAL_HELD');
    await putRoute(world, 'app-2', { prefix: 'app-2--', namespaces: ['app-1'] });
    await reconcileTwice(world);
    expect(removals(world)).toEqual([]);
    expect(await problemsOf(world)).toEqual({});
  });

  it('that was applied again within the hour removes nothing, however few they were', async () => {
    const world = await settled({ ...withBoth, clusters: { 'weu-1': { orphans: 'remove' } } });
    world.set('app-2--db--password', 'x');
    await putRoute(world, 'app-2', { prefix: 'app-2--', namespaces: ['app-1'] });
    await reconcileTwice(world);
    await dropRows(world, 'Route', 'app-2');
    await reconcile(world);
    await putRoute(world, 'app-2', { prefix: 'app-2--', namespaces: ['app-1'] });
    await reconcileTwice(world);
    await reconcileTwice(world);
    expect(removals(world)).toEqual([]);
  });

  it('is not taken for an order by a run that a person limits to a route', async () => {
    const world = await settled({ ...withBoth, clusters: { 'weu-1': { orphans: 'remove' } } });
    await sevenServices(world);
    await dropRows(world, 'Route', 'app-2');
    await reconcileTwice(world);
    await reconcileNow(world, { route: 'app-1' });
    expect(removals(world)).toEqual([]);
  });
});

describe('a cluster rebuilt under its old name', () => {
  const rebuild = (world: World): void => {
    for (const name of ['pg', 'mq']) people(world).remove('app-1', name);
  };

  it('has all its Secrets after one run, which says what was gone', async () => {
    const world = await settled();
    rebuild(world);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret' });
    expect(world.data('weu-1/app-1/mq')).toEqual({ password: 'hunter' });
    expect(lastLine(world, 'RUN_DONE')).toContain('2 Secrets that stood here before are gone');
    await reconcile(world);
    expect(lastLine(world, 'RUN_DONE')).not.toContain('stood here before');
  });

  it('inherits no proof of a removal: what stands there now is another Secret', async () => {
    const world = await settled({ routes: { 'app-1': { onDeleted: 'remove' } } });
    world.set('app-1--pg--user', 'ann');
    await reconcile(world);
    world.ports.vault.people.delete('team', 'app-1--pg--user');
    await reconcile(world);
    rebuild(world);
    world.ports.vault.people.recover('team', 'app-1--pg--user');
    await reconcile(world);
    world.ports.vault.people.delete('team', 'app-1--pg--user');
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret', user: 'ann' });
  });

  it('whose namespaces do not accept anything yet gets nothing, until they do', async () => {
    const world = await settled();
    rebuild(world);
    people(world).annotate('app-1', { 'vaultcast.dev/accept': undefined });
    await reconcile(world);
    expect(world.data()).toBeUndefined();
    people(world).annotate('app-1', { 'vaultcast.dev/accept': 'app-1--' });
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret' });
  });
});

describe('a vault restored from a backup', () => {
  const MINUTE_MS = 60_000;

  /** The secret is purged and comes back with an older version alone, as a backup holds it. */
  const restore = (world: World, created: number): void => {
    world.ports.vault.people.delete('team', PASSWORD);
    world.ports.vault.people.purge('team', PASSWORD);
    world.set(PASSWORD, 'older', { created, updated: created });
  };

  it('does not put an older version over a newer one for a day, and says so', async () => {
    const world = await settled();
    restore(world, Math.floor(world.ports.clock.now() / 1000) - 7 * 86_400);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret' });
    expect(world.ports.log.codes()).toContain('STALE_READ');
    for (let hour = 0; hour < 26; hour += 1) {
      await world.ports.clock.advance(HOUR_MS);
      await reconcile(world);
    }
    expect(world.data()).toEqual({ password: 'older' });
    expect(removals(world)).toEqual([]);
  });

  it('that was empty for a while loses no key when it is back within the hour', async () => {
    const world = await settled({ routes: { 'app-1': { onDeleted: 'remove' } } });
    world.ports.vault.people.delete('team', PASSWORD);
    await reconcile(world);
    await world.ports.clock.advance(50 * MINUTE_MS);
    world.ports.vault.people.recover('team', PASSWORD);
    await reconcileTwice(world);
    expect(world.data()).toEqual({ password: 's3cret' });
    expect(removals(world)).toEqual([]);
  });

  it('writes nothing where the same versions came back', async () => {
    const world = await settled();
    world.ports.vault.people.delete('team', PASSWORD);
    await reconcile(world);
    world.ports.vault.people.recover('team', PASSWORD);
    await reconcileTwice(world);
    expect(world.writes()).toEqual([]);
  });
});
