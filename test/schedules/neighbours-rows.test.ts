import { describe, expect, it } from 'vitest';
import { onPoisonMessage } from '../../shared/retry/poison.ts';
import {
  dropRows,
  forget,
  HOUR_MS,
  problemsOf,
  putCluster,
  putRoute,
  reconcile,
  reconcileTwice,
  rowsOf,
  rowWrites,
  stateOf,
} from '../support/fleet.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const USER = 'app-1--pg--user';
const SOURCES = 'vaultcast.dev/sources';
const { signal } = new AbortController();

async function settled(options: WorldOptions = {}): Promise<World> {
  const world = createWorld(options);
  world.set(PASSWORD, 'p1');
  world.set(USER, 'u1');
  await reconcileTwice(world);
  return world;
}

async function hourlyRuns(world: World, runs: number): Promise<void> {
  for (let run = 0; run < runs; run += 1) {
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
  }
}

const isReplace = (call: string): boolean => call.startsWith('kubernetes.replace ');

describe('a target whose writes fail in runs alone', () => {
  it('is failed after a day, and has a day again after a success in between', async () => {
    const world = await settled();
    world.set(PASSWORD, 'p2');
    const mended = world.ports.kubernetes.fail({ code: 'CLUSTER_FORBIDDEN', when: isReplace });
    await hourlyRuns(world, 20);
    mended();
    await hourlyRuns(world, 1);
    expect(world.data()).toEqual({ password: 'p2', user: 'u1' });
    world.set(PASSWORD, 'p3');
    world.ports.kubernetes.fail({ code: 'CLUSTER_FORBIDDEN', when: isReplace });
    await hourlyRuns(world, 10);
    expect(await stateOf(world)).not.toBe('failed');
    await hourlyRuns(world, 16);
    expect(await stateOf(world)).toBe('failed');
  });
});

describe('a target whose work was given up', () => {
  it('stays failed through runs that meet the back-off of its cluster, and is synced when it answers', async () => {
    const world = await settled();
    world.set(PASSWORD, 'p2');
    const mended = world.ports.kubernetes.fail({ code: 'CLUSTER_UNREACHABLE' });
    await world.event(PASSWORD, 'event-2');
    await world.drain(26 * HOUR_MS);
    expect(await rowsOf(world)).toMatchObject([{ state: 'failed', code: 'GAVE_UP', stands: 'yes' }]);
    await hourlyRuns(world, 3);
    expect(await stateOf(world)).toBe('failed');
    mended();
    await hourlyRuns(world, 1);
    await world.drain(HOUR_MS);
    expect(await stateOf(world)).toBe('synced');
  });
});

/** Claims what route app-1 makes of the same secret. */
const RIVAL = {
  prefix: 'app-1--pg--',
  namespaces: ['app-1'],
  layout: 'explicit',
  name: 'pg',
  data: { other: { secret: PASSWORD } },
};

