import { describe, expect, it } from 'vitest';
import { HOUR_MS, reconcile } from '../support/fleet.ts';
import { createWorld } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const { signal } = new AbortController();

describe('a cluster in back-off', () => {
  it('that is healthy again is looked at by the run that met it, a minute later', async () => {
    const world = createWorld();
    world.set(PASSWORD, 'v1');
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS);
    world.set(PASSWORD, 'v2');
    const backOff = { failures: 8, nextTry: world.ports.clock.now() + 60_000 };
    await world.ports.status.saveBackOff('weu-1', backOff, signal);
    await reconcile(world);
    await world.drain(14 * 60_000);
    expect(world.data()).toEqual({ password: 'v2' });
  });

  it('whose next try is lost to an instance that found it healthy is written at once', async () => {
    const world = createWorld();
    world.set(PASSWORD, 'v1');
    await reconcile(world);
    world.set(PASSWORD, 'v2');
    const backOff = { failures: 8, nextTry: world.ports.clock.now() };
    await world.ports.status.saveBackOff('weu-1', backOff, signal);
    world.before = async (call) => {
      if (call !== 'status.backOffs done') return;
      world.before = async () => {};
      await world.ports.status.saveBackOff('weu-1', undefined, signal);
    };
    await world.event(PASSWORD);
    expect(world.data()).toEqual({ password: 'v2' });
  });
});
