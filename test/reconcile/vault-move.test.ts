import { describe, expect, it } from 'vitest';
import { dropRows, HOUR_MS, putRoute, reconcile, rowsOf } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const SOURCES = 'vaultcast.dev/sources';
const recorded = (world: World): string | undefined =>
  world.ports.kubernetes.people('weu-1').secret('app-1', 'pg')?.annotations[SOURCES];

/** A route whose secrets were delivered from vault team, and which takes them from vault other now. */
async function moved(prepare: (world: World) => void): Promise<World> {
  const world = createWorld({ namespaces: { 'app-1': 'app-1--,other/app-1--' } });
  prepare(world);
  await world.ports.clock.advance(HOUR_MS);
  world.set('app-1--pg--a', 'from team');
  await reconcile(world);
  await dropRows(world, 'Route');
  await putRoute(world, 'app-1', { vault: 'other' });
  await world.ports.clock.advance(HOUR_MS);
  await reconcile(world);
  return world;
}

describe('a route that moves to another vault', () => {
  it('delivers a secret that was made there before the one it replaces', async () => {
    const world = await moved((early) => void early.ports.vault.people.set('other', 'app-1--pg--a', 'moved'));
    expect(world.data()).toEqual({ a: 'moved' });
    expect(recorded(world)).toMatch(/^other\/app-1--pg--a@/);
    expect(await rowsOf(world)).toMatchObject([{ state: 'synced', code: 'DELIVERED' }]);
  });

  it('never says that what was found came from there', async () => {
    const world = await moved((early) => {
      early.ports.vault.people.set('other', 'app-1--pg--a', 'never delivered');
      early.ports.vault.people.disable('other', 'app-1--pg--a');
    });
    expect(world.data()).toEqual({ a: 'from team' });
    expect(recorded(world)).toMatch(/^team\/app-1--pg--a@/);
  });
});
