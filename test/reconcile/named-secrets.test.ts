import { beforeEach, describe, expect, it } from 'vitest';
import { forget, putRoute, reconcile, reconcileTwice, rowsOf, rowWrites, runRow } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const USER = 'app-1--pg--user';
const EXPLICIT = {
  layout: 'explicit',
  name: 'pg',
  data: { password: { secret: PASSWORD }, user: { secret: USER } },
};

let world: World;

/** The identity has a role on each of the secrets, and none on the vault: it gets them, and lists nothing. */
beforeEach(async () => {
  world = createWorld();
  await putRoute(world, 'app-1', EXPLICIT);
  world.set(PASSWORD, 's3cret');
  world.set(USER, 'ann');
  world.ports.vault.fail({ code: 'VAULT_FORBIDDEN', when: (call) => call.startsWith('vault.list') });
});

describe('a vault of which the identity may get secrets and list none', () => {
  it('is served by runs where its routes name their secrets', async () => {
    const run = await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret', user: 'ann' });
    expect(await runRow(world, run)).toMatchObject({ state: 'done', counts: { DELIVERED: 1 } });
  });

  it('is at rest in the next run: nothing is written, to no cluster and no table', async () => {
    await reconcile(world);
    await world.ports.clock.advance(20 * 60_000);
    await reconcile(world);
    forget(world);
    await reconcile(world);
    expect(world.writes()).toEqual([]);
    expect(rowWrites(world)).toEqual([]);
  });

  it('shows a secret that is disabled, and one that is gone', async () => {
    await reconcile(world);
    world.ports.vault.people.disable('team', USER);
    world.ports.vault.people.delete('team', PASSWORD);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret', user: 'ann' });
    const [row] = await rowsOf(world);
    expect(row).toMatchObject({ state: 'degraded' });
    expect(JSON.parse(row?.parts ?? '')).toEqual({ [PASSWORD]: 'deleted', [USER]: 'disabled' });
  });

  it('loses a key only where its route asks, its secret answers 404, and two runs saw it', async () => {
    await putRoute(world, 'app-1', { ...EXPLICIT, onDeleted: 'remove' });
    await reconcile(world);
    world.ports.vault.people.delete('team', USER);
    await reconcileTwice(world);
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('is not looked at where one of its secrets may not be read either', async () => {
    world.ports.vault.people.forbid('team', 'rbac', USER);
    const run = await reconcile(world);
    expect(await runRow(world, run)).toMatchObject({ state: 'incomplete' });
    expect(world.data()).toBeUndefined();
  });

  it('is not looked at where a route takes what a listing shows', async () => {
    await putRoute(world, 'app-2', { prefix: 'app-2--', namespaces: ['app-1'] });
    const run = await reconcile(world);
    expect(await runRow(world, run)).toMatchObject({ state: 'incomplete' });
  });
});
