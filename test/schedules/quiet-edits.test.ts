import { describe, expect, it } from 'vitest';
import { forget, HOUR_MS, putRoute, reconcile } from '../support/fleet.ts';
import { createWorld } from '../support/world.ts';

const ONE = { names: ['weu-1'] };
const BOTH = { names: ['weu-1', 'weu-2'] };

describe('a change of less than ten minutes ago', () => {
  it('is read once more by the next run, and by none of those that follow within the ten minutes', async () => {
    const world = createWorld();
    world.set('app-1--pg--password', 'p1');
    await reconcile(world);
    const reads: number[] = [];
    for (let run = 0; run < 4; run += 1) {
      forget(world);
      await world.ports.clock.advance(60_000);
      await reconcile(world);
      reads.push(world.valueReads('app-1--pg--password'));
    }
    expect(reads).toEqual([1, 0, 0, 0]);
  });
});

describe('a route edit that changes nothing of what is rendered', () => {
  it.each([
    ['adds another cluster to names', { clusters: BOTH }],
    ['excludes a secret that does not exist', { clusters: ONE, exclude: ['app-1--none--*'] }],
  ])('causes no request at a cluster that stays as it is: it %s', async (_, spec) => {
    const world = createWorld({
      clusters: { 'weu-1': {}, 'weu-2': {} },
      routes: { 'app-1': { clusters: ONE } },
    });
    for (let index = 0; index < 50; index += 1) world.set(`app-1--s${index}--key`, 'v');
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    await reconcile(world);
    forget(world);
    await putRoute(world, 'app-1', spec);
    await reconcile(world);
    const looks = world.ports.kubernetes.log.filter((call) =>
      /^kubernetes\.(secret|namespace) weu-1/.test(call),
    );
    expect(looks).toEqual([]);
  });
});
