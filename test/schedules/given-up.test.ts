import { describe, expect, it } from 'vitest';
import { HOUR_MS, reconcile, rowsOf } from '../support/fleet.ts';
import { createWorld } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';

describe('work that was given up', () => {
  it.each([
    ['the write is forbidden', (call: string) => call.startsWith('kubernetes.replace')],
    ['the namespace has lost its role', (call: string) => /kubernetes\.(secret|managedSecrets) /.test(call)],
  ])('does not wait again after the next run, for nothing is queued: %s', async (_, when) => {
    const world = createWorld();
    world.set(PASSWORD, 'p1');
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS);
    world.set(PASSWORD, 'p2');
    world.ports.kubernetes.fail({ code: 'CLUSTER_FORBIDDEN', when });
    await world.event(PASSWORD);
    await world.drain(26 * HOUR_MS);
    await reconcile(world);
    expect((await rowsOf(world)).map((row) => row.state)).not.toContain('pending');
  });
});
