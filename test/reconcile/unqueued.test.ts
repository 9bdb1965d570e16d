import { describe, expect, it } from 'vitest';
import { HOUR_MS, reconcile, rowsOf } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const USER = 'app-1--pg--user';

/** The queue takes nothing, while a version of the user waits for its date, and a Secret is created. */
async function created(look: (world: World) => Promise<unknown>): Promise<World> {
  const world = createWorld();
  const due = Math.floor((world.ports.clock.now() + HOUR_MS) / 1000);
  world.set(PASSWORD, 's3cret');
  world.set(USER, 'ann');
  world.set(USER, 'bob', { nbf: due });
  const mended = world.ports.queue.fail({
    code: 'QUEUE_UNAVAILABLE',
    when: (call) => call.startsWith('queue.push'),
  });
  await look(world);
  mended();
  return world;
}

describe.each<[string, (world: World) => Promise<unknown>]>([
  ['a run', reconcile],
  ['an event of a sibling', (world) => world.event(PASSWORD)],
])('what %s could not queue', (_, look) => {
  it('does not keep its row from telling what stands', async () => {
    const world = await created(look);

    expect(world.data()).toEqual({ password: 's3cret', user: 'ann' });
    const [row] = await rowsOf(world);
    expect(row).toMatchObject({ id: 'app-1:pg', stands: 'yes', fingerprint: '' });
    expect(row?.uid).not.toBe('');
    expect(row?.message).not.toContain('waits for');
  });

  it('is queued by the next run, once', async () => {
    const world = await created(look);
    await reconcile(world);
    await reconcile(world);

    expect(world.ports.queue.waiting('push')).toHaveLength(1);
    await world.drain();
    expect(world.data()).toEqual({ password: 's3cret', user: 'bob' });
  });
});
