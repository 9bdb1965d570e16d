import { describe, expect, it } from 'vitest';
import { HOUR_MS, reconcile } from '../support/fleet.ts';
import { createWorld } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const QUARTER_MS = 15 * 60_000;

/** The API server's informer shows its policy the namespace as it was a moment ago. */
describe('an admission refusal that our own look at the namespace contradicts', () => {
  it('is tried again by the next run, after a namespace began to accept', async () => {
    const world = createWorld({ namespaces: { 'app-1': undefined } });
    world.set(PASSWORD, 'v1');
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    world.ports.kubernetes.people('weu-1').annotate('app-1', { 'vaultcast.dev/accept': 'app-1--' });
    const isCreate = (call: string): boolean => call.startsWith('kubernetes.create ');
    world.ports.kubernetes.fail({ code: 'SECRET_INVALID', times: 1, when: isCreate });
    await reconcile(world);
    await world.ports.clock.advance(QUARTER_MS);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 'v1' });
  });

  it('is tried again by the next run, for a rotation that is more than ten minutes old', async () => {
    const world = createWorld();
    world.set(PASSWORD, 'v1');
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    world.set(PASSWORD, 'v2');
    await world.ports.clock.advance(11 * 60_000);
    const isReplace = (call: string): boolean => call.startsWith('kubernetes.replace ');
    world.ports.kubernetes.fail({ code: 'SECRET_INVALID', times: 1, when: isReplace });
    await world.event(PASSWORD);
    await world.drain(QUARTER_MS);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 'v2' });
  });
});
