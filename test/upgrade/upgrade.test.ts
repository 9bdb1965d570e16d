import { describe, expect, it } from 'vitest';
import { ruledRegistry } from '../../shared/adapters/storage/registry/ruled.ts';
import { CODES } from '../../shared/errors.ts';
import { config } from '../support/environment.ts';
import { allValueReads, forget, HOUR_MS, reconcile, rowsOf } from '../support/fleet.ts';
import { finish, type World } from '../support/world.ts';
import { startRun } from '../../shared/reconcile/start.ts';
import { onReconcileMessage } from '../../shared/commands/orders.ts';
import { earlier, EARLIER_SECRETS, secretsIn, stillFailing, upgraded } from './earlier.ts';

const CLUSTERS = ['-', ...Object.keys(earlier.clusters)];

/** Target -> state and reason, over all clusters. */
async function statesOf(world: World): Promise<Record<string, string>> {
  const rows = await Promise.all(CLUSTERS.map((name) => rowsOf(world, name)));
  return Object.fromEntries(
    rows.flat().map(({ cluster, id, state, code }) => [`${cluster} ${id}`, `${state} ${code}`]),
  );
}

const dropped = ({ ports }: World): unknown[] =>
  ports.log.outcomes.filter(({ code }) => ['BAD_MESSAGE', 'BAD_ROW', 'INTERNAL'].includes(code));

describe('the deployment that version 0.1.0 left', () => {
  it('has Secrets, rows and messages of every kind', () => {
    const { Targets, Runs, Endpoints } = earlier.tables;
    const values = (column: string): Set<unknown> => new Set(Targets.map((row) => row[column]));
    expect(EARLIER_SECRETS.length).toBeGreaterThan(20);
    expect(values('state')).toEqual(new Set(['current', 'waiting', 'refused', 'problem', 'orphaned']));
    expect(values('code').size).toBeGreaterThan(9);
    expect(values('removal').size).toBe(2);
    expect(Runs.length).toBeGreaterThan(10);
    expect(Endpoints).toHaveLength(1);
    const kinds = earlier.messages.map(({ message }) => (message as { kind: string }).kind);
    expect(new Set(kinds)).toEqual(new Set(['secret', 'target', 'shard']));
  });
});

