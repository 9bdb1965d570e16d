import { describe, expect, it } from 'vitest';
import { createWorld, type World } from '../support/world.ts';

const BUDGET_MS = 20_000;
const NAMESPACES = Array.from({ length: 60 }, (_, index) => `ns-${index + 1}`);
const HEALTHY = ['weu-1', 'neu-1', 'sea-1'];

const forever = () => new Promise<never>(() => undefined);

/** Three clusters that answer and one that may not, sixty targets in each. */
function aWorld(): World {
  const world = createWorld({
    clusters: { 'weu-1': {}, 'neu-1': {}, 'sea-1': {}, 'hung-1': {} },
    routes: { 'app-1': { namespaces: NAMESPACES } },
    namespaces: Object.fromEntries(NAMESPACES.map((name) => [name, 'app-1--'])),
  });
  world.set('app-1--pg--password', 's3cret');
  return world;
}

/** Delivers the event and gives the milliseconds until it is answered, and what it was refused with. */
async function answered(world: World): Promise<{ after: number; refusal: unknown }> {
  const from = world.ports.clock.now();
  const refusal: unknown = await world.event().then(
    () => undefined,
    (error: unknown) => error,
  );
  return { after: world.ports.clock.now() - from, refusal };
}

describe('an event for sixty targets in each of four clusters', () => {
  it('reaches all targets of three while the fourth hangs, and its targets wait', async () => {
    const world = aWorld();
    world.before = async (call) => (call.includes(' hung-1/') ? forever() : undefined);
    const { after, refusal } = await answered(world);
    expect(refusal).toBeUndefined();
    expect(after).toBeLessThanOrEqual(BUDGET_MS);
    for (const cluster of HEALTHY)
      for (const namespace of NAMESPACES)
        expect(world.data(`${cluster}/${namespace}/pg`)).toEqual({ password: 's3cret' });
    expect(world.ports.queue.waiting('push')).toHaveLength(NAMESPACES.length);
    expect([...(await world.ports.status.backOffs(new AbortController().signal)).keys()]).toEqual(['hung-1']);
  });

  it('asks little of a cluster that hangs', async () => {
    const world = aWorld();
    world.before = async (call) => (call.includes(' hung-1/') ? forever() : undefined);
    await answered(world);
    expect(world.ports.kubernetes.log.filter((call) => call.includes(' hung-1/')).length).toBeLessThanOrEqual(
      64,
    );
  });

  it('is answered in time when every write hangs, the tables hang, and the queue is slow', async () => {
    const world = aWorld();
    world.before = async (call) => {
      if (/^kubernetes\.create|^status\.(?!backOffs)/.test(call)) return forever();
      if (call === 'queue.push') await world.ports.clock.sleep(200);
    };
    const { after, refusal } = await answered(world);
    expect(refusal).toBeUndefined();
    expect(after).toBeLessThanOrEqual(BUDGET_MS);
    expect(world.ports.queue.waiting('push')).toHaveLength(4 * NAMESPACES.length);
  });

  it('is refused in time when the queue hangs and there is something to queue', async () => {
    const world = aWorld();
    world.before = async (call) => (/^kubernetes\.create|^queue\./.test(call) ? forever() : undefined);
    const { after, refusal } = await answered(world);
    expect(refusal).toMatchObject({ code: 'OUT_OF_TIME' });
    expect(after).toBeLessThanOrEqual(BUDGET_MS);
  });

  it('is not refused when the queue hangs and everything arrived', async () => {
    const world = aWorld();
    world.before = async (call) => (call.startsWith('queue.') ? forever() : undefined);
    expect(await answered(world)).toEqual({ after: expect.any(Number) as number, refusal: undefined });
    expect(world.data('hung-1/ns-60/pg')).toEqual({ password: 's3cret' });
  });
});
