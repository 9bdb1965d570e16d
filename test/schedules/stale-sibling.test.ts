import { describe, expect, it } from 'vitest';
import { HOUR_MS, reconcile } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const USER = 'app-1--pg--user';

/** Two sources of one Secret; one of them was purged and restored from a backup that is older than what was delivered. */
async function restoredUser(): Promise<World> {
  const world = createWorld();
  world.set(PASSWORD, 'p1');
  await world.ports.clock.advance(2000);
  world.set(USER, 'u1');
  await reconcile(world);
  await world.ports.clock.advance(HOUR_MS);
  world.set(USER, 'u2');
  await world.event(USER);
  expect(world.data()).toEqual({ password: 'p1', user: 'u2' });
  await world.ports.clock.advance(HOUR_MS);
  const { vault } = world.ports;
  const read = vault.read.bind(vault);
  vault.read = async (ref, signal) => {
    const found = await read(ref, signal);
    if (ref.name !== USER || found.state !== 'readable') return found;
    const restored = { version: 'f'.repeat(32), value: 'u1', created: found.version.created - 3600 };
    return { ...found, version: { ...found.version, ...restored } };
  };
  return world;
}

describe('a source whose latest version is older than the delivered one', () => {
  it('does not keep the rotation of its sibling back', async () => {
    const world = await restoredUser();
    world.set(PASSWORD, 'p2');
    await world.event(PASSWORD, 'event-2');
    await reconcile(world);
    await world.drain(2 * HOUR_MS);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 'p2', user: 'u2' });
  });

  it('is written after 24 h, although one attempt a day fails for another reason', async () => {
    const world = await restoredUser();
    world.set(PASSWORD, 'p2');
    await world.event(PASSWORD, 'event-2');
    for (let day = 0; day < 7; day += 1) {
      await world.drain(20 * HOUR_MS);
      const isRead = (call: string): boolean => call.startsWith('kubernetes.secret ');
      world.ports.kubernetes.fail({ code: 'CLUSTER_TIMEOUT', times: 1, when: isRead });
      await world.drain(3 * HOUR_MS);
      await reconcile(world);
    }
    expect(world.data()).toEqual({ password: 'p2', user: 'u1' });
  });
});
