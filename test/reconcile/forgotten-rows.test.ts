import { describe, expect, it } from 'vitest';
import { dropRows, reconcile, reconcileNow, rowsOf } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';

/** Of pg nothing is left but its row; mq stands. */
async function withGone(): Promise<World> {
  const world = createWorld();
  world.set(PASSWORD, 's3cret');
  world.set('app-1--mq--key', 'k');
  await reconcile(world);
  world.ports.vault.people.delete('team', PASSWORD);
  world.ports.kubernetes.people('weu-1').remove('app-1', 'pg');
  return world;
}

const ids = async (world: World): Promise<string[]> => (await rowsOf(world)).map(({ id }) => id).sort();
const GONE = ['app-1:mq'];
const KEPT = ['app-1:mq', 'app-1:pg'];

describe('the row of a target that is no more', () => {
  it('is forgotten by a run of the timer', async () => {
    const world = await withGone();
    await reconcile(world);
    expect(await ids(world)).toEqual(GONE);
  });

  it('is forgotten by a run that a person asks for', async () => {
    const world = await withGone();
    await reconcileNow(world);
    expect(await ids(world)).toEqual(GONE);
  });

  it('is kept by a run for one route, which does not look at all there is', async () => {
    const world = await withGone();
    await reconcileNow(world, { route: 'app-1' });
    expect(await ids(world)).toEqual(KEPT);
  });

  it('is kept while a registry row is bad, which may be of the route that wants it', async () => {
    const world = await withGone();
    world.ports.registry.write('Route', { partitionKey: 'team', rowKey: 'bad' });
    await reconcile(world);
    expect(await ids(world)).toEqual(KEPT);
    await dropRows(world, 'Route', 'bad');
    await reconcile(world);
    expect(await ids(world)).toEqual(GONE);
  });

  it('is kept while its vault cannot be listed', async () => {
    const world = await withGone();
    world.ports.vault.people.forbid('team', 'firewall');
    await reconcile(world);
    expect(await ids(world)).toEqual(KEPT);
  });

  it('is kept while its namespace cannot be listed', async () => {
    const world = await withGone();
    world.ports.kubernetes.fail({
      code: 'CLUSTER_TIMEOUT',
      when: (call) => call.startsWith('kubernetes.managedSecrets weu-1/app-1'),
    });
    await reconcile(world);
    expect(await ids(world)).toEqual(KEPT);
  });
});
