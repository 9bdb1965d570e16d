import { describe, expect, it } from 'vitest';
import {
  allValueReads,
  forget,
  HOUR_MS,
  reconcile,
  reconcileNow,
  rowWrites,
  stateOf,
} from '../support/fleet.ts';
import { base64 } from '../support/builders.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

const WHOLE = { password: 's3cret', user: 'ann' };

async function settled(options: WorldOptions = {}): Promise<World> {
  const world = createWorld(options);
  world.set('app-1--pg--password', 's3cret');
  world.set('app-1--pg--user', 'ann');
  await reconcile(world);
  await world.ports.clock.advance(HOUR_MS);
  await reconcile(world);
  forget(world);
  return world;
}

const people = (world: World) => world.ports.kubernetes.people('weu-1');
const live = (world: World) => people(world).secret('app-1', 'pg');

type Change = (world: World) => void;

function annotate(world: World, change: Record<string, string | undefined>): void {
  people(world).edit('app-1', 'pg', (one) => {
    const all = Object.entries({ ...one.metadata.annotations, ...change });
    const annotations = Object.fromEntries(
      all.filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    return { ...one, metadata: { ...one.metadata, annotations } };
  });
}

const drift: [string, Change][] = [
  [
    'a value edited',
    (world) =>
      people(world).edit('app-1', 'pg', (one) => ({ ...one, data: { ...one.data, user: base64('eve') } })),
  ],
  [
    'a key removed',
    (world) => people(world).edit('app-1', 'pg', (one) => ({ ...one, data: { user: base64('ann') } })),
  ],
  [
    'a key added',
    (world) =>
      people(world).edit('app-1', 'pg', (one) => ({ ...one, data: { ...one.data, extra: base64('x') } })),
  ],
  ['the Secret deleted', (world) => people(world).remove('app-1', 'pg')],
  ['the sources annotation removed', (world) => annotate(world, { 'vaultcast.dev/sources': undefined })],
  [
    'the sources annotation forged',
    (world) => annotate(world, { 'vaultcast.dev/sources': 'team/app-1--pg--user@1:1' }),
  ],
  ['the route annotation forged', (world) => annotate(world, { 'vaultcast.dev/route': 'app-9' })],
  [
    'the Secret deleted and made anew with the same labels',
    (world) => {
      const { metadata, ...rest } = rawOf(world);
      people(world).remove('app-1', 'pg');
      people(world).put('app-1', { metadata, ...rest, data: { password: base64('old') } });
    },
  ],
];

function rawOf(world: World) {
  const secret = live(world);
  if (secret === undefined) throw new Error('there is no Secret');
  const { name, labels, annotations, type, data } = secret;
  return { metadata: { name, labels, annotations }, type, data };
}

describe('what people change by hand', () => {
  it.each(drift)('is made right by one run: %s', async (_what, change) => {
    const world = await settled();
    change(world);
    forget(world);
    await reconcile(world);
    expect(world.data()).toEqual(WHOLE);
    expect(live(world)?.annotations['vaultcast.dev/route']).toBe('app-1');
    expect(live(world)?.annotations['vaultcast.dev/sources']).toMatch(/pg--password@.*pg--user@/);
    expect(world.writes()).toHaveLength(1);
    forget(world);
    await reconcile(world);
    expect([...world.writes(), ...allValueReads(world), ...rowWrites(world)]).toEqual([]);
  });

  it('is made right after a restore from a backup, of rows no longer true, too', async () => {
    const world = await settled();
    const backup = people(world).snapshot();
    world.set('app-1--pg--password', 'rotated');
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    people(world).restore(backup);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 'rotated', user: 'ann' });
  });

  it('keeps labels, annotations and finalizers of others', async () => {
    const world = await settled();
    people(world).edit('app-1', 'pg', (one) => ({
      ...one,
      metadata: {
        ...one.metadata,
        labels: { ...one.metadata.labels, theirs: 'x' },
        finalizers: ['example.com/wait'],
      },
      data: {},
    }));
    await reconcile(world);
    expect(world.data()).toEqual(WHOLE);
    expect(live(world)).toMatchObject({ finalizers: ['example.com/wait'] });
    expect(live(world)?.labels['theirs']).toBe('x');
  });
});

