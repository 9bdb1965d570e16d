import { describe, expect, it } from 'vitest';
import { HOUR_MS, putRoute, rowsOf } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const OTHER = 'example.com/other';
const people = (world: World) => world.ports.kubernetes.people('weu-1');
const secret = (world: World) => people(world).secret('app-1', 'pg');

/** A delivered target whose route asks for another type now: only a new Secret can have it. */
async function retyped(finalizers: string[] = []): Promise<World> {
  const world = createWorld();
  world.set('app-1--pg--password', 's3cret');
  await world.event();
  people(world).edit('app-1', 'pg', (one) => ({ ...one, metadata: { ...one.metadata, finalizers } }));
  await putRoute(world, 'app-1', { type: OTHER });
  return world;
}

describe('a target that can only be deleted and created anew', () => {
  it('keeps its Secret while the cluster refuses the new one', async () => {
    const world = await retyped();
    const before = secret(world);
    const mended = world.ports.kubernetes.fail({
      code: 'SECRET_INVALID',
      when: (call) => call.includes('create '),
    });
    await world.event();
    expect(secret(world)).toEqual(before);
    expect(world.writes()).toHaveLength(1);
    expect(world.ports.log.codes().at(-1)).toBe('SECRET_INVALID');
    mended();
    await world.event();
    expect(secret(world)?.type).toBe(OTHER);
  });

  it('is simply created when somebody deletes the Secret before it is tried', async () => {
    const world = await retyped();
    world.before = async (call) => {
      if (!call.startsWith('kubernetes.try-create ')) return;
      world.before = async () => {};
      people(world).remove('app-1', 'pg');
    };
    await world.event();
    expect(secret(world)?.type).toBe(OTHER);
    expect(world.writes().filter((call) => call.startsWith('kubernetes.remove'))).toEqual([]);
  });

  it('says which finalizers hold the old Secret, and goes on when they are gone', async () => {
    const world = await retyped(['example.com/wait']);
    await world.event();
    await world.drain(HOUR_MS);
    expect(secret(world)).toMatchObject({ type: 'Opaque', terminating: true });
    expect(await rowsOf(world)).toMatchObject([
      { state: 'pending', code: 'CONFLICT', message: expect.stringContaining('example.com/wait') as string },
    ]);
    people(world).edit('app-1', 'pg', (one) => ({ ...one, metadata: { ...one.metadata, finalizers: [] } }));
    await world.drain();
    expect(secret(world)).toMatchObject({ type: OTHER, terminating: false });
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('is created after as long as a throttling cluster asks for, when that is soon', async () => {
    const world = await retyped();
    const code = 'CLUSTER_THROTTLED';
    const isCreate = (call: string): boolean => /^kubernetes\.create .*pg$/.test(call);
    world.ports.kubernetes.fail({ code, when: isCreate, times: 1, retryAfterMs: 4000 });
    const asked: number[] = [];
    world.before = async (call) => {
      if (isCreate(call)) asked.push(world.ports.clock.now());
    };
    await world.event();
    expect(secret(world)?.type).toBe(OTHER);
    const [first = 0, second = 0] = asked;
    expect({ creations: asked.length, waited: second - first }).toEqual({ creations: 2, waited: 4000 });
  });

  it('is decided anew when somebody changes the Secret before the DELETE, which takes nothing away then', async () => {
    const world = await retyped();
    world.before = async (call) => {
      if (!call.startsWith('kubernetes.remove ')) return;
      world.before = async () => {};
      people(world).edit('app-1', 'pg', (one) => ({ ...one, data: { own: 'eA==' } }));
    };
    world.ports.kubernetes.log.length = 0;
    await world.event();
    const calls = world.ports.kubernetes.log.map((call) => call.replace(/^kubernetes\.(\S+) .*/, '$1'));
    const decided = ['namespace', 'secret', 'try-create', 'remove'];
    expect(calls.slice(0, 9)).toEqual([...decided, ...decided, 'create']);
    expect(secret(world)?.type).toBe(OTHER);
    expect(world.data()).toEqual({ password: 's3cret' });
  });
});
