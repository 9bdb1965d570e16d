import { describe, expect, it } from 'vitest';
import { reconcile, rowsOf } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const USER = 'app-1--pg--user';
const HOUR_MS = 3_600_000;

/** A Secret of one key, whose source was disabled under `onDisabled: remove`, beside one that never gave a key. */
async function withoutItsLastKey(spoil: (world: World) => void): Promise<World> {
  const world = createWorld({ routes: { 'app-1': { onDisabled: 'remove' } } });
  world.set(PASSWORD, 's3cret');
  await reconcile(world);
  spoil(world);
  world.ports.vault.people.disable('team', PASSWORD);
  for (let run = 0; run < 3; run += 1) {
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
  }
  return world;
}

const rowOf = async (world: World) => (await rowsOf(world)).find(({ id }) => id === 'app-1:pg');

describe('a Secret that left with its last key, while another source could give none', () => {
  const breakIt = (world: World) =>
    void world.set(USER, 'not base64!', { tags: { 'file-encoding': 'base64' } });

  it('is a refusal that says so, and no Secret that is less than it could be', async () => {
    const world = await withoutItsLastKey(breakIt);

    expect(world.data()).toBeUndefined();
    expect(world.ports.log.codes()).toContain('REMOVED');
    expect(await rowOf(world)).toMatchObject({ state: 'refused', code: 'RENDER_REFUSED', stands: 'no' });
    expect((await rowOf(world))?.message).toMatch(
      /^the Secret was removed with its last key; the value of secret app-1--pg--user .*is not base64/,
    );
  });

  it('is made again from that source once its value is right', async () => {
    const world = await withoutItsLastKey(breakIt);
    world.set(USER, 'YW5u', { tags: { 'file-encoding': 'base64' } });
    await world.event(USER);

    expect(world.data()).toEqual({ user: 'ann' });
    expect(await rowOf(world)).toMatchObject({ state: 'degraded', stands: 'yes' });
  });

  it('waits for a source that cannot be read', async () => {
    const world = await withoutItsLastKey((spoilt) => {
      spoilt.set(USER, 'ann');
      spoilt.ports.vault.fail({ code: 'VAULT_UNAVAILABLE', when: (call) => call.includes(USER) });
    });

    expect(world.data()).toBeUndefined();
    expect(await rowOf(world)).toMatchObject({ state: 'pending', code: 'VAULT_UNAVAILABLE', stands: 'no' });
  });
});