describe('a Secret that is not ours', () => {
  it('is left alone, told of once, and costs no value read', async () => {
    const world = createWorld();
    people(world).put('app-1', { metadata: { name: 'pg' }, data: { password: base64('theirs') } });
    world.set('app-1--pg--password', 's3cret');
    await reconcile(world);
    expect(world.data()).toEqual({ password: 'theirs' });
    expect(world.ports.log.codes()).toContain('NOT_OURS');
    forget(world);
    await reconcile(world);
    expect([...allValueReads(world), ...rowWrites(world)]).toEqual([]);
    expect(world.ports.log.codes()).toEqual(['RUN_DONE']);
  });

  it('makes room when it goes: the next run delivers', async () => {
    const world = createWorld();
    people(world).put('app-1', { metadata: { name: 'pg' }, data: {} });
    world.set('app-1--pg--password', 's3cret');
    await reconcile(world);
    people(world).remove('app-1', 'pg');
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret' });
  });
});

describe('a namespace', () => {
  it('that comes later is served by the next run', async () => {
    const world = createWorld({ namespaces: {} });
    world.set('app-1--pg--password', 's3cret');
    await reconcile(world);
    expect(await stateOf(world)).toBe('refused');
    people(world).createNamespace('app-1', { 'vaultcast.dev/accept': 'app-1--' });
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('that goes away during the write is served when it is back', async () => {
    const world = createWorld();
    world.set('app-1--pg--password', 's3cret');
    world.before = async (call) => {
      if (call === 'kubernetes.create weu-1/app-1/pg') people(world).deleteNamespace('app-1');
    };
    await reconcile(world);
    world.before = async () => {};
    people(world).createNamespace('app-1', { 'vaultcast.dev/accept': 'app-1--' });
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('that accepts nothing is told of once, costs no value read, and is served when it accepts', async () => {
    const world = createWorld({ namespaces: { 'app-1': undefined } });
    world.set('app-1--pg--password', 's3cret');
    await reconcile(world);
    expect(world.ports.log.outcomes.map(({ message }) => message)).toContain(
      'namespace app-1 accepts no secrets (annotation vaultcast.dev/accept is missing)',
    );
    forget(world);
    await reconcile(world);
    expect([...allValueReads(world), ...rowWrites(world)]).toEqual([]);
    expect(world.ports.log.codes()).toEqual(['RUN_DONE']);
    people(world).annotate('app-1', { 'vaultcast.dev/accept': 'app-1--' });
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('that drops its annotation keeps what it has, and gets it up to date when it is back', async () => {
    const world = await settled();
    people(world).annotate('app-1', { 'vaultcast.dev/accept': undefined });
    world.set('app-1--pg--user', 'bob');
    await reconcile(world);
    expect(world.data()).toEqual(WHOLE);
    expect(await stateOf(world)).toBe('refused');
    people(world).annotate('app-1', { 'vaultcast.dev/accept': 'app-1--' });
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret', user: 'bob' });
  });

  it('that accepts less than before loses a key only with the next write of the Secret', async () => {
    const world = await settled();
    people(world).annotate('app-1', { 'vaultcast.dev/accept': 'app-1--pg--password' });
    await reconcile(world);
    await reconcile(world);
    expect(world.data()).toEqual(WHOLE);
    expect(world.writes()).toEqual([]);
    forget(world);
    await reconcile(world);
    expect(allValueReads(world)).toEqual([]);
    world.set('app-1--pg--password', 'rotated');
    await reconcile(world);
    expect(world.data()).toEqual({ password: 'rotated' });
    expect(world.ports.log.outcomes).toContainEqual(
      expect.objectContaining({
        code: 'KEY_ORPHANED',
        message: expect.stringContaining('user left') as string,
      }),
    );
  });
});

describe('what the API server refused', () => {
  it('is tried again by a few runs, then after an hour, or when a person asks', async () => {
    const world = createWorld();
    world.set('app-1--pg--password', 's3cret');
    const mended = world.ports.kubernetes.fail({
      code: 'SECRET_INVALID',
      when: (call) => call.includes('create'),
    });
    await world.ports.clock.advance(HOUR_MS);
    for (let run = 0; run < 4; run += 1) {
      forget(world);
      await reconcile(world);
      expect(allValueReads(world)).not.toEqual([]);
    }
    forget(world);
    await reconcile(world);
    expect(allValueReads(world)).toEqual([]);
    mended();
    await reconcileNow(world);
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('is delivered by a run an hour later once the policy is mended', async () => {
    const world = createWorld();
    world.set('app-1--pg--password', 's3cret');
    const mended = world.ports.kubernetes.fail({
      code: 'SECRET_INVALID',
      when: (call) => call.includes('create'),
    });
    await reconcile(world);
    mended();
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret' });
  });
});
