import { describe, expect, it } from 'vitest';
import { base64, INSTANCE } from '../support/builders.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

const SERVICE = { 'app-1--pg--password': 's3cret', 'app-1--pg--user': 'ann' };

async function delivered(options: WorldOptions = {}): Promise<World> {
  const world = createWorld(options);
  for (const [name, value] of Object.entries(SERVICE)) world.set(name, value);
  await world.event();
  forget(world);
  return world;
}

function forget({ ports }: World): void {
  for (const log of [ports.kubernetes.log, ports.vault.log, ports.log.outcomes]) log.length = 0;
}

const people = (world: World) => world.ports.kubernetes.people('weu-1');
const secret = (world: World) => people(world).secret('app-1', 'pg');
const codes = (world: World) => world.ports.log.codes();
const annotation = (world: World, name: string) => secret(world)?.annotations[`vaultcast.dev/${name}`];

/** No source has a value any more, and instead of theirs a foreign key stands in the Secret. */
async function intruded(world: World): Promise<void> {
  for (const name of Object.keys(SERVICE)) world.ports.vault.people.disable('team', name);
  people(world).edit('app-1', 'pg', (one) => ({ ...one, data: { intruder: base64('x') } }));
  await world.event();
}

describe('a target that is absent', () => {
  it('is created whole, from all secrets of its service', async () => {
    const world = await delivered();
    expect(world.data()).toEqual({ password: 's3cret', user: 'ann' });
    expect(secret(world)?.labels).toEqual({
      'app.kubernetes.io/managed-by': 'vaultcast',
      'vaultcast.dev/instance': INSTANCE,
    });
    expect(annotation(world, 'target')).toBe('weu-1/app-1/pg');
    expect(annotation(world, 'route')).toBe('app-1');
    expect(annotation(world, 'sources')).toMatch(
      /^team\/app-1--pg--password@[0-9a-f]+:\d+,team\/app-1--pg--user@[0-9a-f]+:\d+$/,
    );
  });

  it('comes back whole after a deletion by hand', async () => {
    const world = await delivered();
    people(world).remove('app-1', 'pg');
    await world.event('app-1--pg--user');
    expect(world.data()).toEqual({ password: 's3cret', user: 'ann' });
    expect(world.ports.log.outcomes).toMatchObject([
      { code: 'DELIVERED', secret: 'app-1--pg--password' },
      { code: 'DELIVERED', secret: 'app-1--pg--user' },
    ]);
  });

  it('is not created in part while the vault cannot be listed', async () => {
    const world = createWorld();
    world.set('app-1--pg--password', 's3cret');
    const mended = world.ports.vault.fail({ code: 'VAULT_FORBIDDEN', when: (call) => call.includes('list') });
    await world.event();
    expect(world.data()).toBeUndefined();
    mended();
    await world.drain();
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('is not created in part while one of its sources cannot be read', async () => {
    const world = createWorld();
    for (const [name, value] of Object.entries(SERVICE)) world.set(name, value);
    const allow = world.ports.vault.people.forbid('team', 'rbac', 'app-1--pg--user');
    await world.event();
    expect(world.data()).toBeUndefined();
    expect(codes(world)).toEqual(['VAULT_FORBIDDEN']);
    allow();
    await world.drain();
    expect(world.data()).toEqual({ password: 's3cret', user: 'ann' });
  });
});

describe('a target that exists', () => {
  it('is not written when nothing changed', async () => {
    const world = await delivered();
    const before = secret(world);
    await world.event();
    expect(world.writes()).toEqual([]);
    expect(secret(world)).toEqual(before);
    expect(codes(world)).toEqual(['UNCHANGED']);
  });

  it('gets the new version, and keeps the rest', async () => {
    const world = await delivered();
    const version = world.set('app-1--pg--password', 'rotated');
    await world.event();
    expect(world.data()).toEqual({ password: 'rotated', user: 'ann' });
    expect(annotation(world, 'sources')).toContain(`app-1--pg--password@${version}:`);
    expect(world.writes()).toEqual(['kubernetes.replace weu-1/app-1/pg']);
  });

  it('gets the latest version whatever the event says', async () => {
    const world = await delivered();
    world.set('app-1--pg--password', 'second');
    world.set('app-1--pg--password', 'third');
    await world.event();
    expect(world.data()).toMatchObject({ password: 'third' });
  });

  it('gets a further key with the first event of a further secret', async () => {
    const world = await delivered();
    world.set('app-1--pg--port', '5432');
    await world.event('app-1--pg--port');
    expect(world.data()).toEqual({ password: 's3cret', user: 'ann', port: '5432' });
    expect(world.ports.vault.log.some((call) => call.includes('list'))).toBe(false);
  });

  it.each<[string, Record<string, string>]>([
    ["a sibling's value was edited", { password: base64('s3cret'), user: base64('mallory') }],
    ["a sibling's key was deleted", { password: base64('s3cret') }],
    ['a foreign key was added', { password: base64('s3cret'), user: base64('ann'), note: 'eA==' }],
    ['everything was deleted', {}],
  ])('is repaired by the next event of any of its sources when %s by hand', async (_what, data) => {
    const world = await delivered();
    people(world).edit('app-1', 'pg', (one) => ({ ...one, data }));
    await world.event();
    expect(world.data()).toEqual({ password: 's3cret', user: 'ann' });
  });

  it('is repaired when its route and sources were removed by hand', async () => {
    const world = await delivered();
    people(world).edit('app-1', 'pg', (one) => {
      const target = one.metadata.annotations?.['vaultcast.dev/target'] ?? '';
      return { ...one, metadata: { ...one.metadata, annotations: { 'vaultcast.dev/target': target } } };
    });
    await world.event();
    expect(world.data()).toEqual({ password: 's3cret', user: 'ann' });
    expect(annotation(world, 'route')).toBe('app-1');
    expect(annotation(world, 'sources')).toContain('app-1--pg--user@');
  });

  it('gets no source and no key from what was written on it by hand', async () => {
    const world = await delivered({
      namespaces: { 'app-1': 'app-1--,app-2--', 'app-2': 'app-2--' },
    });
    world.set('app-2--pg--admin', 'root');
    people(world).edit('app-1', 'pg', (one) => {
      const sources = `${annotation(world, 'sources')},team/app-2--pg--admin@a:1`;
      const annotations = { ...one.metadata.annotations, 'vaultcast.dev/sources': sources };
      const data = { ...one.data, admin: base64('x') };
      return { ...one, metadata: { ...one.metadata, annotations }, data };
    });
    await world.event();
    expect(world.data()).toEqual({ password: 's3cret', user: 'ann' });
    expect(world.valueReads('app-2--pg--admin')).toBe(0);
  });

  it('loses a foreign key while no source has a value, and is written once', async () => {
    const world = await delivered();
    await intruded(world);
    expect(world.data()).toEqual({});
    expect(annotation(world, 'sources')).toContain('app-1--pg--user@');
    const writes = world.writes().length;
    await world.event();
    expect(world.writes()).toHaveLength(writes);
  });

  it('is not called up to date when its type forbids to take its last, foreign key', async () => {
    const world = await delivered({ routes: { 'app-1': { type: 'kubernetes.io/basic-auth' } } });
    await intruded(world);
    expect(codes(world)).toContain('RENDER_REFUSED');
  });

  it('keeps foreign labels, annotations and finalizers', async () => {
    const world = await delivered();
    people(world).edit('app-1', 'pg', (one) => {
      const labels = { ...one.metadata.labels, team: 'blue' };
      const annotations = { ...one.metadata.annotations, note: 'x' };
      return { ...one, metadata: { ...one.metadata, labels, annotations, finalizers: ['example.com/hold'] } };
    });
    world.set('app-1--pg--password', 'rotated');
    await world.event();
    expect(secret(world)).toMatchObject({
      labels: { team: 'blue' },
      annotations: { note: 'x' },
      finalizers: ['example.com/hold'],
    });
    expect(world.data()).toMatchObject({ password: 'rotated' });
  });

  it('is written with the labels and annotations of its route', async () => {
    const world = await delivered({
      routes: { 'app-1': { labels: { team: 'blue' }, annotations: { 'example.com/reload': 'yes' } } },
    });
    expect(secret(world)).toMatchObject({
      labels: { team: 'blue' },
      annotations: { 'example.com/reload': 'yes' },
    });
  });
});

describe('a target that cannot be changed in place', () => {
  const route = (spec: Record<string, unknown>) => ({ routes: { 'app-1': spec } });

  it('is deleted and created anew when its type changes', async () => {
    const world = await delivered();
    const before = secret(world);
    people(world).remove('app-1', 'pg');
    people(world).put('app-1', {
      metadata: { name: 'pg', labels: { ...before?.labels }, annotations: { ...before?.annotations } },
      type: 'example.com/other',
      data: { ...before?.data },
    });
    await world.event();
    expect(secret(world)?.type).toBe('Opaque');
    expect(world.data()).toEqual({ password: 's3cret', user: 'ann' });
    expect(world.writes()).toEqual(['kubernetes.remove weu-1/app-1/pg', 'kubernetes.create weu-1/app-1/pg']);
  });

  it('is deleted and created anew when it is immutable', async () => {
    const world = await delivered(route({ immutable: true }));
    const uid = secret(world)?.uid;
    world.set('app-1--pg--password', 'rotated');
    await world.event();
    expect(secret(world)?.immutable).toBe(true);
    expect(secret(world)?.uid).not.toBe(uid);
    expect(world.data()).toEqual({ password: 'rotated', user: 'ann' });
  });

  it('takes its sources from a listing then', async () => {
    const world = await delivered(route({ immutable: true }));
    world.set('app-1--pg--port', '5432');
    world.set('app-1--pg--password', 'rotated');
    await world.event();
    expect(world.data()).toEqual({ password: 'rotated', user: 'ann', port: '5432' });
  });

  it('is left alone when an immutable one is up to date', async () => {
    const world = await delivered(route({ immutable: true }));
    await world.event();
    expect(world.writes()).toEqual([]);
  });

  it.each([
    [
      'cannot be read',
      (world: World) => void world.ports.vault.people.forbid('team', 'rbac', 'app-1--pg--user'),
    ],
    ['is disabled', (world: World) => world.ports.vault.people.disable('team', 'app-1--pg--user')],
    ['is deleted', (world: World) => world.ports.vault.people.delete('team', 'app-1--pg--user')],
  ])('stays as it is while a sibling %s', async (_what, happens) => {
    const world = await delivered(route({ immutable: true }));
    const before = secret(world);
    world.set('app-1--pg--password', 'rotated');
    happens(world);
    await world.event();
    expect(world.writes()).toEqual([]);
    expect(secret(world)).toEqual(before);
  });

  it('stays as it is while a further secret of its service cannot be read', async () => {
    const world = await delivered(route({ immutable: true }));
    world.set('app-1--pg--password', 'rotated');
    world.set('app-1--pg--port', '5432');
    world.ports.vault.people.forbid('team', 'rbac', 'app-1--pg--port');
    await world.event();
    expect(world.writes()).toEqual([]);
  });
});

describe('a Secret of the same name that is not ours', () => {
  const marked = (
    world: World,
    change: (labels: Record<string, string>, annotations: Record<string, string>) => void,
  ) =>
    people(world).edit('app-1', 'pg', (one) => {
      const labels = { ...one.metadata.labels };
      const annotations = { ...one.metadata.annotations };
      change(labels, annotations);
      return { ...one, metadata: { ...one.metadata, labels, annotations } };
    });

  it.each([
    ['a foreign one', (labels: Record<string, string>) => delete labels['app.kubernetes.io/managed-by']],
    [
      "another instance's",
      (labels: Record<string, string>) => (labels['vaultcast.dev/instance'] = 'staging'),
    ],
    [
      'a mirrored copy',
      (_labels: Record<string, string>, annotations: Record<string, string>) =>
        (annotations['vaultcast.dev/target'] = 'weu-1/other/pg'),
    ],
  ])('is not touched: %s', async (_what, change) => {
    const world = await delivered();
    marked(world, (labels, annotations) => void change(labels, annotations));
    const before = secret(world);
    world.set('app-1--pg--password', 'rotated');
    await world.event();
    expect(secret(world)).toEqual(before);
    expect(codes(world)).toEqual(['NOT_OURS']);
    expect(world.ports.queue.waiting('push')).toEqual([]);
    expect(world.valueReads('app-1--pg--password')).toBe(0);
  });
});
