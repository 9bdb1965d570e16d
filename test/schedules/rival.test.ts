import { describe, expect, it } from 'vitest';
import { dropRows, HOUR_MS, putRoute, reconcile, rowsOf } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
/** Its name comes first in the alphabet; its bytes would be the same, under another key. */
const RIVAL = {
  prefix: PASSWORD,
  namespaces: ['app-1'],
  layout: 'explicit',
  name: 'pg',
  data: { taken: { secret: PASSWORD } },
};
const isCreate = (call: string): boolean => call.startsWith('kubernetes.create ');
const isRemoved = (call: string): boolean => /^kubernetes\.remove .* done$/.test(call);

/** An immutable Secret that was delivered an hour ago by route app-1: a new version means DELETE and POST. */
async function settledImmutable(): Promise<World> {
  const world = createWorld({ routes: { 'app-1': { immutable: true } } });
  world.set(PASSWORD, 'v1');
  await reconcile(world);
  await world.ports.clock.advance(HOUR_MS);
  world.set(PASSWORD, 'v2');
  return world;
}

/** DELETE is done, and the POST outlasts its deadline; `then` happens, and the API server takes Secrets again. */
async function deletedOnly(world: World, bring: () => Promise<unknown>, then: () => Promise<unknown>) {
  const mended = world.ports.kubernetes.fail({ code: 'CLUSTER_FAILED', when: isCreate });
  await bring();
  expect(world.data()).toBeUndefined();
  await then();
  mended();
}

describe('a Secret that is deleted to be created anew, while a second route claims its place', () => {
  it.each([
    ['before the DELETE', true],
    ['after it', false],
  ])(
    'is created by its own route at the next attempt, when the POST outlasts its deadline: a claim from %s',
    async (_when, isEarly) => {
      const world = await settledImmutable();
      const claim = (): Promise<void> => putRoute(world, 'aaa', RIVAL);
      if (isEarly) await claim();
      await deletedOnly(world, () => world.event(PASSWORD), claim);
      await world.drain(HOUR_MS);
      expect(world.data()).toEqual({ password: 'v2' });
      expect(await rowsOf(world)).toMatchObject([{ state: 'synced', route: 'app-1', maker: 'team/app-1' }]);
    },
  );

  it('is created by its own route although the other one looks first, whose look says nothing of it', async () => {
    const world = await settledImmutable();
    const rivalLooks = async (): Promise<void> => {
      await putRoute(world, 'aaa', RIVAL);
      await world.ports.clock.advance(3000);
      await world.event(PASSWORD, 'event-2');
      expect(await rowsOf(world)).toMatchObject([{ state: 'pending', route: 'app-1' }]);
    };
    await deletedOnly(world, () => world.event(PASSWORD), rivalLooks);
    await world.drain(HOUR_MS);
    expect(world.data()).toEqual({ password: 'v2' });
  });

  it('is created by the message that was queued before the DELETE, when the process dies after it', async () => {
    const world = await settledImmutable();
    await putRoute(world, 'aaa', RIVAL);
    world.before = async (call) => {
      if (isRemoved(call)) await new Promise(() => {});
    };
    void world.event(PASSWORD).catch(() => undefined);
    for (let step = 0; world.data() !== undefined && step < 100; step += 1)
      await world.ports.clock.advance(100);
    expect(world.data()).toBeUndefined();
    world.before = async () => {};
    // Its reads are its own: the dead process may hold one.
    await world.drain(HOUR_MS);
    expect(world.data()).toEqual({ password: 'v2' });
  });

  it('is created by its own route in a run, when that is what deleted it', async () => {
    const world = await settledImmutable();
    const claim = (): Promise<void> => putRoute(world, 'aaa', RIVAL);
    await deletedOnly(world, () => reconcile(world), claim);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 'v2' });
  });

  it("is the other one's once its own route has withdrawn", async () => {
    const world = await settledImmutable();
    await deletedOnly(
      world,
      () => world.event(PASSWORD),
      async () => {
        await putRoute(world, 'aaa', RIVAL);
        await dropRows(world, 'Route', 'app-1');
      },
    );
    await reconcile(world);
    expect(world.data()).toEqual({ taken: 'v2' });
  });

  it("is nobody's where the table of rows was lost: then nothing tells whose it was", async () => {
    const world = await settledImmutable();
    await deletedOnly(
      world,
      () => world.event(PASSWORD),
      async () => {
        await putRoute(world, 'aaa', RIVAL);
        const rows = await rowsOf(world);
        await world.ports.status.forgetTargets(rows, new AbortController().signal);
      },
    );
    await world.drain(HOUR_MS);
    expect(world.data()).toBeUndefined();
    expect(await rowsOf(world)).toMatchObject([{ state: 'refused', code: 'COLLISION' }]);
  });
});

describe('a Secret that somebody deletes by hand, while a second route claims its place', () => {
  it('is created anew by the route that made it', async () => {
    const world = await settledImmutable();
    await putRoute(world, 'aaa', RIVAL);
    world.ports.kubernetes.people('weu-1').remove('app-1', 'pg');
    await reconcile(world);
    expect(world.data()).toEqual({ password: 'v2' });
  });
});
