import { describe, expect, it } from 'vitest';
import { onReconcileMessage } from '../../shared/commands/orders.ts';
import { recordProblem } from '../../shared/retry/give-up.ts';
import { secretProblem } from '../../shared/status/problem.ts';
import { startRun } from '../../shared/reconcile/start.ts';
import {
  forget,
  HOUR_MS,
  problemsOf,
  putCluster,
  reconcile,
  reconcileNow,
  rowsOf,
  rowWrites,
  runRow,
} from '../support/fleet.ts';
import { createWorld, finish, type World } from '../support/world.ts';

const numbered = (count: number): Record<string, Record<string, unknown>> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`weu-${index + 1}`, {}]));

function fleet(count: number): World {
  const world = createWorld({ clusters: numbered(count) });
  world.set('app-1--pg--password', 's3cret');
  return world;
}

const { signal } = new AbortController();

describe('a run of the timer', () => {
  it('is one message per twenty clusters, paused ones left out', async () => {
    const world = fleet(45);
    await putCluster(world, 'weu-3', { paused: true });
    await startRun(world.ports);
    const sizes = world.ports.queue
      .waiting('reconcile')
      .map(({ message }) => (message as { clusters: string[] }).clusters.length);
    expect(sizes).toEqual([20, 20, 4]);
  });

  it('delivers to every cluster, and leaves no connection open', async () => {
    const world = fleet(25);
    const rested: string[] = [];
    world.ports.kubernetes.rest = ({ metadata }) => void rested.push(metadata.name);
    const mended = world.ports.kubernetes.fail({
      code: 'CLUSTER_FORBIDDEN',
      when: (call) => call.includes(' weu-7/'),
    });
    await reconcile(world);
    expect(rested.toSorted()).toEqual(Object.keys(numbered(25)).toSorted());
    mended();
    await reconcile(world);
    for (const cluster of Object.keys(numbered(25)))
      expect(world.data(`${cluster}/app-1/pg`)).toEqual({ password: 's3cret' });
  });

  it.each([
    ['that began 1.4 s late, as an instance started, has missed nothing', 1400, []],
    ['that began a minute late, as a lock was taken over, has missed nothing', 60_000, []],
    ['that began exactly two minutes late has missed nothing', 120_000, []],
    ['that began more than two minutes late says by how much', 5 * 60_000, ['RUN_MISSED']],
  ])('%s', async (_what, lateMs, codes) => {
    const world = fleet(1);
    await startRun(world.ports, world.ports.clock.now() - lateMs);
    expect(world.ports.log.codes()).toEqual(codes);
    for (const { message } of world.ports.log.outcomes)
      expect(message).toMatch(/due at 2026-.* 5 minutes late/);
  });

  it('rejects when the queue takes nothing, for the host to tell', async () => {
    const world = fleet(1);
    world.ports.queue.fail({ code: 'QUEUE_UNAVAILABLE' });
    await expect(startRun(world.ports)).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
  });
});

