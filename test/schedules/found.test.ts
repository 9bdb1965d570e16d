import { describe, expect, it } from 'vitest';
import { onPushMessage } from '../../shared/sync.ts';
import { dropRows, HOUR_MS, putRoute, reconcile, rowsOf } from '../support/fleet.ts';
import { createWorld, finish, type World, type WorldOptions } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const USER = 'app-1--pg--user';

async function delivered(options: WorldOptions = {}): Promise<World> {
  const world = createWorld(options);
  world.set(PASSWORD, 'p1');
  world.set(USER, 'u1');
  await reconcile(world);
  await world.ports.clock.advance(HOUR_MS);
  return world;
}

/** The user was purged and restored from a backup of an hour before the version that was delivered. */
async function withRestoredUser(world: World): Promise<void> {
  const { people } = world.ports.vault;
  const created = people.latest('team', USER)?.created ?? 0;
  people.delete('team', USER);
  people.purge('team', USER);
  people.set('team', USER, 'u0', { created: created - 3600 });
}

/** Claims what route app-1 makes of the same secret. */
const RIVAL = {
  prefix: 'app-1--pg--',
  namespaces: ['app-1'],
  layout: 'explicit',
  name: 'pg',
  data: { other: { secret: PASSWORD } },
};

describe('a source that a restore took back', () => {
  it('is written after a day into a Secret that must be made anew for it', async () => {
    const world = await delivered({ routes: { 'app-1': { immutable: true } } });
    await withRestoredUser(world);
    world.set(PASSWORD, 'p2');
    await world.event(PASSWORD, 'event-2');
    await world.drain(26 * HOUR_MS);
    expect(world.data()).toEqual({ password: 'p2', user: 'u0' });
    expect(world.ports.queue.waiting('push')).toEqual([]);
  });

  it('is written after a day, although a write failed meanwhile', async () => {
    const world = await delivered();
    await withRestoredUser(world);
    await reconcile(world);
    await world.ports.clock.advance(20 * HOUR_MS);
    world.set(PASSWORD, 'p2');
    const isReplace = (call: string): boolean => call.startsWith('kubernetes.replace ');
    world.ports.kubernetes.fail({ code: 'CLUSTER_FAILED', times: 1, when: isReplace });
    await reconcile(world);
    await world.ports.clock.advance(5 * HOUR_MS);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 'p2', user: 'u0' });
  });

  it('begins another day when a newer version was delivered meanwhile, although the row of that was lost', async () => {
    const world = await delivered();
    await withRestoredUser(world);
    await reconcile(world);
    await world.ports.clock.advance(20 * HOUR_MS);
    world.set(USER, 'u2');
    const isSave = (call: string): boolean => call.startsWith('status.saveTargets');
    const mended = world.ports.status.fail({ code: 'STATUS_UNAVAILABLE', when: isSave });
    await world.event(USER, 'event-2');
    mended();
    await withRestoredUser(world);
    await world.ports.clock.advance(5 * HOUR_MS);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 'p1', user: 'u2' });
    await world.ports.clock.advance(20 * HOUR_MS);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 'p1', user: 'u0' });
  });

  it('that cannot be rendered when its day is over is refused once, and does not begin another day', async () => {
    const world = await delivered();
    const { people } = world.ports.vault;
    const created = people.latest('team', USER)?.created ?? 0;
    people.delete('team', USER);
    people.purge('team', USER);
    people.set('team', USER, 'no base64!', { created: created - 3600, tags: { 'file-encoding': 'base64' } });
    await world.event(USER, 'event-2');
    world.set(PASSWORD, 'p2');
    await world.event(PASSWORD, 'event-3');
    await world.drain(27 * HOUR_MS);
    expect(world.ports.queue.waiting('push')).toEqual([]);
    expect(world.data()).toEqual({ password: 'p2', user: 'u1' });
    expect(await rowsOf(world)).toMatchObject([{ code: 'RENDER_REFUSED' }]);
  });
});

/** As version 0.1.0 wrote it: nothing tells who made the Secret. */
async function forgetMaker(world: World): Promise<void> {
  const rows = await rowsOf(world);
  const writes = rows.map((row) => ({ row: { ...row, maker: '' }, over: row }));
  await world.ports.status.saveTargets(writes, new AbortController().signal);
}

