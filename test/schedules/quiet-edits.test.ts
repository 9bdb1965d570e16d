import { describe, expect, it } from 'vitest';
import { forget, HOUR_MS, putRoute, reconcile } from '../support/fleet.ts';
import { createWorld } from '../support/world.ts';

const ONE = { names: ['weu-1'] };
const BOTH = { names: ['weu-1', 'weu-2'] };

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
