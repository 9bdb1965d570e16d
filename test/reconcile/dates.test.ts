import { expect, it } from 'vitest';
import { reconcile, rowsOf } from '../support/fleet.ts';
import { createWorld } from '../support/world.ts';

it('a row that a long run makes is dated after its write, and not in the future', async () => {
  const world = createWorld();
  world.set('app-1--pg--password', 's3cret');
  let created = 0;
  world.before = async (call) => {
    if (/^(?:kubernetes\.namespaces|vault\.read)\b(?!.* done$)/.test(call))
      await world.ports.clock.sleep(2000);
    if (/^kubernetes\.create\b.* done$/.test(call)) created = world.ports.clock.now();
  };
  const started = world.ports.clock.now();
  await reconcile(world);
  const [row] = await rowsOf(world);
  expect(created).toBeGreaterThan(started + 2000);
  expect(row?.code).toBe('DELIVERED');
  expect(row?.deliveredAt).toBeGreaterThanOrEqual(created);
  expect(row?.deliveredAt).toBeLessThanOrEqual(world.ports.clock.now());
});