describe('the row of a target', () => {
  it('goes on waiting for its message when another route that claims it is refused meanwhile', async () => {
    const world = await settled();
    world.set(USER, 'u2');
    const mended = world.ports.kubernetes.fail({ code: 'CLUSTER_FAILED', when: isReplace });
    await world.event(USER, 'event-2');
    const [before] = await rowsOf(world);
    await putRoute(world, 'b-rival', { ...RIVAL, data: { other: { secret: 'app-1--pg--extra' } } });
    world.set('app-1--pg--extra', 'x');
    mended();
    await putRoute(world, 'app-1', { match: { names: [PASSWORD, USER] } });
    await world.event('app-1--pg--extra', 'event-3');
    expect(await rowsOf(world)).toMatchObject([
      { state: 'pending', route: 'app-1', nextRetry: before?.nextRetry },
    ]);
    await world.drain();
    expect(await rowsOf(world)).toMatchObject([{ state: 'synced', route: 'app-1' }]);
  });

  it('keeps the proof of a removal through a poisoned message, for that looked at nothing', async () => {
    const world = await settled({ routes: { 'app-1': { onDeleted: 'remove' } } });
    world.ports.vault.people.delete('team', USER);
    await reconcile(world);
    const target = { cluster: 'weu-1', namespace: 'app-1', name: 'pg' };
    const work = { vault: 'team', secret: PASSWORD, cause: 'e', since: 0, attempt: 3 };
    await onPoisonMessage({ kind: 'target', ...work, ...target }, 'push', world.ports);
    await hourlyRuns(world, 1);
    expect(world.data()).toEqual({ password: 'p1' });
    expect(await problemsOf(world)).toEqual({});
  });

  it('of a cluster that was taken out and is registered again tells of the Secret that stands there', async () => {
    const world = await settled();
    await putCluster(world, 'weu-2');
    world.ports.kubernetes.people('weu-2').createNamespace('app-1', { 'vaultcast.dev/accept': 'app-1--' });
    await reconcile(world);
    await dropRows(world, 'Cluster', 'weu-2');
    await hourlyRuns(world, 1);
    expect(await rowsOf(world, 'weu-2')).toEqual([]);
    await putCluster(world, 'weu-2');
    forget(world);
    await hourlyRuns(world, 1);
    expect(await rowsOf(world, 'weu-2')).toMatchObject([{ state: 'synced', stands: 'yes' }]);
    expect(world.writes()).toEqual([]);
  });
});

describe('what people write into the annotation of sources', () => {
  const annotate = (world: World, sources: string): void =>
    void world.ports.kubernetes.people('weu-1').edit('app-1', 'pg', ({ metadata, ...rest }) => {
      const annotations = { ...metadata.annotations, [SOURCES]: sources };
      return { ...rest, metadata: { ...metadata, annotations } };
    });

  it('that nobody can read holds up no removal of another orphan of the cluster', async () => {
    const world = await settled({
      clusters: { 'weu-1': { orphans: 'remove' } },
      routes: { 'app-1': {}, 'app-2': { prefix: 'app-2--', namespaces: ['app-2'] } },
      namespaces: { 'app-1': 'app-1--', 'app-2': 'app-2--' },
    });
    world.set('app-2--mq--password', 'm1');
    world.set('app-1--mq--password', 'm1');
    await reconcileTwice(world);
    annotate(world, 'this is no list of sources');
    await dropRows(world, 'Route', 'app-1');
    await reconcileTwice(world);
    expect(world.data('weu-1/app-1/mq')).toBeUndefined();
    expect(world.data()).toEqual({ password: 'p1', user: 'u1' });
  });

  it('that names another vault is written away once, and then all is quiet', async () => {
    const world = await settled({
      routes: { 'app-1': {}, other: { vault: 'other', prefix: 'app-1--', namespaces: ['app-2'] } },
    });
    world.ports.vault.people.set('other', PASSWORD, 'theirs');
    annotate(world, `other/${PASSWORD}@${'f'.repeat(32)}:1`);
    await hourlyRuns(world, 2);
    expect(world.data()).toEqual({ password: 'p1', user: 'u1' });
    forget(world);
    await hourlyRuns(world, 2);
    expect([world.writes(), rowWrites(world)]).toEqual([[], []]);
  });
});

describe('a replica that lags when its event comes', () => {
  it('and that shows a new secret as missing is asked again, so that it arrives without a run', async () => {
    const world = await settled();
    world.ports.vault.people.serveStale('team', true);
    world.set('app-1--mq--password', 'm1');
    await world.event('app-1--mq--password', 'event-2');
    expect(world.data('weu-1/app-1/mq')).toBeUndefined();
    world.ports.vault.people.serveStale('team', false);
    await world.drain();
    expect(world.data('weu-1/app-1/mq')).toEqual({ password: 'm1' });
    expect(
      await world.ports.status.target({ cluster: 'weu-1', namespace: 'app-1', name: 'mq' }, signal),
    ).toMatchObject({ state: 'synced' });
  });
});