describe('at an upgrade', () => {
  it('every row is read, in the words of this version', async () => {
    const states = await statesOf(await upgraded());
    expect(Object.keys(states)).toHaveLength(earlier.tables.Targets.length);
    expect(states).toMatchObject({
      '- cluster:neu-1': 'problem CLUSTER_BACKOFF',
      'weu-1 app-1:pg': 'synced UNCHANGED',
      'weu-1 app-1:db': 'orphaned ORPHANED',
      'weu-1 closed:pg': 'refused NOT_ACCEPTED',
      'weu-1 states:future': 'absent SOURCE_NOT_YET_VALID',
      'weu-1 states:locked': 'pending VAULT_FORBIDDEN',
      'neu-1 app-1:mq': 'failed GAVE_UP',
      'neu-1 app-1:pg': 'pending CLUSTER_BACKOFF',
    });
  });

  it('runs write no Secret, and read values once more at most', async () => {
    const world = await upgraded();
    stillFailing(world);
    await reconcile(world);
    await reconcile(world);
    expect(world.writes()).toEqual([]);
    expect(secretsIn(world)).toEqual(EARLIER_SECRETS);
    forget(world);
    await reconcile(world);
    expect({ writes: world.writes(), dropped: dropped(world) }).toEqual({ writes: [], dropped: [] });
    expect(allValueReads(world).filter((call) => !call.includes('locked'))).toEqual([]);
  });

  it('the first run learns from listings when what stands there expires', async () => {
    const world = await upgraded();
    stillFailing(world);
    const before = await rowsOf(world);
    await reconcile(world);
    const row = (await rowsOf(world)).find(({ id }) => id === 'states:near');
    expect(before.map(({ expires }) => expires)).toEqual(before.map(() => ''));
    expect(row).toMatchObject({ expires: '{"states--near--x":1795997547}', deliveries: '' });
  });

  it('the first run says what stands and what happens next of every target', async () => {
    const world = await upgraded();
    stillFailing(world);
    await reconcile(world);
    const states = await statesOf(world);
    // 0.1.0 had no row for what a paused route claims.
    expect(Object.keys(states)).toHaveLength(earlier.tables.Targets.length + 1);
    expect(states).toMatchObject({
      'weu-1 app-1:zz': 'paused PAUSED',
      'weu-1 shop:shop--config': 'synced UNCHANGED',
      'weu-1 shop:shop--broken': 'refused RENDER_REFUSED',
      'weu-1 missing:pg': 'refused NAMESPACE_MISSING',
      'weu-1 states:foreign': 'refused NOT_OURS',
      'weu-1 states:disabled': 'degraded SOURCE_DISABLED',
      'weu-1 states:deleted': 'degraded SOURCE_DELETED',
      'weu-1 states:expired': 'degraded EXPIRED',
      'weu-1 states:mixed': 'degraded SOURCE_DISABLED',
      'weu-1 states:near': 'synced UNCHANGED',
      'weu-1 states:waits': 'synced UNCHANGED',
      'weu-1 app-1:db': 'orphaned ORPHANED',
      'neu-1 app-1:mq': 'failed GAVE_UP',
      'neu-1 app-1:pg': 'pending CLUSTER_BACKOFF',
    });
    for (const state of Object.values(states)) expect(state.split(' ')[1]).toSatisfy((code) => code in CODES);
  });

  it('labels and annotations that nobody allows yet stay where they stand', async () => {
    const world = await upgraded();
    stillFailing(world);
    const ports = { ...world.ports, registry: ruledRegistry(world.ports.registry, config()) };
    await finish(ports.clock, startRun(ports));
    for (let next = ports.queue.receive('reconcile'); next; next = ports.queue.receive('reconcile')) {
      await finish(ports.clock, onReconcileMessage(next.message, ports, world.settings));
      next.complete();
    }
    const labelled = secretsIn(world).filter(({ labels }) => 'team' in labels);
    expect(labelled.map(({ cluster }) => cluster).toSorted()).toEqual(['eus-1', 'neu-1', 'weu-1']);
    expect(secretsIn(world)).toEqual(EARLIER_SECRETS);
  });

  it('what an earlier run saw of a removal is no proof: it is gathered again for an hour', async () => {
    const world = await upgraded();
    stillFailing(world);
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS / 2);
    await reconcile(world);
    expect(world.data('weu-1/states/late')).toEqual({ x: 'late', y: 'stays' });
    await world.ports.clock.advance(HOUR_MS / 2 + 60_000);
    await reconcile(world);
    expect(world.data('weu-1/states/late')).toEqual({ y: 'stays' });
    expect(world.writes()).toEqual(['kubernetes.replace weu-1/states/late']);
  });

  it('messages go on, and bring what was outstanding and nothing else', async () => {
    const world = await upgraded();
    const cure = stillFailing(world);
    cure();
    await world.drain(4 * 24 * HOUR_MS);
    expect(dropped(world)).toEqual([]);
    expect(world.data('neu-1/app-1/pg')).toEqual({ password: 'two', user: 'admin' });
    expect(world.data('weu-1/states/future')).toEqual({ x: 'x' });
    expect(world.data('weu-1/states/waits')).toEqual({ x: 'second' });
    expect(new Set(world.writes().map((call) => call.replace(/^kubernetes\.\w+ /, '')))).toEqual(
      new Set([
        'neu-1/app-1/mq',
        'neu-1/app-1/pg',
        'weu-1/states/future',
        'weu-1/states/locked',
        'weu-1/states/waits',
      ]),
    );
  });
});
