import { describe, expect, it } from 'vitest';
import type { Code } from '../../shared/errors.ts';
import { onPushMessage } from '../../shared/sync.ts';
import { HOUR_MS, reconcile, rowsOf } from '../support/fleet.ts';
import { createWorld, finish, type World } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const USER = 'app-1--pg--user';

/**
 * A rotation whose event failed once, and a replica of the vault that shows what was before when its message comes. The row tells
 * of a look by a clock that is so much ahead.
 */
async function lagging(code: Code, call: string, aheadMs = 0): Promise<World> {
  const world = createWorld();
  world.set(PASSWORD, 'p1');
  world.set(USER, 'u1');
  await reconcile(world);
  await world.ports.clock.advance(HOUR_MS);
  const lookedAt = world.ports.clock.now() + aheadMs;
  const writes = (await rowsOf(world)).map((row) => ({ row: { ...row, lookedAt }, over: row }));
  if (aheadMs > 0) await world.ports.status.saveTargets(writes, new AbortController().signal);
  world.ports.vault.people.serveStale('team', true);
  world.set(PASSWORD, 'p2');
  const failed = call.startsWith('vault') ? world.ports.vault : world.ports.kubernetes;
  failed.fail({ code, times: 1, when: (one) => one.startsWith(call) });
  await world.event(PASSWORD, 'event-2');
  return world;
}

/** An instance whose clock is behind takes the next message. */
async function lookWithLateClock(world: World, afterMs = 60_000): Promise<void> {
  const { clock, queue } = world.ports;
  await clock.advance(afterMs);
  const late = { ...world.otherProcess(), clock: { ...clock, now: () => clock.now() - 90_000 } };
  const delivery = queue.receive('push');
  await finish(clock, onPushMessage(delivery?.message, late, world.settings));
  delivery?.complete();
}

describe('a message that meets a replica which does not show the version of its event yet', () => {
  it.each<[string, Code, string]>([
    ['the cluster failed', 'CLUSTER_FAILED', 'kubernetes.secret '],
    ['the vault failed', 'VAULT_UNAVAILABLE', `vault.read team/${PASSWORD}`],
  ])('looks again until it is there, without a run: %s at the event', async (_, code, call) => {
    const world = await lagging(code, call);
    await world.drain(25_000);
    expect(world.data()).toEqual({ password: 'p1', user: 'u1' });
    world.ports.vault.people.serveStale('team', false);
    await world.drain();
    expect(world.data()).toEqual({ password: 'p2', user: 'u1' });
    expect(await rowsOf(world)).toMatchObject([{ state: 'synced', announced: '' }]);
  });

  it('goes on for the event that left its work to it, too', async () => {
    const world = await lagging('CLUSTER_FAILED', 'kubernetes.secret ');
    world.set(USER, 'u2');
    world.ports.kubernetes.fail({ code: 'CLUSTER_FAILED', times: 1 });
    await world.event(USER, 'event-3');
    await world.drain(25_000);
    world.ports.vault.people.serveStale('team', false);
    await world.drain();
    expect(world.data()).toEqual({ password: 'p2', user: 'u2' });
  });

  it.each([
    ['its next message', (world: World) => world.drain(25_000).then(() => lookWithLateClock(world))],
    ['the first, to whom that version is still to come', (world: World) => lookWithLateClock(world, 13_000)],
  ])('goes on although an instance whose clock is behind takes %s', async (_, look) => {
    const world = await lagging('CLUSTER_FAILED', 'kubernetes.secret ');
    await look(world);
    world.ports.vault.people.serveStale('team', false);
    await world.drain();
    expect(world.data()).toEqual({ password: 'p2', user: 'u1' });
  });

  it('goes on although a message of another event found nothing meanwhile, and left the look to it', async () => {
    const world = await lagging('CLUSTER_FAILED', 'kubernetes.secret ');
    await world.drain(25_000);
    const { clock } = world.ports;
    const target = { kind: 'target', cluster: 'weu-1', namespace: 'app-1', name: 'pg' };
    const other = { vault: 'team', secret: PASSWORD, cause: 'event-1', since: clock.now(), attempt: 3 };
    await finish(clock, onPushMessage({ ...target, ...other }, world.ports, world.settings));
    expect(await rowsOf(world)).toMatchObject([{ cause: 'event-2', nextRetry: expect.any(Number) }]);
    await lookWithLateClock(world);
    world.ports.vault.people.serveStale('team', false);
    await world.drain();
    expect(world.data()).toEqual({ password: 'p2', user: 'u1' });
  });

  it('goes on although the last look before its event is later by the clock of another instance', async () => {
    const world = await lagging('CLUSTER_FAILED', 'kubernetes.secret ', 90_000);
    await world.drain(25_000);
    expect(world.data()).toEqual({ password: 'p1', user: 'u1' });
    world.ports.vault.people.serveStale('team', false);
    await world.drain();
    expect(world.data()).toEqual({ password: 'p2', user: 'u1' });
    expect(await rowsOf(world)).toMatchObject([{ state: 'synced', announced: '' }]);
  });

  it('ends at once when the secret was rotated twice within a second, and the later version is there', async () => {
    const world = await lagging('CLUSTER_FAILED', 'kubernetes.secret ');
    world.set(PASSWORD, 'p3');
    world.ports.vault.people.serveStale('team', false);
    await world.drain(25_000);
    expect(world.data()).toEqual({ password: 'p3', user: 'u1' });
    expect(world.ports.queue.waiting('push')).toEqual([]);
    expect(await rowsOf(world)).toMatchObject([{ state: 'synced', announced: '', nextRetry: 0 }]);
  });

  it('ends when the version is ten minutes old, after a handful of looks', async () => {
    const world = await lagging('CLUSTER_FAILED', 'kubernetes.secret ');
    await world.drain();
    const looks = world.ports.log.outcomes.filter(({ attempt = 1 }) => attempt > 1);
    expect(looks.length).toBeLessThan(8);
    expect(world.ports.clock.now()).toBeLessThan(Date.UTC(2026, 10, 20) + HOUR_MS + 1_300_000);
  });
});

