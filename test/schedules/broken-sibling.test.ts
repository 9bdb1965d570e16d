import { describe, expect, it } from 'vitest';
import { allValueReads, forget, HOUR_MS, reconcile, rowsOf } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const CONFIG = 'app-1--pg--config';
const JSON_ROUTE = {
  layout: 'explicit',
  name: 'pg',
  data: {
    password: { secret: PASSWORD },
    host: { secret: CONFIG, property: 'host' },
  },
};

/** A Secret of two sources, one of which is a JSON document that somebody then breaks. */
async function broken(route: Record<string, unknown> = JSON_ROUTE): Promise<World> {
  const world = createWorld({ routes: { 'app-1': route } });
  world.set(PASSWORD, 'p1');
  world.set(CONFIG, '{"host":"db-1"}');
  await reconcile(world);
  expect(world.data()).toEqual({ password: 'p1', host: 'db-1' });
  await world.ports.clock.advance(HOUR_MS);
  world.set(CONFIG, '{"host":');
  await world.event(CONFIG, 'event-2');
  return world;
}

const rowOf = async (world: World) => (await rowsOf(world)).find(({ id }) => id === 'app-1:pg');

describe('a source whose value cannot be used', () => {
  it('keeps its keys as found, and its sibling is written', async () => {
    const world = await broken();
    world.set(PASSWORD, 'p2');
    await world.event(PASSWORD, 'event-3');
    expect(world.data()).toEqual({ password: 'p2', host: 'db-1' });
  });

  it('leaves the Secret degraded, with the source named, and nothing waits for it', async () => {
    const world = await broken();
    world.set(PASSWORD, 'p2');
    await world.event(PASSWORD, 'event-3');
    expect(await rowOf(world)).toMatchObject({ state: 'degraded', code: 'RENDER_REFUSED' });
    expect((await rowOf(world))?.message).toContain(CONFIG);
    expect(world.ports.queue.waiting('push')).toEqual([]);
  });

  it('costs runs nothing while it stays as it is', async () => {
    const world = await broken();
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    forget(world);
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    expect([allValueReads(world), world.writes()]).toEqual([[], []]);
  });

  it('is written as soon as it can be used again', async () => {
    const world = await broken();
    world.set(CONFIG, '{"host":"db-2"}');
    await world.event(CONFIG, 'event-4');
    expect(world.data()).toEqual({ password: 'p1', host: 'db-2' });
    expect(await rowOf(world)).toMatchObject({ state: 'synced' });
  });

  it('keeps the recorded version of what still stands', async () => {
    const world = await broken();
    world.set(PASSWORD, 'p2');
    await world.event(PASSWORD, 'event-3');
    const { vault } = world.ports;
    const [first] = vault.people.history('team', CONFIG);
    expect((await rowOf(world))?.sources).toContain(`${CONFIG}@${first?.version}:`);
  });

  it('creates no Secret in part', async () => {
    const world = await broken();
    world.ports.kubernetes.people('weu-1').remove('app-1', 'pg');
    await world.event(PASSWORD, 'event-3');
    expect(world.data()).toBeUndefined();
    world.set(CONFIG, '{"host":"db-2"}');
    await world.event(CONFIG, 'event-4');
    expect(world.data()).toEqual({ password: 'p1', host: 'db-2' });
  });

  it('does not let the Secret be deleted and created anew', async () => {
    const world = await broken({ ...JSON_ROUTE, immutable: true });
    world.set(PASSWORD, 'p2');
    await world.event(PASSWORD, 'event-3');
    expect(world.data()).toEqual({ password: 'p1', host: 'db-1' });
    world.set(CONFIG, '{"host":"db-2"}');
    await world.event(CONFIG, 'event-4');
    expect(world.data()).toEqual({ password: 'p2', host: 'db-2' });
  });
});
