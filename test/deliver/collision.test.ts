import { describe, expect, it } from 'vitest';
import { stored, writtenRoute } from '../support/documents.ts';
import { createWorld, type World } from '../support/world.ts';

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

describe('a target that two routes claim', () => {
  it('belongs to the lowest name while the Secret is absent, whoever comes first', async () => {
    const world = rivals();
    await world.event(SECRET_B);
    expect(world.data()).toBeUndefined();
    expect(world.ports.log.outcomes).toEqual([
      expect.objectContaining({
        code: 'COLLISION',
        message: 'route route-a owns this target',
        route: 'route-b',
      }),
    ]);
    await world.event(SECRET_A);
    expect(world.data()).toEqual({ password: 'from a' });
    expect(world.ports.queue.waiting('push')).toEqual([]);
  });

  it('is refused to the other one in the same event', async () => {
    const world = rivals(
      { prefix: 'app-1--', namespaces: ['app-1'] },
      { prefix: 'app-1--', namespaces: ['app-1'] },
    );
    world.set('app-1--pg--password', 's3cret');
    await world.event();
    expect(world.ports.log.codes().sort()).toEqual(['COLLISION', 'DELIVERED']);
    expect(world.data()).toEqual({ password: 's3cret' });
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
    const world = rivals();
    await world.event(SECRET_A);
    await remove(world, 'route-a');
    world.set('app-1--b--pg--user', 'ann');
    await world.event(SECRET_B);
    expect(world.data()).toEqual({ password: 'from b', user: 'ann' });
  });

  it('stays with its owner while that is paused', async () => {
    const world = rivals();
    await world.event(SECRET_A);
    await put(world, 'route-a', { ...A, paused: true });
    await world.event(SECRET_B);
    expect(world.data()).toEqual({ password: 'from a' });
    expect(world.ports.log.codes()).toEqual(['DELIVERED', 'COLLISION']);
  });

  it('stays with its owner while the row of that cannot be read', async () => {
    const world = rivals();
    await world.event(SECRET_A);
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
    const world = rivals();
    await world.event(SECRET_A);
    const calls: string[] = [];
    world.before = async (call) => void calls.push(call);
    await world.event(SECRET_A);
    expect(calls).not.toContain('registry.routes');
  });
});
