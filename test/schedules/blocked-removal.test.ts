import { describe, expect, it } from 'vitest';
import { allValueReads, forget, HOUR_MS, reconcile, rowsOf, rowWrites } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const ACCEPT = 'vaultcast.dev/accept';

const PASSWORD = 'app-1--pg--password';
const USER = 'app-1--pg--user';
const BROKEN = { tags: { 'file-encoding': 'base64' } };

/** The key of a disabled source is to leave, which means DELETE and POST; a sibling that is none of what its tag promises is in the way. */
async function blocked(): Promise<World> {
  const world = createWorld({ routes: { 'app-1': { immutable: true, onDisabled: 'remove' } } });
  world.set(PASSWORD, 'p1');
  world.set(USER, 'u1');
  await reconcile(world);
  await world.ports.clock.advance(HOUR_MS);
  world.set(USER, 'no base64!', BROKEN);
  world.ports.vault.people.disable('team', PASSWORD);
  for (let run = 0; run < 3; run += 1) {
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS + 60_000);
  }
  await reconcile(world);
  return world;
}

describe('a removal that is proven, and that a broken source keeps from being carried out', () => {
  it('is tried once: the steady state reads no value and writes no row', async () => {
    const world = await blocked();
    expect(world.data()).toEqual({ password: 'p1', user: 'u1' });
    expect(await rowsOf(world)).toMatchObject([{ state: 'refused', code: 'RENDER_REFUSED' }]);
    forget(world);
    await reconcile(world);
    expect(allValueReads(world)).toEqual([]);
    expect(rowWrites(world)).toEqual([]);
  });

  it('is carried out by the first run after the source was mended', async () => {
    const world = await blocked();
    world.set(USER, 'u2');
    await world.ports.clock.advance(60_000);
    await reconcile(world);
    expect(world.data()).toEqual({ user: 'u2' });
  });

  it('is begun anew when the key that is to leave was delivered again', async () => {
    const world = await blocked();
    world.ports.vault.people.enable('team', PASSWORD);
    world.set(USER, 'u2');
    await world.ports.clock.advance(60_000);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 'p1', user: 'u2' });
    expect(await rowsOf(world)).toMatchObject([{ removal: '' }]);
  });
});

/** The source of a key is deleted, and its namespace accepts it no more: such a key leaves with the next write. */
async function narrowed(): Promise<World> {
  const world = createWorld({ routes: { 'app-1': { onDeleted: 'remove' } } });
  world.set(PASSWORD, 'p1');
  world.set(USER, 'u1');
  await reconcile(world);
  await world.ports.clock.advance(HOUR_MS);
  world.ports.kubernetes.people('weu-1').annotate('app-1', { [ACCEPT]: PASSWORD });
  world.ports.vault.people.delete('team', USER);
  for (let run = 0; run < 4; run += 1) {
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS + 60_000);
  }
  return world;
}

describe('a removal that is proven, of a key that its namespace accepts no more', () => {
  it('is tried once: the steady state reads no value and writes no row', async () => {
    const world = await narrowed();
    expect(world.data()).toEqual({ password: 'p1', user: 'u1' });
    forget(world);
    await reconcile(world);
    expect(allValueReads(world)).toEqual([]);
    expect(rowWrites(world)).toEqual([]);
  });

  it('is carried out by the first run after the namespace accepts it again', async () => {
    const world = await narrowed();
    world.ports.kubernetes.people('weu-1').annotate('app-1', { [ACCEPT]: 'app-1--' });
    await reconcile(world);
    expect(world.data()).toEqual({ password: 'p1' });
  });
});
