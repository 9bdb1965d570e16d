import { describe, expect, it } from 'vitest';
import { forget } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const names = (count: number) => Array.from({ length: count }, (_, index) => `weu-${index + 1}`);

async function delivered(count: number): Promise<World> {
  const world = createWorld({ clusters: Object.fromEntries(names(count).map((name) => [name, {}])) });
  world.set(PASSWORD, 's3cret');
  await world.event();
  forget(world);
  return world;
}

const everywhere = (world: World, count: number) =>
  names(count).map((name) => world.data(`${name}/app-1/pg`)?.['password']);

const isObservation = (call: string, cluster: string): boolean =>
  !call.endsWith(' done') && new RegExp(`^kubernetes\\.(namespace|secret) ${cluster}`).test(call);

describe('the last wave', () => {
  it('is of those that answer after half a second: others are written before, with reads of their own', async () => {
    const world = await delivered(3);
    world.set(PASSWORD, 'rotated');
    const written: [string, number][] = [];
    const start = world.ports.clock.now();
    world.before = async (call) => {
      if (isObservation(call, 'weu-2')) await world.ports.clock.sleep(300);
      if (isObservation(call, 'weu-3')) await world.ports.clock.sleep(1900);
      const [, cluster] = /^kubernetes\.replace (weu-\d)\/\S+ done$/.exec(call) ?? [];
      if (cluster !== undefined) written.push([cluster, world.ports.clock.now() - start]);
    };
    await world.event();
    expect(written).toEqual([
      ['weu-1', 200],
      ['weu-2', 450],
      ['weu-3', 1900],
    ]);
    expect(everywhere(world, 3)).toEqual(['rotated', 'rotated', 'rotated']);
    expect(world.valueReads(PASSWORD)).toBe(3);
  });

  it('leaves what meets a conflict to the queue: no read is left for it', async () => {
    const world = await delivered(2);
    world.set(PASSWORD, 'rotated');
    let isEdited = false;
    world.before = async (call) => {
      if (isObservation(call, 'weu-2')) await world.ports.clock.sleep(1900);
      if (!call.startsWith('kubernetes.replace weu-2') || call.endsWith(' done') || isEdited) return;
      isEdited = true;
      world.ports.kubernetes.people('weu-2').edit('app-1', 'pg', (one) => ({ ...one, data: {} }));
    };
    await world.event();
    expect(world.ports.log.codes().toSorted()).toEqual(['CONFLICT', 'DELIVERED']);
    world.before = async () => {};
    await world.drain();
    expect(everywhere(world, 2)).toEqual(['rotated', 'rotated']);
  });
});
