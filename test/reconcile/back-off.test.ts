import { describe, expect, it } from 'vitest';
import { newRunId } from '../../shared/status/run.ts';
import { forget, problemsOf, reconcile } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const { signal } = new AbortController();
const backOffOf = async (world: World) => (await world.ports.status.backOffs(signal)).get('weu-1');

async function worldWith(failures: number, nextProbeInMs: number): Promise<World> {
  const world = createWorld();
  world.set('app-1--pg--password', 's3cret');
  const nextTry = world.ports.clock.now() + nextProbeInMs;
  await world.ports.status.saveBackOff('weu-1', { failures, nextTry }, signal);
  return world;
}

describe('the back-off of a cluster, after a run', () => {
  it('that left it to its probe stays open', async () => {
    const world = await worldWith(4, 60_000);
    await reconcile(world);
    expect(world.ports.kubernetes.log).toEqual([]);
    expect(await backOffOf(world)).toMatchObject({ failures: 4 });
  });

  it('that a table ended before the cluster was asked stays open', async () => {
    const world = await worldWith(4, -1);
    world.ports.status.fail({ code: 'STATUS_UNAVAILABLE', when: (call) => call === 'status.runs' });
    await reconcile(world);
    expect(world.ports.kubernetes.log).toEqual([]);
    expect(await backOffOf(world)).toMatchObject({ failures: 4 });
  });

  it('that another run made unnecessary stays open', async () => {
    const world = await worldWith(4, -1);
    const run = newRunId(world.ports.clock.now() + 60_000);
    const row = {
      cluster: 'weu-1',
      run,
      kind: 'reconcile',
      scope: '',
      state: 'running',
      app: undefined,
    } as const;
    const spent = { startedAt: 0, finishedAt: 0, done: 0, total: 0, counts: {}, lines: [] };
    await world.ports.status.saveRun({ ...row, ...spent }, signal);
    await reconcile(world);
    expect(world.ports.kubernetes.log).toEqual([]);
    expect(await backOffOf(world)).toMatchObject({ failures: 4 });
  });

  it('that went through is closed', async () => {
    const world = await worldWith(4, -1);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret' });
    expect(await backOffOf(world)).toBeUndefined();
  });

  it('that could not reach it counts one failure more', async () => {
    const world = await worldWith(1, -1);
    world.ports.kubernetes.fail({ code: 'CLUSTER_UNREACHABLE' });
    await reconcile(world);
    expect(await backOffOf(world)).toMatchObject({ failures: 2 });
  });
});

describe('a back-off that is over', () => {
  it('holds back no run that asks while others still read it', async () => {
    const world = await worldWith(6, 240_000);
    const { clock, status } = world.ports;
    let isSlow = true;
    world.before = async (call) => {
      if (!isSlow || call !== 'status.backOffs done') return;
      isSlow = false;
      await clock.sleep(1500);
    };
    const others = world.settings.process.status.backOffs(signal);
    await clock.advance(100);
    await status.saveBackOff('weu-1', undefined, signal);
    const run = reconcile(world);
    await Promise.all([others, run]);
    expect(world.data()).toEqual({ password: 's3cret' });
    expect(await problemsOf(world)).toEqual({});
  });
});

describe('the problem of a cluster that runs leave to its probe', () => {
  it('keeps saying why it has to be probed', async () => {
    const world = await worldWith(2, -1);
    world.ports.kubernetes.fail({ code: 'CLUSTER_UNREACHABLE' });
    await reconcile(world);
    forget(world);
    await reconcile(world);
    expect(world.ports.log.codes()).toContain('CLUSTER_BACKOFF');
    expect(await problemsOf(world)).toEqual({ 'cluster:weu-1': 'CLUSTER_UNREACHABLE' });
  });

  it('is told where no run saw the reason', async () => {
    const world = await worldWith(4, 60_000);
    await reconcile(world);
    expect(await problemsOf(world)).toEqual({ 'cluster:weu-1': 'CLUSTER_BACKOFF' });
  });
});