describe('a cluster that fails', () => {
  it('hurts nobody, is a problem people see, and is mended by the next run', async () => {
    const world = fleet(3);
    const mended = world.ports.kubernetes.fail({
      code: 'CLUSTER_UNREACHABLE',
      when: (call) => call.includes(' weu-2/'),
    });
    const run = await reconcile(world);
    expect(world.data('weu-3/app-1/pg')).toEqual({ password: 's3cret' });
    expect(await runRow(world, run, 'weu-2')).toMatchObject({
      state: 'failed',
      counts: { CLUSTER_UNREACHABLE: 1 },
    });
    expect(await problemsOf(world)).toEqual({ 'cluster:weu-2': 'CLUSTER_UNREACHABLE' });
    mended();
    await reconcile(world);
    expect(world.data('weu-2/app-1/pg')).toEqual({ password: 's3cret' });
    expect(await problemsOf(world)).toEqual({});
  });

  it('again and again is left to its next probe', async () => {
    const world = fleet(1);
    world.ports.kubernetes.fail({ code: 'CLUSTER_UNREACHABLE' });
    for (let run = 0; run < 3; run += 1) await reconcile(world);
    forget(world);
    const run = await reconcile(world);
    expect(await runRow(world, run)).toMatchObject({ counts: { CLUSTER_BACKOFF: 1 } });
    expect(world.ports.kubernetes.log).toEqual([]);
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    expect(world.ports.kubernetes.log).not.toEqual([]);
  });

  it('that hangs ends with its own time, and the others do not wait for it', async () => {
    const world = fleet(2);
    world.before = async (call) => {
      if (call === 'kubernetes.namespaces weu-1/*') await world.ports.clock.sleep(60_000);
    };
    await reconcile(world);
    expect(world.data('weu-1/app-1/pg')).toEqual({ password: 's3cret' });
    expect(world.data('weu-2/app-1/pg')).toEqual({ password: 's3cret' });
  });

  it('whose one target fails serves the others and tries it again', async () => {
    const world = fleet(1);
    world.set('app-1--mq--password', 'mq');
    const mended = world.ports.kubernetes.fail({
      code: 'CLUSTER_FORBIDDEN',
      when: (call) => call.startsWith('kubernetes.create weu-1/app-1/pg'),
    });
    await reconcile(world);
    expect(world.data('weu-1/app-1/mq')).toEqual({ password: 'mq' });
    expect((await rowsOf(world)).map(({ id, state }) => [id, state])).toEqual([
      ['app-1:mq', 'synced'],
      ['app-1:pg', 'pending'],
    ]);
    mended();
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret' });
  });
});

