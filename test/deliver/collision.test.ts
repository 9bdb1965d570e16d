import { describe, expect, it } from 'vitest';
import { onVaultEvent } from '../../shared/sync.ts';
import { stored, writtenRoute } from '../support/documents.ts';
import { aSecretEvent } from '../support/builders.ts';
import { createWorld, finish, type World } from '../support/world.ts';

/** Two routes that put different secrets into the same Secret. */
const A = { prefix: 'app-1--a--', namespaces: ['app-1'] };
const B = { prefix: 'app-1--b--', namespaces: ['app-1'] };
const SECRET_A = 'app-1--a--pg--password';
const SECRET_B = 'app-1--b--pg--password';

function rivals(a: Record<string, unknown> = A, b: Record<string, unknown> = B): World {
  const world = createWorld({ routes: { 'route-a': a, 'route-b': b } });
  world.set(SECRET_A, 'from a');
  world.set(SECRET_B, 'from b');
  return world;
}

async function remove(world: World, route: string): Promise<void> {
  const { signal } = new AbortController();
  const { existing } = await world.ports.registry.list(signal);
  for (const one of existing) if (one.name === route) await world.ports.registry.remove(one, signal);
}

async function put(world: World, name: string, spec: Record<string, unknown>): Promise<void> {
  const { signal } = new AbortController();
  const { existing } = await world.ports.registry.list(signal);
  const before = existing.find((one) => one.name === name);
  await world.ports.registry.put(stored(writtenRoute(name, spec)), before, signal);
}

/** Both routes claim what route a made before the other one came. */
async function madeByA(): Promise<World> {
  const world = rivals();
  await remove(world, 'route-b');
  await world.event(SECRET_A);
  await put(world, 'route-b', B);
  return world;
}

describe('a target that two routes claim', () => {
  it('is created by nobody while both claim it, whoever comes first', async () => {
    const world = rivals();
    await world.event(SECRET_B);
    await world.event(SECRET_A);
    expect(world.data()).toBeUndefined();
    const message =
      'routes route-a and route-b claim this target: nobody writes it until only one of them does';
    expect(world.ports.log.outcomes).toEqual([
      expect.objectContaining({ code: 'COLLISION', message, route: 'route-b' }),
      expect.objectContaining({ code: 'COLLISION', message, route: 'route-a' }),
    ]);
    expect(world.ports.queue.waiting('push')).toEqual([]);
  });

  it('is created by the one that is left when the other withdraws', async () => {
    const world = rivals();
    await world.event(SECRET_A);
    await remove(world, 'route-b');
    await world.event(SECRET_A);
    expect(world.data()).toEqual({ password: 'from a' });
  });

  it('is refused to both in the same event', async () => {
    const world = rivals(
      { prefix: 'app-1--', namespaces: ['app-1'] },
      { prefix: 'app-1--', namespaces: ['app-1'] },
    );
    world.set('app-1--pg--password', 's3cret');
    await world.event();
    expect(world.ports.log.codes()).toEqual(['COLLISION', 'COLLISION']);
    expect(world.data()).toBeUndefined();
  });

  it('stays with the route recorded on the Secret, though a lower name claims it, too', async () => {
    const world = rivals();
    await remove(world, 'route-a');
    await world.event(SECRET_B);
    await put(world, 'route-a', A);
    await world.event(SECRET_A);
    await world.event(SECRET_B);
    expect(world.data()).toEqual({ password: 'from b' });
    expect(world.ports.log.codes()).toEqual(['DELIVERED', 'COLLISION', 'UNCHANGED']);
  });

  it('goes to the other route, whole, when its owner is deleted', async () => {
    const world = await madeByA();
    await remove(world, 'route-a');
    world.set('app-1--b--pg--user', 'ann');
    await world.event(SECRET_B);
    expect(world.data()).toEqual({ password: 'from b', user: 'ann' });
  });

  it('stays with its owner while that is paused', async () => {
    const world = await madeByA();
    await put(world, 'route-a', { ...A, paused: true });
    await world.event(SECRET_B);
    expect(world.data()).toEqual({ password: 'from a' });
    expect(world.ports.log.codes()).toEqual(['DELIVERED', 'COLLISION']);
  });

  it('stays with its owner while the row of that cannot be read', async () => {
    const world = await madeByA();
    await remove(world, 'route-a');
    world.ports.registry.write('Route', { partitionKey: 'team', rowKey: 'route-a', prefix: A.prefix });
    await world.event(SECRET_B);
    expect(world.data()).toEqual({ password: 'from a' });
    expect(world.ports.log.codes()).toEqual(['DELIVERED', 'COLLISION']);
  });

  it('belongs to a route only through secrets that are there', async () => {
    const world = rivals();
    world.ports.vault.people.delete('team', SECRET_A);
    await world.event(SECRET_B);
    expect(world.data()).toEqual({ password: 'from b' });
  });

  it('belongs to a route only through secrets that the namespace accepts', async () => {
    const world = rivals();
    world.ports.kubernetes.people('weu-1').annotate('app-1', { 'vaultcast.dev/accept': 'app-1--b--' });
    await world.event(SECRET_B);
    expect(world.data()).toEqual({ password: 'from b' });
  });

  it('costs the owner no look at the registry while the Secret records it', async () => {
    const world = await madeByA();
    const calls: string[] = [];
    world.before = async (call) => void calls.push(call);
    await world.event(SECRET_A);
    expect(calls).not.toContain('registry.routes');
  });
});