describe('the row of a target', () => {
  it('says that nothing stands when its Secret was deleted while two routes claim it, and nobody knows whose it was', async () => {
    const world = await delivered();
    await forgetMaker(world);
    await putRoute(world, 'a-rival', RIVAL);
    world.ports.kubernetes.people('weu-1').remove('app-1', 'pg');
    await reconcile(world);
    expect(await rowsOf(world)).toMatchObject([{ state: 'refused', code: 'COLLISION', stands: 'no' }]);
  });

  it('names the collision, and not the pause, when one of two routes that claim it is paused', async () => {
    const world = await delivered();
    await forgetMaker(world);
    await putRoute(world, 'a-rival', { ...RIVAL, paused: true });
    world.ports.kubernetes.people('weu-1').remove('app-1', 'pg');
    await reconcile(world);
    expect(await rowsOf(world)).toMatchObject([{ state: 'refused', code: 'COLLISION', stands: 'no' }]);
  });

  it('still says that it stands when its namespace accepts nothing and could not be listed', async () => {
    const world = await delivered();
    world.ports.kubernetes.people('weu-1').annotate('app-1', { 'vaultcast.dev/accept': undefined });
    const isList = (call: string): boolean => call.startsWith('kubernetes.managedSecrets ');
    world.ports.kubernetes.fail({ code: 'CLUSTER_FORBIDDEN', times: 1, when: isList });
    await reconcile(world);
    await reconcile(world);
    expect(await rowsOf(world)).toMatchObject([{ state: 'refused', code: 'NOT_ACCEPTED', stands: 'yes' }]);
  });

  it('is failed again after a run, when an attempt for another reason followed the one that was given up', async () => {
    const world = await delivered();
    const isReplace = (call: string): boolean => call.startsWith('kubernetes.replace ');
    world.ports.kubernetes.fail({ code: 'CLUSTER_FAILED', when: isReplace });
    world.set(PASSWORD, 'p2');
    await world.event(PASSWORD, 'event-2');
    await world.drain(26 * HOUR_MS);
    expect(await rowsOf(world)).toMatchObject([{ state: 'failed', code: 'GAVE_UP' }]);
    await world.event(PASSWORD, 'event-3');
    expect(await rowsOf(world)).toMatchObject([{ state: 'pending' }]);
    await reconcile(world);
    expect(await rowsOf(world)).toMatchObject([{ state: 'failed', code: 'CLUSTER_FAILED' }]);
  });

  it('names no next try once its message found that the namespace accepts the secret no more', async () => {
    const world = await delivered();
    world.set(PASSWORD, 'p2');
    world.ports.kubernetes.fail({ code: 'CLUSTER_FAILED', times: 1 });
    await world.event(PASSWORD, 'event-2');
    expect(await rowsOf(world)).toMatchObject([{ state: 'pending', nextRetry: expect.any(Number) }]);
    world.ports.kubernetes.people('weu-1').annotate('app-1', { 'vaultcast.dev/accept': USER });
    await world.drain();
    expect(await rowsOf(world)).toMatchObject([{ nextRetry: 0 }]);
  });
});

describe('the row of a target that is degraded', () => {
  it('names no next try once its message found that no route wants the target any more', async () => {
    const world = await delivered();
    await withRestoredUser(world);
    world.set(PASSWORD, 'p2');
    await world.event(PASSWORD, 'event-2');
    expect(await rowsOf(world)).toMatchObject([{ code: 'STALE_READ', nextRetry: expect.any(Number) }]);
    await dropRows(world, 'Route', 'app-1');
    await world.drain();
    expect(await rowsOf(world)).toMatchObject([{ nextRetry: 0 }]);
  });

  it('is paused, and names no next try, once the message about its secret found the route paused', async () => {
    const world = await delivered();
    world.set(PASSWORD, 'p2');
    const isUser = (call: string): boolean => call.startsWith('vault.read ') && call.includes(USER);
    world.ports.vault.fail({ code: 'VAULT_UNAVAILABLE', when: isUser });
    await world.event(PASSWORD, 'event-2');
    expect(await rowsOf(world)).toMatchObject([{ state: 'degraded', nextRetry: expect.any(Number) }]);
    await putRoute(world, 'app-1', { paused: true });
    await world.drain();
    expect(await rowsOf(world)).toMatchObject([{ state: 'paused', nextRetry: 0 }]);
  });
});

describe('a target that two routes claim', () => {
  it('has one message that waits, however often an attempt fails for both', async () => {
    const world = await delivered();
    await putRoute(world, 'b-rival', RIVAL);
    world.ports.kubernetes.fail({ code: 'CLUSTER_TIMEOUT' });
    world.set(PASSWORD, 'p2');
    await world.event(PASSWORD, 'event-2');
    await world.drain(HOUR_MS);
    expect(world.ports.queue.waiting('push')).toHaveLength(1);
  });
});

