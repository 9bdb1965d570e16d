import { expect, it } from 'vitest';
import { reconcile, rowsOf, runRow } from '../support/fleet.ts';
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

it('a row of a later look, by an instance whose clock is ahead, stays, and the run goes on', async () => {
  const world = createWorld();
  world.set('app-1--pg--password', 's3cret');
  world.set('app-1--mq--password', 'rabbit');
  await reconcile(world);
  const { signal } = new AbortController();
  const before = await world.ports.status.target(
    { cluster: 'weu-1', namespace: 'app-1', name: 'pg' },
    signal,
  );
  if (before === undefined) throw new Error('no row');
  const later = { ...before, lookedAt: world.ports.clock.now() + 60_000 };
  await world.ports.status.saveTargets([{ row: later, over: before }], signal);
  world.ports.kubernetes.people('weu-1').annotate('app-1', { 'vaultcast.dev/accept': undefined });
  const run = await reconcile(world);
  expect(await rowsOf(world)).toMatchObject([
    { id: 'app-1:mq', code: 'NOT_ACCEPTED' },
    { id: 'app-1:pg', code: 'DELIVERED', lookedAt: later.lookedAt },
  ]);
  expect(await runRow(world, run)).toMatchObject({ state: 'done', counts: { NOT_ACCEPTED: 2 } });
});
