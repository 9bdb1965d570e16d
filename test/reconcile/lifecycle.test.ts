import { describe, expect, it } from 'vitest';
import type { Code } from '../../shared/errors.ts';
import {
  allValueReads,
  forget,
  HOUR_MS,
  reconcile,
  reconcileTwice,
  rowsOf,
  rowWrites,
} from '../support/fleet.ts';
import { putCluster, putRoute } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const DAY = 24 * 3600;
const PASSWORD = 'app-1--pg--password';
const USER = 'app-1--pg--user';
const WHOLE = { password: 's3cret', user: 'ann' };

async function settled(route: Record<string, unknown> = {}): Promise<World> {
  const world = createWorld({ routes: { 'app-1': route } });
  world.set(PASSWORD, 's3cret');
  world.set(USER, 'ann');
  await reconcile(world);
  await world.ports.clock.advance(HOUR_MS);
  await reconcile(world);
  forget(world);
  return world;
}

const vault = (world: World) => world.ports.vault.people;
const seconds = (world: World, inSeconds: number) => Math.floor(world.ports.clock.now() / 1000) + inSeconds;
const codes = (world: World) => new Set<Code>(world.ports.log.codes());
const message = async (world: World) => (await rowsOf(world)).find((row) => row.id === 'app-1:pg')?.message;

const FATES: [string, string, Code, (world: World) => void][] = [
  ['disabled', 'onDisabled', 'SOURCE_DISABLED', (world) => vault(world).disable('team', USER)],
  ['deleted', 'onDeleted', 'SOURCE_DELETED', (world) => vault(world).delete('team', USER)],
  [
    'expired',
    'onExpired',
    'EXPIRED',
    (world) => vault(world).update('team', USER, undefined, { exp: seconds(world, -60) }),
  ],
];

describe.each(FATES)('a source that is %s', (state, option, code, happens) => {
  it('keeps its key, as its state and one line say', async () => {
    const world = await settled();
    happens(world);
    await reconcileTwice(world);
    await reconcileTwice(world);
    expect(world.data()).toEqual(WHOLE);
    expect(world.writes()).toEqual([]);
    expect(world.ports.log.codes().filter((one) => one === code)).toHaveLength(1);
    expect(await message(world)).toContain(state === 'expired' ? 'expired on 2026-11-20T' : `is ${state}`);
  });

  it('is silent again once it was told', async () => {
    const world = await settled();
    happens(world);
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    forget(world);
    await reconcile(world);
    expect([...allValueReads(world), ...rowWrites(world)]).toEqual([]);
  });

  it(`loses only its key with ${option}: remove, and only after two runs an hour apart`, async () => {
    const world = await settled({ [option]: 'remove' });
    happens(world);
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS / 2);
    await reconcile(world);
    expect(world.data()).toEqual(WHOLE);
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret' });
    expect(codes(world)).toContain('REMOVED');
    await world.event(PASSWORD);
    expect(world.data()).toEqual({ password: 's3cret' });
    expect(world.writes()).toHaveLength(1);
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    forget(world);
    await reconcile(world);
    expect([...allValueReads(world), ...rowWrites(world)]).toEqual([]);
  });

  it('takes the Secret with it when its key is the last', async () => {
    const world = createWorld({ routes: { 'app-1': { [option]: 'remove' } } });
    world.set(USER, 'ann');
    await reconcile(world);
    happens(world);
    await reconcile(world);
    forget(world);
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    expect(world.data()).toBeUndefined();
    expect(codes(world).difference(new Set(['QUEUE_LENGTH']))).toEqual(new Set(['REMOVED', 'RUN_DONE']));
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    forget(world);
    await reconcile(world);
    expect([...world.writes(), ...rowWrites(world)]).toEqual([]);
  });

  it('is not removed by a proof that a push in between refuted', async () => {
    const world = await settled({ [option]: 'remove' });
    happens(world);
    await reconcile(world);
    restore(world, state);
    await world.event(USER);
    happens(world);
    await world.ports.clock.advance(HOUR_MS + 60_000);
    await reconcile(world);
    expect(world.data()).toEqual(WHOLE);
    await world.ports.clock.advance(HOUR_MS + 60_000);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('is not removed when it is back by the time of the second run', async () => {
    const world = await settled({ [option]: 'remove' });
    happens(world);
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS + 60_000);
    restore(world, state);
    await reconcile(world);
    await reconcileTwice(world);
    expect(world.data()).toEqual(WHOLE);
  });

  it('is not removed when its route says otherwise by the time of the removal', async () => {
    const world = await settled({ [option]: 'remove' });
    happens(world);
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS + 60_000);
    world.before = async (call) => {
      if (call !== 'kubernetes.secret weu-1/app-1/pg') return;
      world.before = async () => {};
      await putRoute(world, 'app-1', {});
    };
    await reconcile(world);
    expect(world.data()).toEqual(WHOLE);
    expect(world.writes()).toEqual([]);
  });

  it('is not removed when it comes back between the listing and the read', async () => {
    const world = await settled({ [option]: 'remove' });
    happens(world);
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS + 60_000);
    let isBack = false;
    world.before = async (call) => {
      if (call !== 'kubernetes.secret weu-1/app-1/pg' || isBack) return;
      isBack = true;
      restore(world, state);
    };
    await reconcile(world);
    expect(isBack).toBe(true);
    expect(world.data()).toEqual(WHOLE);
  });
});

function restore(world: World, state: string): void {
  if (state === 'disabled') vault(world).enable('team', USER);
  else if (state === 'deleted') vault(world).recover('team', USER);
  else vault(world).update('team', USER, undefined, { exp: null });
}

