import { describe, expect, it } from 'vitest';
import { VaultcastError } from '../../shared/errors.ts';
import { createWorld, onlyOutcome, type World, type WorldOptions } from '../support/world.ts';

/** A cluster where the app has no role in any namespace: it may look at Namespaces and not at Secrets. */
async function eventWithoutRole(options: WorldOptions): Promise<World> {
  const world = createWorld(options);
  world.set('app-1--pg--password', 'hunter2');
  world.before = async (call) => {
    if (call.startsWith('kubernetes.secret '))
      throw new VaultcastError('CLUSTER_FORBIDDEN', 'RBAC denies it');
  };
  await world.event();
  return world;
}

describe('a namespace without a role for the app', () => {
  it('is said to be missing when it is', async () => {
    const world = await eventWithoutRole({ namespaces: {} });
    expect(onlyOutcome(world)).toMatchObject({ code: 'NAMESPACE_MISSING' });
    expect(world.ports.queue.waiting('push')).toEqual([]);
  });

  it.each([
    [undefined, 'namespace app-1 accepts no secrets (annotation vaultcast.dev/accept is missing)'],
    ['app-2--', 'secret app-1--pg--password is not accepted by namespace app-1'],
  ])('is said to accept nothing of ours when it does not: %j', async (accept, message) => {
    const world = await eventWithoutRole({ namespaces: { 'app-1': accept } });
    expect(onlyOutcome(world)).toMatchObject({ code: 'NOT_ACCEPTED', message });
    expect(world.ports.queue.waiting('push')).toEqual([]);
  });

  it('waits for its role when it accepts the secret', async () => {
    const world = await eventWithoutRole({ namespaces: { 'app-1': 'app-1--' } });
    expect(onlyOutcome(world)).toMatchObject({ code: 'CLUSTER_FORBIDDEN' });
    expect(world.ports.queue.waiting('push')).toHaveLength(1);
  });

  it('waits for its role where no consent is asked', async () => {
    const clusters = { 'weu-1': { requireConsent: false } };
    const world = await eventWithoutRole({ clusters, namespaces: { 'app-1': undefined } });
    expect(onlyOutcome(world)).toMatchObject({ code: 'CLUSTER_FORBIDDEN' });
  });
});