describe('a target whose owner has lost its secret', () => {
  it('stays with it when the secret was disabled and lost the tags that the route asks for', async () => {
    const tags = { env: 'prod' };
    const world = createWorld({ routes: { 'route-a': A, 'route-b': { ...B, match: { tags } } } });
    world.set(SECRET_B, 'from b', { tags });
    await world.event(SECRET_B);
    world.ports.vault.people.update('team', SECRET_B, undefined, { tags: {}, enabled: false });
    world.set(SECRET_A, 'from a');
    await world.event(SECRET_A, 'event-2');
    expect(world.data()).toEqual({ password: 'from b' });
  });

  const NAMESPACES = { 'app-1': 'app-1--,app-2--,other/app-1--' };
  const OWNER = { 'app-1': {} };

  async function left(rival: Record<string, unknown>, vault: string, secret: string): Promise<World> {
    const world = createWorld({ namespaces: NAMESPACES, routes: { ...OWNER, zzz: rival } });
    world.set('app-1--pg--a', 'the last copy');
    await world.event('app-1--pg--a');
    world.ports.vault.people.delete('team', 'app-1--pg--a');
    world.ports.vault.people.set(vault, secret, 'from the other route');
    return world;
  }

  it('stays as found when another route gets an event', async () => {
    const world = await left({ prefix: 'app-2--', namespaces: ['app-1'] }, 'team', 'app-2--pg--z');
    await world.event('app-2--pg--z');
    expect(world.data()).toEqual({ a: 'the last copy' });
    expect(world.ports.log.outcomes.at(-1)).toMatchObject({ code: 'COLLISION', route: 'zzz' });
  });

  it('stays as found when the other route is of another vault', async () => {
    const spec = { vault: 'other', prefix: 'app-1--', namespaces: ['app-1'] };
    const world = await left(spec, 'other', 'app-1--pg--z');
    const event = aSecretEvent({ vault: 'other', name: 'app-1--pg--z', id: 'event-2' });
    await finish(world.ports.clock, onVaultEvent([event], world.ports, world.settings));
    expect(world.data()).toEqual({ a: 'the last copy' });
    expect(world.ports.log.outcomes.at(-1)).toMatchObject({ code: 'COLLISION', route: 'zzz' });
  });
});
