import { describe, expect, it } from 'vitest';
import { reconcile } from '../support/fleet.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;
const seconds = (world: World, inMs = 0) => Math.floor((world.ports.clock.now() + inMs) / 1000);
const codes = (world: World) => world.ports.log.codes();
const vault = (world: World) => world.ports.vault.people;

async function delivered(options: WorldOptions = {}): Promise<World> {
  const world = createWorld(options);
  world.set('app-1--pg--password', 's3cret');
  world.set('app-1--pg--user', 'ann');
  await world.event();
  world.ports.log.outcomes.length = 0;
  await world.ports.clock.advance(60_000);
  return world;
}

describe('a source that gives no value now', () => {
  it.each([
    ['disabled', (world: World) => vault(world).disable('team', 'app-1--pg--user'), 'SOURCE_DISABLED'],
    ['deleted', (world: World) => vault(world).delete('team', 'app-1--pg--user'), 'SOURCE_DELETED'],
  ])('keeps its key while its sibling is rotated, and says so: %s', async (_state, happens, code) => {
    const world = await delivered();
    happens(world);
    world.set('app-1--pg--password', 'rotated');
    await world.event();
    expect(world.data()).toEqual({ password: 'rotated', user: 'ann' });
    expect(codes(world)).toEqual(['DELIVERED', code]);
    await world.event();
    expect(codes(world)).toEqual(['DELIVERED', code, 'UNCHANGED']);
  });

  it.each([
    ['disabled', (world: World) => vault(world).disable('team', 'app-1--pg--user')],
    ['deleted', (world: World) => vault(world).delete('team', 'app-1--pg--user')],
  ])('keeps its key at its own late event, and that is one outcome: %s', async (_state, happens) => {
    const world = await delivered({ routes: { 'app-1': { onDisabled: 'remove', onDeleted: 'remove' } } });
    happens(world);
    await world.event('app-1--pg--user');
    expect(world.data()).toEqual({ password: 's3cret', user: 'ann' });
    expect(world.ports.log.outcomes).toHaveLength(1);
    expect(world.writes()).toHaveLength(1);
  });

  it('is left out of a Secret that is created', async () => {
    const world = createWorld();
    world.set('app-1--pg--password', 's3cret');
    world.set('app-1--pg--user', 'ann');
    vault(world).disable('team', 'app-1--pg--user');
    await world.event();
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('creates nothing alone', async () => {
    const world = createWorld();
    world.set('app-1--pg--password', 's3cret');
    vault(world).disable('team', 'app-1--pg--password');
    await world.event();
    expect(world.data()).toBeUndefined();
    expect(world.ports.log.outcomes).toHaveLength(1);
    expect(world.ports.queue.waiting('push')).toEqual([]);
  });

  it('is delivered again when it is enabled again', async () => {
    const world = await delivered();
    vault(world).disable('team', 'app-1--pg--user');
    await world.event();
    vault(world).enable('team', 'app-1--pg--user');
    world.set('app-1--pg--user', 'bob');
    await world.event('app-1--pg--user');
    expect(world.data()).toEqual({ password: 's3cret', user: 'bob' });
  });
});

describe('a source that cannot be read', () => {
  it('keeps its key while the others are written, and is tried again', async () => {
    const world = await delivered();
    const allow = vault(world).forbid('team', 'rbac', 'app-1--pg--user');
    world.set('app-1--pg--password', 'rotated');
    world.set('app-1--pg--user', 'bob');
    await world.event();
    expect(world.data()).toEqual({ password: 'rotated', user: 'ann' });
    expect(world.ports.log.outcomes).toEqual([
      expect.objectContaining({ code: 'DELIVERED', secret: 'app-1--pg--password' }),
      expect.objectContaining({
        code: 'VAULT_FORBIDDEN',
        message: expect.stringMatching(/; its keys stay as found, the others are up to date$/) as string,
      }),
    ]);
    allow();
    await world.drain();
    expect(world.data()).toEqual({ password: 'rotated', user: 'bob' });
  });

  it('never looks like one that is gone', async () => {
    const world = await delivered({ routes: { 'app-1': { onDisabled: 'remove', onDeleted: 'remove' } } });
    for (const code of ['VAULT_FORBIDDEN', 'VAULT_THROTTLED', 'VAULT_UNAVAILABLE'] as const) {
      const mended = world.ports.vault.fail({ code });
      await world.event();
      mended();
    }
    expect(world.data()).toEqual({ password: 's3cret', user: 'ann' });
    expect(world.writes()).toHaveLength(1);
  });
});

describe('a version that is not valid yet', () => {
  it('waits while the one before it is used, and is delivered within two minutes of its date', async () => {
    const world = await delivered();
    world.set('app-1--pg--password', 'next', { nbf: seconds(world, 3 * HOUR_MS) });
    await world.event();
    expect(world.data()).toMatchObject({ password: 's3cret' });
    await world.drain(3 * HOUR_MS - 1000);
    expect(world.data()).toMatchObject({ password: 's3cret' });
    await world.drain(121_000);
    expect(world.data()).toMatchObject({ password: 'next' });
  });

  it('gets there by hops when its date is weeks away', async () => {
    const world = await delivered();
    world.set('app-1--pg--password', 'next', { nbf: seconds(world, 20 * DAY_MS) });
    await world.event();
    expect(world.ports.queue.waiting('push')[0]?.visibleAt).toBe(world.ports.clock.now() + 6 * DAY_MS);
    await world.drain(20 * DAY_MS + 121_000);
    expect(world.data()).toMatchObject({ password: 'next' });
    expect(codes(world)).not.toContain('GAVE_UP');
  });

  it('creates a Secret of the version before it', async () => {
    const world = createWorld();
    world.set('app-1--pg--password', 's3cret');
    world.set('app-1--pg--password', 'next', { nbf: seconds(world, HOUR_MS) });
    await world.event();
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('creates nothing while there is none before it, and everything at its date', async () => {
    const world = createWorld();
    world.set('app-1--pg--password', 'first', { nbf: seconds(world, HOUR_MS) });
    await world.event();
    expect(world.data()).toBeUndefined();
    await world.drain(HOUR_MS + 121_000);
    expect(world.data()).toEqual({ password: 'first' });
  });

  it('is delivered at once with honourNotBefore: false', async () => {
    const world = await delivered({ routes: { 'app-1': { honourNotBefore: false } } });
    world.set('app-1--pg--password', 'next', { nbf: seconds(world, HOUR_MS) });
    await world.event();
    expect(world.data()).toMatchObject({ password: 'next' });
    expect(world.ports.queue.waiting('push')).toEqual([]);
  });

  it('stays when it was delivered before it got its date', async () => {
    const world = await delivered();
    vault(world).update('team', 'app-1--pg--password', undefined, { nbf: seconds(world, HOUR_MS) });
    await world.event();
    expect(world.data()).toMatchObject({ password: 's3cret' });
    expect(codes(world)).toEqual(['UNCHANGED']);
  });

  it.each([
    ['an event', (world: World) => world.event()],
    ['a run', (world: World) => reconcile(world)],
  ])('is not delivered early by %s, whatever somebody has recorded of it', async (_, happens) => {
    const world = await delivered();
    const version = world.set('app-1--pg--password', 'next', { nbf: seconds(world, HOUR_MS) });
    const sources = `team/app-1--pg--password@${version}:1,team/app-1--pg--user@x:1`;
    world.ports.kubernetes.people('weu-1').edit('app-1', 'pg', (one) => ({
      ...one,
      metadata: {
        ...one.metadata,
        annotations: { ...one.metadata.annotations, 'vaultcast.dev/sources': sources },
      },
    }));
    await happens(world);
    expect(world.data()).toEqual({ password: 's3cret', user: 'ann' });
    await world.ports.clock.advance(HOUR_MS + 121_000);
    await happens(world);
    expect(world.data()).toMatchObject({ password: 'next' });
  });

  it('waits once however often the write of its target is tried again', async () => {
    const world = await delivered();
    world.set('app-1--pg--password', 'next', { nbf: seconds(world, 2 * DAY_MS) });
    const mended = world.ports.kubernetes.fail({
      code: 'CLUSTER_FORBIDDEN',
      when: (call) => call.includes('secret '),
    });
    await world.event();
    await world.drain(2 * HOUR_MS);
    mended();
    await world.drain(2 * HOUR_MS);
    expect(world.ports.queue.waiting('push').map(({ message }) => message)).toEqual([
      expect.objectContaining({
        kind: 'target',
        name: 'pg',
        cause: expect.stringMatching(/^nbf:/) as string,
      }),
    ]);
    await world.drain(2 * DAY_MS);
    expect(world.data()).toMatchObject({ password: 'next' });
  });

  it('waits once while its target cannot be written', async () => {
    const world = await delivered();
    world.set('app-1--pg--password', 'second');
    await world.ports.clock.advance(60_000);
    world.set('app-1--pg--password', 'next', { nbf: seconds(world, 2 * DAY_MS) });
    world.ports.kubernetes.fail({ code: 'CLUSTER_FORBIDDEN', when: (call) => call.includes('replace ') });
    await world.event();
    await world.drain(DAY_MS + HOUR_MS);
    expect(world.ports.queue.waiting('push')).toHaveLength(1);
  });

  it('is not asked for in a hurry where the clock of the vault is behind', async () => {
    const world = await delivered({ vaultBehindMs: 30_000 });
    world.set('app-1--pg--password', 'next', { nbf: seconds(world, 60_000) });
    await world.event();
    await world.drain(60_000 + 60_000);
    expect(world.data()).toMatchObject({ password: 'next' });
    expect(codes(world).filter((code) => code !== 'SCHEDULED').length).toBeLessThanOrEqual(5);
  });
});

describe('a replica of the vault that lags', () => {
  it('takes no target back to an older version: the read is tried again', async () => {
    const world = await delivered();
    const next = world.set('app-1--pg--password', 'rotated');
    await world.event();
    world.ports.log.outcomes.length = 0;
    const seen = await onLaggingReplica(world, () => world.event());
    expect(seen).toEqual(['STALE_READ']);
    expect(world.data()).toMatchObject({ password: 'rotated' });
    await world.drain();
    expect(codes(world).at(-1)).toBe('UNCHANGED');
    expect(sourcesOf(world)).toContain(`app-1--pg--password@${next}`);
  });

  it('is believed after 24 hours', async () => {
    const world = await delivered();
    forge(world, 300);
    await world.event();
    expect(codes(world)).toEqual(['STALE_READ']);
    await world.drain(23 * HOUR_MS);
    expect(new Set(codes(world))).toEqual(new Set(['STALE_READ']));
    await world.drain(2 * HOUR_MS);
    expect(codes(world).at(-1)).toBe('DELIVERED');
    expect(codes(world)).not.toContain('GAVE_UP');
    expect(world.ports.queue.waiting('push')).toEqual([]);
  });

  it('is no reason to refuse another version of the same second', async () => {
    const world = createWorld();
    world.set('app-1--pg--password', 'first');
    await world.event();
    world.set('app-1--pg--password', 'second');
    await world.event();
    expect(world.data()).toEqual({ password: 'second' });
  });
});

/** A date of delivery in the future, as a person could write it on the Secret. */
function forge(world: World, aheadSeconds: number): void {
  world.ports.kubernetes.people('weu-1').edit('app-1', 'pg', (one) => {
    const sources = sourcesOf(world).replace(/:(\d+)/, (_all, at: string) => `:${Number(at) + aheadSeconds}`);
    const annotations = { ...one.metadata.annotations, 'vaultcast.dev/sources': sources };
    return { ...one, metadata: { ...one.metadata, annotations } };
  });
}

function sourcesOf(world: World): string {
  const live = world.ports.kubernetes.people('weu-1').secret('app-1', 'pg');
  return live?.annotations['vaultcast.dev/sources'] ?? '';
}

/** Reads answer with the first version there was. */
async function onLaggingReplica(world: World, work: () => Promise<void>) {
  const { vault: port } = world.ports;
  const read = port.read.bind(port);
  const { signal } = new AbortController();
  const versions = await port.versions({ vault: 'team', name: 'app-1--pg--password' }, signal);
  const oldest = versions.at(-1)?.version ?? '';
  port.read = (ref, one) =>
    ref.name === 'app-1--pg--password' ? port.readVersion(ref, oldest, one) : read(ref, one);
  await work();
  port.read = read;
  return world.ports.log.codes();
}