describe('a Secret that was deleted by hand and is created of what a replica shows which lags', () => {
  /** The user was rotated and delivered a minute ago; from now on the replica shows what was before, until it catches up. */
  async function lost(): Promise<{ world: World; catchUp: () => void }> {
    const world = createWorld();
    world.set(PASSWORD, 'p1');
    world.set(USER, 'u1');
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS);
    const { vault, kubernetes, clock } = world.ports;
    const read = vault.read.bind(vault);
    const earlier = await read({ vault: 'team', name: USER }, new AbortController().signal);
    world.set(USER, 'u2');
    await world.event(USER);
    expect(world.data()).toEqual({ password: 'p1', user: 'u2' });
    await clock.advance(60_000);
    kubernetes.people('weu-1').remove('app-1', 'pg');
    vault.read = (ref, signal) => (ref.name === USER ? Promise.resolve(earlier) : read(ref, signal));
    return { world, catchUp: () => void (vault.read = read) };
  }

  it.each([
    ['no other secret moves', async () => {}],
    ['another one moves while it is created', async (world: World) => void world.set(PASSWORD, 'p3')],
  ])('gets what stood there before, without a run: %s', async (_, meanwhile) => {
    const { world, catchUp } = await lost();
    world.set(PASSWORD, 'p2');
    world.before = async (call) => {
      if (!/^kubernetes\.create .* done$/.test(call)) return;
      world.before = async () => {};
      await world.ports.clock.sleep(1000);
      await meanwhile(world);
    };
    await world.event(PASSWORD, 'event-2');
    await world.drain(25_000);
    expect(world.data()).toMatchObject({ user: 'u1' });
    catchUp();
    await world.drain();
    expect(world.data()).toMatchObject({ user: 'u2' });
    expect(await rowsOf(world)).toMatchObject([{ state: 'synced', announced: '', nextRetry: 0 }]);
  });

  it.each([
    ['tomorrow', 24 * 3600],
    ['in nine minutes', 540],
  ])(
    'is not looked at again for a version of which somebody wrote that it was made %s',
    async (_, seconds) => {
      const { world } = await lost();
      const date = Math.floor(world.ports.clock.now() / 1000) + seconds;
      const forged = (sources: string): string => sources.replaceAll(/:\d+/g, `:${date}`);
      const writes = (await rowsOf(world)).map((row) => ({
        row: { ...row, sources: forged(row.sources) },
        over: row,
      }));
      await world.ports.status.saveTargets(writes, new AbortController().signal);
      await world.event(PASSWORD, 'event-2');
      expect(world.data()).toEqual({ password: 'p1', user: 'u1' });
      expect(world.ports.queue.waiting('push')).toEqual([]);
    },
  );

  it('is looked at a few times only where that version does not come back', async () => {
    const { world } = await lost();
    await world.event(PASSWORD, 'event-2');
    await world.drain();
    expect(world.data()).toEqual({ password: 'p1', user: 'u1' });
    expect(world.ports.log.outcomes.filter(({ attempt = 1 }) => attempt > 1).length).toBeLessThan(8);
    expect(await rowsOf(world)).toMatchObject([{ state: 'synced', announced: '', nextRetry: 0 }]);
  });
});