describe('a source that comes back', () => {
  it.each(['disabled', 'deleted'])('is delivered by the next run: %s before', async (state) => {
    const world = await settled({ onDisabled: 'remove', onDeleted: 'remove' });
    if (state === 'disabled') vault(world).disable('team', USER);
    else vault(world).delete('team', USER);
    await reconcileTwice(world);
    expect(world.data()).toEqual({ password: 's3cret' });
    restore(world, state);
    await reconcile(world);
    expect(world.data()).toEqual(WHOLE);
  });
});

describe('a key that left because its source expired', () => {
  it('does not come back with an event of a sibling, nor with later runs', async () => {
    const world = await settled({ onExpired: 'remove' });
    vault(world).update('team', USER, undefined, { exp: seconds(world, 60) });
    await world.ports.clock.advance(HOUR_MS);
    await reconcileTwice(world);
    expect(world.data()).toEqual({ password: 's3cret' });
    world.set(PASSWORD, 'rotated');
    await world.event(PASSWORD);
    expect(world.data()).toEqual({ password: 'rotated' });
    await reconcileTwice(world);
    await reconcileTwice(world);
    expect(world.data()).toEqual({ password: 'rotated' });
  });
});

describe('a source that expires within 30 days', () => {
  it('is told of with its date, by a run and once, and rewrites nothing', async () => {
    const world = await settled();
    vault(world).update('team', USER, undefined, { exp: seconds(world, 40 * DAY) });
    await reconcile(world);
    expect(codes(world)).not.toContain('NEAR_EXPIRY');
    await world.ports.clock.advance(11 * DAY * 1000);
    await reconcileTwice(world);
    expect(world.ports.log.codes().filter((code) => code === 'NEAR_EXPIRY')).toHaveLength(1);
    expect(await message(world)).toContain(`secret ${USER} expires on 2026-12-30T`);
    expect(world.writes()).toEqual([]);
  });

  it('is told of by its event, too, and rewrites nothing', async () => {
    const world = await settled();
    vault(world).update('team', USER, undefined, { exp: seconds(world, 20 * DAY) });
    await world.event(USER);
    await world.event(USER, 'event-2');
    expect(world.ports.log.codes()).toEqual(['UNCHANGED', 'NEAR_EXPIRY', 'UNCHANGED']);
    expect(world.writes()).toEqual([]);
  });

  it('is forgotten when it is rotated', async () => {
    const world = await settled();
    vault(world).update('team', USER, undefined, { exp: seconds(world, 20 * DAY) });
    await reconcile(world);
    world.set(USER, 'bob');
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret', user: 'bob' });
    expect(await message(world)).not.toContain('expires');
  });
});

describe('a version that is not valid yet', () => {
  it('is delivered within two minutes of its date though no event told of it', async () => {
    const world = await settled();
    world.set(USER, 'next', { nbf: seconds(world, 3 * DAY) });
    await reconcile(world);
    await reconcile(world);
    expect(world.data()).toEqual(WHOLE);
    await world.drain(3 * DAY * 1000 + 120_000);
    expect(world.data()).toEqual({ password: 's3cret', user: 'next' });
  });

  it('costs no value read while it waits', async () => {
    const world = await settled();
    world.set(USER, 'next', { nbf: seconds(world, 3 * DAY) });
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    forget(world);
    await reconcile(world);
    expect([...allValueReads(world), ...rowWrites(world)]).toEqual([]);
  });

  it('is delivered by the first run after its date when the message was lost', async () => {
    const world = await settled();
    world.set(USER, 'next', { nbf: seconds(world, DAY) });
    await reconcile(world);
    await world.ports.clock.advance(DAY * 1000 + 5000);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret', user: 'next' });
  });

  it('creates nothing before its date when there is none before it', async () => {
    const world = createWorld();
    world.set(USER, 'first', { nbf: seconds(world, DAY) });
    await reconcile(world);
    expect(world.data()).toBeUndefined();
    expect(codes(world)).toContain('SOURCE_NOT_YET_VALID');
    await world.drain(DAY * 1000 + 120_000);
    expect(world.data()).toEqual({ user: 'first' });
  });

  it('starts no message with every run that is refused the write, and one when it is not', async () => {
    const world = createWorld();
    world.set(USER, 'first');
    world.set(USER, 'next', { nbf: seconds(world, 30 * DAY) });
    const mended = world.ports.kubernetes.fail({
      code: 'SECRET_INVALID',
      when: (call) => call.includes('create '),
    });
    const waiting = () => world.ports.queue.waiting('push').length;
    for (let run = 0; run < 4; run += 1) {
      await reconcile(world);
      await world.ports.clock.advance(HOUR_MS);
    }
    expect(waiting()).toBe(0);
    mended();
    for (let run = 0; run < 3; run += 1) {
      await reconcile(world);
      world.ports.kubernetes.people('weu-1').remove('app-1', 'pg');
    }
    expect(waiting()).toBe(1);
  });

  it('reaches a cluster that was registered meanwhile', async () => {
    const world = await settled();
    world.set(USER, 'next', { nbf: seconds(world, DAY) });
    await reconcile(world);
    world.ports.kubernetes.people('weu-2').createNamespace('app-1', { 'vaultcast.dev/accept': 'app-1--' });
    await putCluster(world, 'weu-2');
    await reconcile(world);
    expect(world.data('weu-2/app-1/pg')).toEqual(WHOLE);
    await world.drain(DAY * 1000 + 120_000);
    expect(world.data('weu-2/app-1/pg')).toEqual({ password: 's3cret', user: 'next' });
  });
});
