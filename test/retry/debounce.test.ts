import { describe, expect, it } from 'vitest';
import { registryDocument } from '../../shared/registry/document.ts';
import { writtenRoute } from '../support/documents.ts';
import { reconcile, rowsOf } from '../support/fleet.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

const USER = 'app-1--pg--user';
const PASSWORD = 'app-1--pg--password';
const SECOND_MS = 1000;

/** A Secret of two secrets that stands already, of a route that waits for company. */
async function settled(options: WorldOptions = {}): Promise<World> {
  const world = createWorld({ routes: { 'app-1': { debounce: '5s' } }, ...options });
  world.set(USER, 'ann');
  world.set(PASSWORD, 'p1');
  await reconcile(world);
  world.ports.kubernetes.log.length = 0;
  world.ports.log.outcomes.length = 0;
  await world.ports.clock.advance(60 * SECOND_MS);
  return world;
}

const waiting = ({ ports }: World) => ports.queue.waiting('push');
const rotateBoth = async (world: World): Promise<void> => {
  world.set(USER, 'bob');
  await world.event(USER, 'event-1');
  await world.ports.clock.advance(2 * SECOND_MS);
  world.set(PASSWORD, 'p2');
  await world.event(PASSWORD, 'event-2');
};

describe('two secrets of one Secret, rotated together', () => {
  it('arrive in one write when the route waits for company', async () => {
    const world = await settled();
    await rotateBoth(world);
    expect(world.data()).toEqual({ user: 'ann', password: 'p1' });
    expect(waiting(world)).toHaveLength(1);
    await world.drain();
    expect(world.data()).toEqual({ user: 'bob', password: 'p2' });
    expect(world.writes()).toHaveLength(1);
  });

  it('arrive one after the other when it does not', async () => {
    const world = await settled({ routes: { 'app-1': {} } });
    await rotateBoth(world);
    expect(world.writes()).toHaveLength(2);
  });

  it('arrive together when their events come in one moment', async () => {
    const world = await settled();
    world.set(USER, 'bob');
    world.set(PASSWORD, 'p2');
    await Promise.all([world.event(USER, 'event-1'), world.event(PASSWORD, 'event-2')]);
    await world.drain();
    expect(world.data()).toEqual({ user: 'bob', password: 'p2' });
    expect(world.writes()).toHaveLength(1);
  });

  it('arrive together although one of them is new to the Secret', async () => {
    const world = await settled();
    world.set(USER, 'bob');
    await world.event(USER, 'event-1');
    world.set('app-1--pg--host', 'db');
    await world.event('app-1--pg--host', 'event-2');
    await world.drain();
    expect(world.data()).toEqual({ user: 'bob', password: 'p1', host: 'db' });
  });
});

describe('an event of a route that waits for company', () => {
  it('says that it waits, and is no failure', async () => {
    const world = await settled();
    world.set(USER, 'bob');
    await world.event(USER, 'event-1');
    expect(world.ports.log.codes()).toEqual(['QUEUED']);
    const [row] = await rowsOf(world);
    expect(row).toMatchObject({ state: 'pending', code: 'QUEUED', failingSince: 0 });
    expect((row?.nextRetry ?? 0) - world.ports.clock.now()).toBeLessThanOrEqual(5 * SECOND_MS);
    await world.drain();
    expect((await rowsOf(world))[0]).toMatchObject({ state: 'synced' });
  });

  it('is delivered as its first attempt, and tried again when that fails', async () => {
    const world = await settled();
    world.set(USER, 'bob');
    await world.event(USER, 'event-1');
    world.ports.kubernetes.fail({ code: 'CLUSTER_FAILED', times: 1 });
    await world.drain();
    expect(world.data()).toEqual({ user: 'bob', password: 'p1' });
    const attempts = world.ports.log.outcomes.map(({ code, attempt }) => [code, attempt]);
    expect(attempts).toEqual([
      ['QUEUED', 1],
      ['CLUSTER_FAILED', 1],
      ['DELIVERED', 2],
    ]);
  });

  it('is delivered by a run that comes first', async () => {
    const world = await settled();
    world.set(USER, 'bob');
    await world.event(USER, 'event-1');
    await reconcile(world);
    expect(world.data()).toEqual({ user: 'bob', password: 'p1' });
    await world.drain();
    expect(world.writes()).toHaveLength(1);
  });

  it('waits in every cluster, each with its own message', async () => {
    const world = await settled({
      routes: { 'app-1': { debounce: '1m' } },
      clusters: { 'weu-1': {}, 'weu-2': {} },
    });
    await rotateBoth(world);
    expect(waiting(world)).toHaveLength(2);
    await world.drain();
    expect(world.data('weu-2/app-1/pg')).toEqual({ user: 'bob', password: 'p2' });
  });

  it('loses nothing when the queue takes nothing: it is not acknowledged', async () => {
    const world = await settled();
    const mended = world.ports.queue.fail({ code: 'QUEUE_UNAVAILABLE' });
    world.set(USER, 'bob');
    await expect(world.event(USER, 'event-1')).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    mended();
    await world.event(USER, 'event-1');
    await world.drain();
    expect(world.data()).toEqual({ user: 'bob', password: 'p1' });
  });
});

describe('the option debounce', () => {
  const parsed = (debounce: unknown) => registryDocument.safeParse(writtenRoute('app-1', { debounce }));

  it.each(['1s', '5s', '600s', '10m'])('may be %s', (debounce) => {
    expect(parsed(debounce).success).toBe(true);
  });

  it.each(['0s', '5', 5, '601s', '11m', '1h', '-5s', '1.5s', ''])('is refused as %j', (debounce) => {
    const [issue] = parsed(debounce).error?.issues ?? [];
    expect(issue?.path).toEqual(['spec', 'debounce']);
  });
});