describe('a version that waits for its date', () => {
  it('comes at its date although its event was lost and the event of a sibling told of it before any run', async () => {
    const world = await delivered();
    world.set(PASSWORD, 'p2', { nbf: Math.floor(world.ports.clock.now() / 1000) + 7200 });
    world.set(USER, 'u2');
    await world.event(USER, 'event-2');
    await reconcile(world);
    await world.drain(3 * HOUR_MS);
    expect(world.data()).toEqual({ password: 'p2', user: 'u2' });
  });
});

describe('an instance whose clock is behind', () => {
  it('takes back that a target waits for it, so that the next rotation does not wait for nothing', async () => {
    const world = await delivered();
    world.set(PASSWORD, 'p2');
    world.ports.kubernetes.fail({ code: 'CLUSTER_FAILED', times: 1 });
    await world.event(PASSWORD, 'event-2');
    const { clock } = world.ports;
    const late = { ...world.otherProcess(), clock: { ...clock, now: () => clock.now() - 60_000 } };
    await clock.advance(15_000);
    const delivery = world.ports.queue.receive('push');
    await finish(clock, onPushMessage(delivery?.message, late, world.settings));
    expect(world.data()).toEqual({ password: 'p2', user: 'u1' });
    expect(await rowsOf(world)).toMatchObject([{ state: 'synced', nextRetry: 0 }]);
  });
});

describe('a message that meets a back-off on an instance whose clock is behind', () => {
  /** The message of `event-2` waits, its cluster answers again, and its next try is due in half a minute. */
  async function waiting(): Promise<World> {
    const world = await delivered();
    world.set(PASSWORD, 'p2');
    const mended = world.ports.kubernetes.fail({ code: 'CLUSTER_UNREACHABLE' });
    await world.event(PASSWORD, 'event-2');
    mended();
    const nextTry = world.ports.clock.now() + 45_000;
    await world.ports.status.saveBackOff('weu-1', { failures: 5, nextTry }, new AbortController().signal);
    return world;
  }

  async function handledLate(world: World): Promise<void> {
    const { clock, queue } = world.ports;
    await clock.advance(15_000);
    const late = { ...world.otherProcess(), clock: { ...clock, now: () => clock.now() - 60_000 } };
    const delivery = queue.receive('push');
    await finish(clock, onPushMessage(delivery?.message, late, world.settings));
    delivery?.complete();
    await world.drain();
  }

  it('is queued again: it does not take itself for the one that waits', async () => {
    const world = await waiting();
    await handledLate(world);
    expect(world.data()).toEqual({ password: 'p2', user: 'u1' });
  });

  it('is queued again when another event has left its work to it', async () => {
    const world = await waiting();
    world.set(USER, 'u2');
    await world.event(USER, 'event-3');
    expect(world.ports.queue.waiting('push')).toHaveLength(1);
    await handledLate(world);
    expect(world.data()).toEqual({ password: 'p2', user: 'u2' });
  });
});

describe('an event whose target has a message that is in work', () => {
  it('is queued itself: that message may have read the vault before it', async () => {
    const world = await delivered();
    world.set(PASSWORD, 'p2');
    world.ports.kubernetes.fail({ code: 'CLUSTER_UNREACHABLE' });
    await world.event(PASSWORD, 'event-2');
    await world.ports.clock.advance(15_000);
    expect(world.ports.queue.receive('push')).toBeDefined();
    world.set(PASSWORD, 'p3');
    await world.event(PASSWORD, 'event-3');
    const causes = world.ports.queue.waiting('push').map(({ message }) => message);
    expect(causes).toContainEqual(expect.objectContaining({ cause: 'event-3' }));
  });
});

describe('a rotation that follows another one within a minute', () => {
  it('is delivered although a replica of the vault still shows the first one at its event', async () => {
    const world = await delivered();
    world.set(PASSWORD, 'p2');
    await world.event(PASSWORD, 'event-2');
    await world.ports.clock.advance(2000);
    world.ports.vault.people.serveStale('team', true);
    world.set(PASSWORD, 'p3');
    await world.event(PASSWORD, 'event-3');
    world.ports.vault.people.serveStale('team', false);
    await world.drain();
    expect(world.data()).toEqual({ password: 'p3', user: 'u1' });
  });
});
