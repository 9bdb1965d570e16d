import { describe, expect, it } from 'vitest';
import { dropRows, HOUR_MS, putRoute, reconcile, reconcileTwice, rowsOf } from '../support/fleet.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const USER = 'app-1--pg--user';
const HOST = 'app-1--pg--host';

async function settled(options: WorldOptions = {}): Promise<World> {
  const world = createWorld(options);
  world.set(PASSWORD, 'p1');
  world.set(USER, 'u1');
  await reconcileTwice(world);
  return world;
}

async function hourlyRuns(world: World, runs: number): Promise<void> {
  for (let run = 0; run < runs; run += 1) {
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS);
  }
}

const isCall =
  (name: string) =>
  (call: string): boolean =>
    call.startsWith(`kubernetes.${name} `) && !call.endsWith(' done');

/** The secret was purged and comes back from a backup, older than what was delivered. */
function restore({ ports }: World, name: string, value: string): void {
  const { people } = ports.vault;
  const created = people.latest('team', name)?.created ?? 0;
  people.delete('team', name);
  people.purge('team', name);
  people.set('team', name, value, { created: created - 3600 });
}

describe('a Secret whose type changes', () => {
  const retype = (world: World): Promise<void> => putRoute(world, 'app-1', { type: 'example.com/login' });

  it('is back within half an hour when a webhook refuses its POST once after the DELETE', async () => {
    const world = await settled();
    await retype(world);
    world.ports.kubernetes.fail({ code: 'CLUSTER_FORBIDDEN', times: 1, when: isCall('create') });
    await reconcile(world);
    await world.drain(HOUR_MS / 2);
    expect(world.data()).toEqual({ password: 'p1', user: 'u1' });
  });

  it('is not deleted at all while the queue takes no message that would look again', async () => {
    const world = await settled();
    await retype(world);
    const mended = world.ports.queue.fail({
      code: 'QUEUE_UNAVAILABLE',
      when: (call) => call.startsWith('queue.push'),
    });
    await reconcile(world);
    expect(world.data()).toEqual({ password: 'p1', user: 'u1' });
    expect(world.writes().filter(isCall('remove'))).toEqual([]);
    mended();
    await reconcile(world);
    expect(world.ports.kubernetes.people('weu-1').secret('app-1', 'pg')?.type).toBe('example.com/login');
  });

  it('is created from what the vault holds by then, when its POST is never answered', async () => {
    const world = await settled();
    await retype(world);
    world.before = async (call) => {
      if (!isCall('create')(call)) return;
      world.before = async () => {};
      await new Promise(() => {});
    };
    await world.event(PASSWORD, 'event-2');
    expect(world.data()).toBeUndefined();
    world.set(PASSWORD, 'p2');
    await world.drain(60_000);
    expect(world.data()).toEqual({ password: 'p2', user: 'u1' });
  });
});

describe('sources that a restore took back', () => {
  it('have a day each, from when each was first found older', async () => {
    const world = await settled();
    restore(world, USER, 'u0');
    await hourlyRuns(world, 12);
    restore(world, PASSWORD, 'p0');
    await hourlyRuns(world, 14);
    expect(world.data()).toEqual({ password: 'p1', user: 'u0' });
    await hourlyRuns(world, 12);
    expect(world.data()).toEqual({ password: 'p0', user: 'u0' });
  });

  it('do not keep the key of a deleted sibling, whose removal is proven', async () => {
    const world = await settled({ routes: { 'app-1': { onDeleted: 'remove' } } });
    restore(world, USER, 'u0');
    world.ports.vault.people.delete('team', PASSWORD);
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS + 60_000);
    await reconcile(world);
    expect(world.data()).toEqual({ user: 'u1' });
  });

  it('do not keep a new sibling out that came together with one whose bytes are broken', async () => {
    const world = await settled();
    restore(world, USER, 'u0');
    world.set(PASSWORD, 'no base64!', { tags: { 'file-encoding': 'base64' } });
    world.set(HOST, 'db-1');
    await world.event(HOST, 'event-2');
    await reconcile(world);
    expect(world.data()).toEqual({ password: 'p1', user: 'u1', host: 'db-1' });
  });
});

/** Claims what route app-1 makes of the same secret. */
const RIVAL = {
  prefix: 'app-1--pg--',
  namespaces: ['app-1'],
  layout: 'explicit',
  name: 'pg',
  data: { other: { secret: PASSWORD } },
};

describe('a target that several routes claim and none has made', () => {
  it('is created by whoever is left, by a run and without an event, once the other one is deleted', async () => {
    const world = createWorld({ routes: { 'app-1': {}, 'a-rival': RIVAL } });
    world.set(PASSWORD, 'p1');
    await world.event(PASSWORD);
    await reconcile(world);
    expect(world.data()).toBeUndefined();
    await dropRows(world, 'Route', 'a-rival');
    await reconcile(world);
    expect(world.data()).toEqual({ password: 'p1' });
  });

  it('is not created by an event although the rival is paused: a pause keeps claims', async () => {
    const world = createWorld({ routes: { 'app-1': {}, 'a-rival': { ...RIVAL, paused: true } } });
    world.set(PASSWORD, 'p1');
    await world.event(PASSWORD);
    await reconcile(world);
    expect(world.data()).toBeUndefined();
    expect(await rowsOf(world)).toMatchObject([{ state: 'refused', code: 'COLLISION' }]);
  });
});
