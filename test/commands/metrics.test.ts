import { describe, expect, it } from 'vitest';
import { metricsOf } from '../../shared/commands/metrics.ts';
import { METRICS, openMetrics, sample } from '../../shared/output/metrics.ts';
import { blankRow, NO_CLUSTER } from '../../shared/status/target.ts';
import { version } from '../../shared/version.ts';
import { anyway } from '../support/anyway.ts';
import { HOUR_MS, reconcile } from '../support/fleet.ts';
import { createWorld, finish, type World } from '../support/world.ts';

const signal = new AbortController().signal;

const ask = ({ ports }: World): Promise<string> => finish(ports.clock, metricsOf(ports));

/** Values by name and labels, as a reader finds them. */
async function valuesOf(world: World): Promise<Record<string, number>> {
  const lines = (await ask(world)).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

/** Two clusters, one paused; something synced, refused, failing and expiring in the other. */
async function aFleet(): Promise<World> {
  const world = createWorld({
    clusters: { 'weu-1': {}, 'neu-1': { paused: true } },
    routes: { 'app-1': {}, 'app-2': { prefix: 'app-2--', namespaces: ['app-1'] } },
  });
  world.set('app-1--pg--password', 'a', { exp: Math.floor(world.ports.clock.now() / 1000) + 86_400 });
  world.set('app-1--mq--password', 'b');
  world.set('app-2--pg--password', 'c');
  await reconcile(world);
  return world;
}

describe('the metrics', () => {
  it('say how many targets each cluster has in which state, and why', async () => {
    expect(await valuesOf(await aFleet())).toMatchObject({
      [`vaultcast_build_info{version="${version()}",commit="unknown"}`]: 1,
      'vaultcast_cluster_paused{cluster="weu-1"}': 0,
      'vaultcast_cluster_paused{cluster="neu-1"}': 1,
      'vaultcast_targets{cluster="weu-1",state="synced"}': 2,
      'vaultcast_oldest_failing_target_age_seconds{cluster="weu-1"}': 0,
      'vaultcast_cluster_consecutive_failures{cluster="weu-1"}': 0,
    });
  });

  it('say when the newest run ended, when the newest complete one did, and what expires first', async () => {
    const world = await aFleet();
    const complete = world.ports.clock.now() / 1000;
    const expires = Math.floor(complete) - 1 + 86_400;
    await world.ports.clock.advance(HOUR_MS);
    world.ports.vault.people.forbid('team', 'rbac');
    await reconcile(world);
    const values = await valuesOf(world);

    const label = '{cluster="weu-1"}';
    expect(values[`vaultcast_last_complete_run_timestamp_seconds${label}`]).toBeCloseTo(complete, -1);
    expect(values[`vaultcast_last_run_timestamp_seconds${label}`]).toBeGreaterThan(complete + 3000);
    expect(values[`vaultcast_next_expiry_timestamp_seconds${label}`]).toBeCloseTo(expires, -1);
    expect(values['vaultcast_problems{about="vault",code="VAULT_FORBIDDEN"}']).toBe(1);
  });

  it('let the age of what fails grow between runs', async () => {
    const world = await aFleet();
    world.ports.kubernetes.fail({ code: 'CLUSTER_FAILED', when: (call) => /(?:create|replace) /.test(call) });
    world.set('app-1--pg--password', 'rotated');
    await reconcile(world);
    const name = 'vaultcast_oldest_failing_target_age_seconds{cluster="weu-1"}';
    const before = (await valuesOf(world))[name] ?? -1;
    await world.ports.clock.advance(HOUR_MS);

    expect((await valuesOf(world))[name]).toBeCloseTo(before + 3600, 3);
  });

  it('show a cluster in back-off with its next try, and what is said of it', async () => {
    const world = await aFleet();
    const nextTry = world.ports.clock.now() + 30_000;
    await world.ports.status.saveBackOff(
      'weu-1',
      { failures: 4, nextTry, cause: 'CLUSTER_TIMEOUT: no' },
      signal,
    );

    expect(await valuesOf(world)).toMatchObject({
      'vaultcast_cluster_consecutive_failures{cluster="weu-1"}': 4,
      'vaultcast_cluster_next_try_timestamp_seconds{cluster="weu-1"}': nextTry / 1000,
      'vaultcast_problems{about="cluster",code="CLUSTER_BACKOFF",cluster="weu-1"}': 1,
    });
  });

  it('tell how long the queues are and for how long the oldest message waits', async () => {
    const world = await aFleet();
    const work = { vault: 'team', secret: 'app-1--pg--password', cause: 'x', since: 1, attempt: 1 };
    await world.ports.queue.push({ kind: 'secret', ...work }, 0, signal);
    await world.ports.clock.advance(90_000);

    expect(await valuesOf(world)).toMatchObject({
      'vaultcast_queue_messages{queue="push"}': 1,
      'vaultcast_queue_oldest_message_age_seconds{queue="push"}': expect.any(Number),
    });
  });

  it('have no name of a secret, a namespace, a target or a route, whatever goes wrong with it', async () => {
    const world = await aFleet();
    const work = { vault: 'team', secret: 'app-1--pg--password', cause: 'x', since: 1, attempt: 99 };
    await world.ports.queue.push({ kind: 'secret', ...work }, 0, signal);
    world.ports.vault.people.disable('team', 'app-1--pg--password');
    await world.drain();
    await reconcile(world);
    const problem = {
      cluster: NO_CLUSTER,
      state: 'problem',
      code: 'GAVE_UP',
      message: 'no',
      since: 1,
    } as const;
    const ids = ['secret:team:app-1--pg--password', 'namespace:weu-1:app-1', 'row:Route:app-1'];
    await world.ports.status.saveTargets(anyway(ids.map((id) => blankRow({ ...problem, id }))), signal);

    const text = await ask(world);
    expect(text).toContain('state="degraded",code="SOURCE_DISABLED"');
    expect(text.match(/^vaultcast_problems.*GAVE_UP.*$/gm)).toHaveLength(ids.length);
    expect(text).not.toMatch(/app-1|pg|mq|password/);
  });

  it('ask a small question for each cluster and read no target', async () => {
    const world = await aFleet();
    world.ports.status.log.length = 0;
    await ask(world);

    expect(world.ports.status.log.toSorted()).toEqual([
      'status.backOffs',
      'status.lastLooks',
      'status.lastLooks',
      'status.targets',
    ]);
  });

  it('are none when a table or a queue cannot be read', async () => {
    const world = await aFleet();
    world.ports.status.fail({ times: 1, code: 'STATUS_UNAVAILABLE' });

    await expect(ask(world)).rejects.toMatchObject({ code: 'STATUS_UNAVAILABLE' });
    await ask(world);
    world.ports.queue.fail({ code: 'QUEUE_UNAVAILABLE' });
    await expect(ask(world)).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
  });

  it('name no state and no code but those that there are, whatever somebody wrote into a run', async () => {
    const world = await aFleet();
    const [run] = await world.ports.status.runs('weu-1', signal);
    if (run === undefined) throw new Error('there was no run');
    const targets = {
      synced: 1,
      'refused NOT_ACCEPTED': 2,
      'refused NOT_ACCEPTED app-1--pg--password': 3,
      'app-1--pg--password': 4,
      'failed app-1"} 1\nvaultcast_targets{x="': 5,
    };
    await world.ports.status.saveRun({ ...run, summary: { targets, failingSince: 0, expires: 0 } }, signal);
    const text = await ask(world);

    expect(text.split('\n').filter((line) => line.startsWith('vaultcast_targets'))).toEqual([
      'vaultcast_targets{cluster="weu-1",state="synced"} 1',
      'vaultcast_targets{cluster="weu-1",state="refused",code="NOT_ACCEPTED"} 5',
      'vaultcast_targets{cluster="weu-1",state="unknown"} 4',
      'vaultcast_targets{cluster="weu-1",state="failed"} 5',
    ]);
    expect(text).not.toMatch(/app-1|pg|password/);
  });

  it('hold no name of a cluster that a reader would take for more than one', async () => {
    const world = await aFleet();
    const about = { state: 'problem', code: 'CLUSTER_UNREACHABLE', message: 'no', since: 1 } as const;
    const id = 'cluster:a"b\nc\u2028d';
    await world.ports.status.saveTargets(
      anyway([blankRow({ cluster: NO_CLUSTER, id: 'cluster:a"b', ...about })]),
      signal,
    );
    const [line] = openMetrics([sample('vaultcast_problems', { about: 'cluster', cluster: `${id}\\` }, 1)])
      .split('\n')
      .filter((one) => one.startsWith('vaultcast_problems'));

    expect(line).toBe('vaultcast_problems{about="cluster",cluster="cluster:a\\"b\\nc\u2028d\\\\"} 1');
    expect(await ask(world)).toContain('cluster="a\\"b"} 1');
  });

  it('say of a run of version 0.1.0 when it ended, and no more', async () => {
    const world = createWorld();
    const row = { cluster: 'weu-1', run: '20261120T101500Z-3fa9c1', kind: 'reconcile', scope: '' } as const;
    const rest = {
      state: 'done',
      startedAt: 1000,
      finishedAt: 2000,
      done: 0,
      total: 0,
      counts: {},
      lines: [],
      app: undefined,
    } as const;
    await world.ports.status.saveRun({ ...row, ...rest }, signal);
    const values = await valuesOf(world);

    expect(values['vaultcast_last_complete_run_timestamp_seconds{cluster="weu-1"}']).toBe(2);
    expect(Object.keys(values).filter((name) => name.startsWith('vaultcast_targets'))).toEqual([]);
  });

  it('come family by family, each with type, unit and help, and end as OpenMetrics ends', async () => {
    const text = await ask(await aFleet());
    const types = [...text.matchAll(/^# TYPE (\w+) gauge$/gm)].map(([, name = '']) => name);
    const names = text.split('\n').flatMap((line) => /^(vaultcast_\w+)/.exec(line)?.[1] ?? []);

    expect(new Set(types).size).toBe(types.length);
    expect(names.filter((name, at) => name !== names[at - 1])).toEqual(types);
    expect(text).toMatch(/\n# EOF\n$/);
    for (const [name, { help, ...rest }] of Object.entries(METRICS)) {
      expect(help).toMatch(/^[A-Z].*\.$/);
      expect('unit' in rest).toBe(name.endsWith('_seconds'));
    }
  });
});
