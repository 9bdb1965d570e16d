import { describe, expect, it } from 'vitest';
import { onReconcileMessage } from '../../shared/commands/orders.ts';
import { newRunId } from '../../shared/status/run.ts';
import { drainRuns, HOUR_MS, reconcile, rowsOf } from '../support/fleet.ts';
import { createWorld, finish, type World } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const OTHER = 'app-1--mq--password';
const { signal } = new AbortController();

describe('a cluster in back-off', () => {
  it('that is healthy again is looked at by the run that met it, a minute later', async () => {
    const world = createWorld();
    world.set(PASSWORD, 'v1');
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS);
    world.set(PASSWORD, 'v2');
    const backOff = { failures: 8, nextTry: world.ports.clock.now() + 60_000 };
    await world.ports.status.saveBackOff('weu-1', backOff, signal);
    await reconcile(world);
    await world.drain(14 * 60_000);
    expect(world.data()).toEqual({ password: 'v2' });
  });

  it('whose next try is lost to an instance that found it healthy is written at once', async () => {
    const world = createWorld();
    world.set(PASSWORD, 'v1');
    await reconcile(world);
    world.set(PASSWORD, 'v2');
    const backOff = { failures: 8, nextTry: world.ports.clock.now() };
    await world.ports.status.saveBackOff('weu-1', backOff, signal);
    world.before = async (call) => {
      if (call !== 'status.backOffs done') return;
      world.before = async () => {};
      await world.ports.status.saveBackOff('weu-1', undefined, signal);
    };
    await world.event(PASSWORD);
    expect(world.data()).toEqual({ password: 'v2' });
  });
});

describe('the cause of a back-off', () => {
  it('is told by every target that waits, by the problem of its cluster, and kept until it answers', async () => {
    const world = createWorld();
    world.set(PASSWORD, 'v1');
    await reconcile(world);
    const mended = world.ports.kubernetes.fail({ code: 'CLUSTER_TLS' });
    for (let failures = 0; failures < 4; failures += 1) await reconcile(world);
    world.set(PASSWORD, 'v2');
    await world.event(PASSWORD);
    const [row] = await rowsOf(world);
    expect(row).toMatchObject({ state: 'pending', code: 'CLUSTER_BACKOFF' });
    expect(row?.message).toMatch(/^cluster weu-1 keeps failing \(CLUSTER_TLS: .+\); this target waits/);
    const last = world.ports.log.outcomes.findLast(({ code }) => code === 'RUN_INCOMPLETE');
    expect(last?.message).toMatch(/CLUSTER_BACKOFF: cluster weu-1 keeps failing \(CLUSTER_TLS: /);
    mended();
    await world.drain();
    expect(world.data()).toEqual({ password: 'v2' });
    expect(await world.ports.status.backOffs(signal)).toEqual(new Map());
  });
});

describe("a person's command at a cluster in back-off", () => {
  const orderOf = async ({ ports, settings }: World, order: object): Promise<void> => {
    await ports.clock.advance(1000);
    const message = { run: newRunId(ports.clock.now()), ...order };
    await finish(ports.clock, onReconcileMessage(message, ports, settings));
  };

  /** Up again; its next try is five minutes away, and a target of each of two secrets waits for it. */
  async function waiting(): Promise<World> {
    const world = createWorld();
    for (const [name, value] of [
      [PASSWORD, 'v1'],
      [OTHER, 'm1'],
    ] as const)
      world.set(name, value);
    await reconcile(world);
    const backOff = { failures: 8, nextTry: world.ports.clock.now() + 5 * 60_000 };
    await world.ports.status.saveBackOff('weu-1', backOff, signal);
    world.set(PASSWORD, 'v2');
    world.set(OTHER, 'm2');
    await world.event(PASSWORD);
    await world.event(OTHER, 'event-2');
    expect(world.data()).toEqual({ password: 'v1' });
    return world;
  }

  const soon = 20_000;

  it.each([
    ['push', { kind: 'push', vault: 'team', secret: PASSWORD }],
    ['reconcile', { kind: 'shard', clusters: ['weu-1'], recheck: true }],
    ['check', { kind: 'check', clusters: ['weu-1'] }],
  ])('%s is a try, and its success releases what waits', async (_name, order) => {
    const world = await waiting();
    await orderOf(world, order);
    await world.ports.clock.advance(soon);
    await drainRuns(world);
    expect(world.data()).toEqual({ password: 'v2' });
    expect(world.data('weu-1/app-1/mq')).toEqual({ password: 'm2' });
    expect(await world.ports.status.backOffs(signal)).toEqual(new Map());
  });

  it('that finds it down keeps the back-off and says why it failed', async () => {
    const world = await waiting();
    world.ports.kubernetes.fail({ code: 'CLUSTER_UNREACHABLE' });
    await orderOf(world, { kind: 'push', vault: 'team', secret: PASSWORD });
    const [run] = await world.ports.status.runs('-', signal);
    expect(run).toMatchObject({ kind: 'push', counts: { CLUSTER_UNREACHABLE: 1 } });
    const backOff = (await world.ports.status.backOffs(signal)).get('weu-1');
    expect(backOff?.cause).toMatch(/^CLUSTER_UNREACHABLE: /);
  });

  it('is one try at a time, whoever asks', async () => {
    const world = await waiting();
    const asked: string[] = [];
    world.before = async (call) => {
      if (call.startsWith('kubernetes.')) asked.push(call);
      if (call.startsWith('status.claimTry') && !call.endsWith(' done'))
        await world.ports.clock.sleep(50, signal);
    };
    world.ports.kubernetes.fail({ code: 'CLUSTER_UNREACHABLE' });
    await Promise.all([
      orderOf(world, { kind: 'push', vault: 'team', secret: PASSWORD }),
      orderOf(world, { kind: 'push', vault: 'team', secret: OTHER }),
    ]);
    const pushed = (await world.ports.status.runs('-', signal)).filter(({ kind }) => kind === 'push');
    const codes = pushed.flatMap(({ counts }) => Object.keys(counts)).toSorted();
    expect(codes.filter((code) => code !== 'SUPERSEDED')).toEqual(['CLUSTER_BACKOFF', 'CLUSTER_UNREACHABLE']);
  });
});
