import { describe, expect, it } from 'vitest';
import { onPushMessage } from '../../shared/sync.ts';
import { HOUR_MS, reconcile, rowsOf } from '../support/fleet.ts';
import { createWorld, finish, type World } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const USER = 'app-1--pg--user';
const WHOLE = { password: 's3cret', user: 'ann' };

/** An instance whose clock is a minute and a half behind looks at the target, soon after a run saw that the source is gone. */
async function looked(sees: (world: World) => void): Promise<World> {
  const world = createWorld({ routes: { 'app-1': { onDeleted: 'remove' } } });
  world.set(PASSWORD, 's3cret');
  world.set(USER, 'ann');
  await reconcile(world);
  world.ports.vault.people.delete('team', USER);
  await world.ports.clock.advance(1000);
  await reconcile(world);
  sees(world);
  const { clock } = world.ports;
  await clock.advance(10_000);
  const late = { ...world.otherProcess(), clock: { ...clock, now: () => clock.now() - 90_000 } };
  const message = {
    kind: 'target',
    vault: 'team',
    secret: USER,
    cause: 'event-7',
    since: clock.now() - 1000,
    attempt: 2,
    cluster: 'weu-1',
    namespace: 'app-1',
    name: 'pg',
  };
  await finish(clock, onPushMessage(message, late, world.settings));
  return world;
}

/** The source is gone again, and a run comes that is more than an hour after the first one. */
async function goneAgain(world: World): Promise<void> {
  world.ports.vault.people.delete('team', USER);
  await world.ports.clock.advance(HOUR_MS + 60_000);
  await reconcile(world);
}

describe('the proof of a removal, when an instance looks whose clock is behind', () => {
  it('ends with a look that finds the source, though the row is later by the clock of another', async () => {
    const world = await looked(({ ports }) => ports.vault.people.recover('team', USER));
    expect(await rowsOf(world)).toMatchObject([{ removal: '' }]);

    await goneAgain(world);
    expect(world.data()).toEqual(WHOLE);
  });

  it('stays when the look finds what was proven', async () => {
    const world = await looked(() => {});
    expect(await rowsOf(world)).not.toMatchObject([{ removal: '' }]);

    await world.ports.clock.advance(HOUR_MS + 60_000);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret' });
  });
});
