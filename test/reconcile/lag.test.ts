import { describe, expect, it } from 'vitest';
import { VaultcastError } from '../../shared/errors.ts';
import { HOUR_MS, reconcile } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const USER = 'app-1--pg--user';
const WHOLE = { password: 's3cret', user: 'ann' };

const seconds = (world: World, inSeconds: number) => Math.floor(world.ports.clock.now() / 1000) + inSeconds;
const codes = (world: World) => new Set(world.ports.log.codes());

async function settled(): Promise<World> {
  const world = createWorld();
  world.set(PASSWORD, 's3cret');
  world.set(USER, 'ann');
  await reconcile(world);
  await world.ports.clock.advance(HOUR_MS);
  return world;
}

describe('a replica of the vault that answers with an older version', () => {
  it('is believed by a run after 24 hours, and not before', async () => {
    const world = await settled();
    world.ports.kubernetes.people('weu-1').edit('app-1', 'pg', (one) => {
      const { annotations = {} } = one.metadata;
      const sources = annotations['vaultcast.dev/sources'] ?? '';
      const forged = sources.replaceAll(/:\d+/g, `:${seconds(world, 300)}`);
      return {
        ...one,
        metadata: { ...one.metadata, annotations: { ...annotations, 'vaultcast.dev/sources': forged } },
      };
    });
    world.set(USER, 'bob');
    await reconcile(world);
    expect(codes(world)).toContain('STALE_READ');
    await world.ports.clock.advance(23 * HOUR_MS);
    await reconcile(world);
    expect(world.data()).toEqual(WHOLE);
    await world.ports.clock.advance(2 * HOUR_MS);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret', user: 'bob' });
  });
});

describe('a version that an event announced and a replica did not show, when the whole event had to wait', () => {
  it('is delayed until the next run and not lost: its message finds nothing to do', async () => {
    const world = createWorld({ replicaLagMs: 60_000 });
    world.set(PASSWORD, 'v1');
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 'v1' });
    world.set(PASSWORD, 'v2');
    world.before = (call) =>
      call.startsWith('registry.')
        ? Promise.reject(new VaultcastError('REGISTRY_UNAVAILABLE', 'the registry is away'))
        : Promise.resolve();
    await world.event(PASSWORD);
    world.before = async () => {};
    await world.drain();
    expect(world.ports.log.codes().slice(-2)).toEqual(['REGISTRY_UNAVAILABLE', 'UNCHANGED']);
    expect(world.data()).toEqual({ password: 'v1' });
    await world.ports.clock.advance(HOUR_MS / 4);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 'v2' });
  });
});
