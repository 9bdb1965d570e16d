import { describe, expect, it } from 'vitest';
import { HOUR_MS, reconcile } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';

/** An immutable Secret that was delivered an hour ago: a new version means DELETE and POST. */
async function settledImmutable(): Promise<World> {
  const world = createWorld({ routes: { 'app-1': { immutable: true } } });
  world.set(PASSWORD, 'v1');
  await reconcile(world);
  await world.ports.clock.advance(HOUR_MS);
  await reconcile(world);
  expect(world.data()).toEqual({ password: 'v1' });
  return world;
}

describe('a Secret that is deleted to be created anew, by a run whose event was lost', () => {
  it.each(['CLUSTER_THROTTLED', 'CLUSTER_FAILED', 'CLUSTER_TIMEOUT'] as const)(
    'is back within half an hour when its POST fails once with %s',
    async (code) => {
      const world = await settledImmutable();
      world.set(PASSWORD, 'v2');
      const isCreate = (call: string): boolean => call.startsWith('kubernetes.create ');
      world.ports.kubernetes.fail({ code, times: 1, when: isCreate });
      await reconcile(world);
      await world.drain(HOUR_MS / 2);
      expect(world.data()).toEqual({ password: 'v2' });
    },
  );

  it.each(['CLUSTER_THROTTLED', 'CLUSTER_FAILED', 'CLUSTER_TIMEOUT'] as const)(
    'is back before the run ends when its POST fails twice with %s: the message is for what a process does not live to see',
    async (code) => {
      const world = await settledImmutable();
      world.set(PASSWORD, 'v2');
      const isCreate = (call: string): boolean => call.startsWith('kubernetes.create ');
      world.ports.kubernetes.fail({ code, times: 2, when: isCreate });
      await reconcile(world);
      expect(world.data()).toEqual({ password: 'v2' });
    },
  );

  it('is left to its message when its POST fails for longer than the run may try', async () => {
    const world = await settledImmutable();
    world.set(PASSWORD, 'v2');
    const isCreate = (call: string): boolean => call.startsWith('kubernetes.create ');
    const mended = world.ports.kubernetes.fail({ code: 'CLUSTER_FAILED', when: isCreate });
    await reconcile(world);
    expect(world.data()).toBeUndefined();
    mended();
    await world.drain(60_000);
    expect(world.data()).toEqual({ password: 'v2' });
  });

  it('is back within half an hour when the answer to its DELETE was lost', async () => {
    const world = await settledImmutable();
    world.set(PASSWORD, 'v2');
    const isRemove = (call: string): boolean => call.startsWith('kubernetes.remove ');
    world.ports.kubernetes.fail({ code: 'CLUSTER_TIMEOUT', times: 1, moment: 'after', when: isRemove });
    await reconcile(world);
    await world.drain(HOUR_MS / 2);
    expect(world.data()).toEqual({ password: 'v2' });
  });
});

describe('a Secret that is deleted to be created anew, by an event', () => {
  it('is back within a minute when the budget ends between DELETE and POST', async () => {
    const world = await settledImmutable();
    world.set(PASSWORD, 'v2');
    let isOver = false;
    world.before = async (call) => {
      if (isOver || !/^kubernetes\.remove .* done$/.test(call)) return;
      isOver = true;
      await world.ports.clock.sleep(16_000);
    };
    await world.event(PASSWORD);
    await world.drain(60_000);
    expect(world.data()).toEqual({ password: 'v2' });
  });
});