describe('a run that is overtaken', () => {
  it('leaves its clusters to the newer one', async () => {
    const world = fleet(1);
    const old = await startRun(world.ports);
    const message = world.ports.queue.receive('reconcile');
    message?.complete();
    await reconcile(world);
    forget(world);
    await onReconcileMessage(message?.message, world.ports, world.settings);
    expect(await runRow(world, old)).toMatchObject({ state: 'superseded' });
    expect(world.ports.kubernetes.log).toEqual([]);
    expect(world.ports.log.codes()).toEqual(['SUPERSEDED']);
  });

  it('by one for a route only goes on', async () => {
    const world = fleet(1);
    await startRun(world.ports);
    const message = world.ports.queue.receive('reconcile');
    message?.complete();
    await reconcileNow(world, { route: 'app-9' });
    await onReconcileMessage(message?.message, world.ports, world.settings);
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('whose message comes twice looks once', async () => {
    const world = fleet(1);
    await startRun(world.ports);
    const message = world.ports.queue.receive('reconcile')?.message;
    await finish(world.ports.clock, onReconcileMessage(message, world.ports, world.settings));
    forget(world);
    await onReconcileMessage(message, world.ports, world.settings);
    expect(world.ports.kubernetes.log).toEqual([]);
    expect(world.ports.log.codes()).toEqual([]);
  });
});

describe('a run of the future', () => {
  const far = '99991231T235959Z-abcd';

  it('is refused, so that it keeps no other run from its clusters', async () => {
    const world = fleet(1);
    for (const kind of ['shard', 'check'])
      await onReconcileMessage({ kind, run: far, clusters: ['weu-1'] }, world.ports, world.settings);
    expect(world.ports.log.codes()).toEqual(['BAD_MESSAGE', 'BAD_MESSAGE']);
    expect(world.ports.kubernetes.log).toEqual([]);
    expect(await runRow(world, far)).toBeUndefined();
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('that stands in the table already overtakes nothing', async () => {
    const world = fleet(1);
    const spent = { startedAt: 0, finishedAt: 0, done: 0, total: 0, counts: {}, lines: [] };
    const row = {
      cluster: 'weu-1',
      run: far,
      kind: 'reconcile',
      scope: '',
      state: 'running',
      app: undefined,
    } as const;
    await world.ports.status.saveRun({ ...row, ...spent }, signal);
    const run = await reconcile(world);
    expect(await runRow(world, run)).toMatchObject({ state: 'done' });
    expect(world.data()).toEqual({ password: 's3cret' });
  });
});

describe('a run that a person asks for', () => {
  it('limited to a route touches only its targets', async () => {
    const world = createWorld({
      routes: { 'app-1': {}, 'app-2': { namespaces: ['app-1'] } },
      namespaces: { 'app-1': 'app-1--,app-2--' },
    });
    world.set('app-1--pg--password', 'one');
    world.set('app-2--mq--password', 'two');
    await reconcileNow(world, { route: 'app-2' });
    expect(world.data('weu-1/app-1/mq')).toEqual({ password: 'two' });
    expect(world.data()).toBeUndefined();
  });

  it('as a plan writes nothing and says what would be done', async () => {
    const world = fleet(1);
    await reconcile(world);
    world.set('app-1--pg--password', 'rotated');
    world.set('app-1--mq--password', 'mq');
    forget(world);
    const run = await reconcileNow(world, { dryRun: true });
    expect(world.writes()).toEqual([]);
    expect(rowWrites(world)).toEqual([]);
    const row = await runRow(world, run);
    expect(row).toMatchObject({ kind: 'plan', counts: { PLANNED: 2 } });
    expect(row?.lines.toSorted()).toEqual([
      'PLANNED app-1/mq: the Secret would be created: keys password',
      expect.stringMatching(
        /^PLANNED app-1\/pg: the Secret would be updated: changes key password; for secret app-1--pg--password \(version \w{8} -> \w{8}\)$/,
      ),
    ]);
  });

  it('for a cluster that is not registered says so', async () => {
    const world = fleet(1);
    const run = await reconcileNow(world, { clusters: ['nowhere'] });
    expect(await runRow(world, run, 'nowhere')).toMatchObject({
      state: 'failed',
      lines: ['NO_ROUTE: cluster nowhere is not registered'],
    });
  });
});

describe('the tables', () => {
  it('that fail end the run as failed, or late, but change no Secret wrongly', async () => {
    const world = fleet(1);
    await reconcile(world);
    world.set('app-1--pg--password', 'rotated');
    const mended = world.ports.status.fail({
      code: 'STATUS_UNAVAILABLE',
      when: (call) => call.includes('saveTargets'),
    });
    const run = await reconcile(world);
    expect(world.data()).toEqual({ password: 'rotated' });
    expect(await runRow(world, run)).toMatchObject({ state: 'failed', counts: { STATUS_UNAVAILABLE: 1 } });
    mended();
    await reconcile(world);
    expect(world.data()).toEqual({ password: 'rotated' });
    expect((await rowsOf(world)).map((row) => row.state)).toEqual(['synced']);
  });

  it('keep a problem of a secret until a run finds its targets well', async () => {
    const world = fleet(1);
    const mended = world.ports.vault.fail({ code: 'VAULT_FORBIDDEN' });
    const secret = { vault: 'team', name: 'app-1--pg--password' };
    await recordProblem(world.ports, secretProblem(secret), 'given up', { cause: 'event', attempt: 9 });
    await reconcile(world);
    expect(await problemsOf(world)).toHaveProperty(['secret:team:app-1--pg--password'], 'GAVE_UP');
    mended();
    await reconcile(world);
    expect(await problemsOf(world)).toEqual({});
    expect(world.data()).toEqual({ password: 's3cret' });
  });
});

describe('a secret whose name is malformed', () => {
  it('is delivered by no run, as by no event', async () => {
    const world = createWorld({ routes: { 'app-1': { layout: 'flat' } } });
    world.set('app-1---pg', 'value');
    await reconcile(world);
    expect(world.data('weu-1/app-1/app-1---pg')).toBeUndefined();
    expect(await rowsOf(world)).toEqual([]);
  });
});
