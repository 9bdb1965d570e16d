import { describe, expect, it } from 'vitest';
import { onReconcileMessage } from '../../shared/commands/orders.ts';
import { startRun } from '../../shared/reconcile/start.ts';
import { forget, reconcile, runRow } from '../support/fleet.ts';
import { createWorld, finish, type World } from '../support/world.ts';

const names = (count: number) => Array.from({ length: count }, (_, index) => `weu-${index + 10}`);

/** Clusters that answer after so long. */
function slow(count: number, ms: number): World {
  const world = createWorld({ clusters: Object.fromEntries(names(count).map((name) => [name, {}])) });
  world.set('app-1--pg--password', 's3cret');
  world.before = async (call) => {
    if (/^kubernetes\.namespaces [^ ]+$/.test(call)) await world.ports.clock.sleep(ms);
  };
  return world;
}

async function handle({ ports, settings }: World, message: unknown): Promise<void> {
  await finish(ports.clock, onReconcileMessage(message, ports, settings));
}

describe('a shard that takes long', () => {
  it('leaves what it has no time to begin with to another one of the same run', async () => {
    const world = slow(10, 30_000);
    const run = await startRun(world.ports);
    const first = world.ports.queue.receive('reconcile');
    first?.complete();
    await handle(world, first?.message);
    const [rest, ...others] = world.ports.queue.waiting('reconcile').map(({ message }) => message);
    expect(others).toEqual([]);
    expect(rest).toEqual({ ...(first?.message as object), clusters: names(10).slice(8) });
    expect(await runRow(world, run, 'weu-17')).toMatchObject({ state: 'done' });
    expect(world.data('weu-18/app-1/pg')).toBeUndefined();
  });

  it('reaches every cluster in the end', async () => {
    const world = slow(10, 30_000);
    const run = await reconcile(world);
    for (const name of names(10)) {
      expect(world.data(`${name}/app-1/pg`)).toEqual({ password: 's3cret' });
      expect(await runRow(world, run, name)).toMatchObject({ state: 'done' });
    }
  });

  it('does not look at a cluster that left the registry before its turn came', async () => {
    const world = slow(10, 30_000);
    await startRun(world.ports);
    const first = world.ports.queue.receive('reconcile');
    first?.complete();
    await handle(world, first?.message);
    for (const one of (await world.ports.registry.list(new AbortController().signal)).existing)
      if (one.name === 'weu-19') await world.ports.registry.remove(one, new AbortController().signal);
    forget(world);
    await handle(world, world.ports.queue.receive('reconcile')?.message);
    expect(world.data('weu-18/app-1/pg')).toEqual({ password: 's3cret' });
    expect(world.data('weu-19/app-1/pg')).toBeUndefined();
  });

  it('says of what the queue does not take that it failed', async () => {
    const world = slow(10, 30_000);
    const run = await startRun(world.ports);
    const first = world.ports.queue.receive('reconcile');
    world.ports.queue.fail({ code: 'QUEUE_UNAVAILABLE' });
    await handle(world, first?.message);
    expect(await runRow(world, run, 'weu-18')).toMatchObject({
      state: 'failed',
      counts: { QUEUE_UNAVAILABLE: 1 },
    });
  });

  it('ends before its function does, whatever hangs', async () => {
    const world = slow(2, 0);
    world.before = (call) =>
      call.startsWith('kubernetes.namespaces weu-10') ? new Promise(() => {}) : Promise.resolve();
    const run = await startRun(world.ports);
    const { ports, settings } = world;
    const handled = onReconcileMessage(ports.queue.receive('reconcile')?.message, ports, settings);
    await ports.clock.advance(10 * 60_000 - 1);
    await handled;
    expect(await runRow(world, run, 'weu-10')).toMatchObject({ state: 'failed', counts: { OUT_OF_TIME: 1 } });
    expect(world.data('weu-11/app-1/pg')).toEqual({ password: 's3cret' });
  });
});

describe('shards that meet on one instance', () => {
  it('look at four clusters at once between them', async () => {
    const world = slow(40, 0);
    let [now, most] = [0, 0];
    world.before = async (call) => {
      if (!call.startsWith('kubernetes.namespaces ')) return;
      now += call.endsWith(' done') ? -1 : 1;
      most = Math.max(most, now);
      if (!call.endsWith(' done')) await world.ports.clock.sleep(1000);
    };
    await startRun(world.ports);
    const messages = [1, 2].map(() => world.ports.queue.receive('reconcile')?.message);
    await Promise.all(messages.map((message) => handle(world, message)));
    expect(most).toBe(4);
  });
});
