import { describe, expect, it } from 'vitest';
import { onPoisonMessage } from '../../shared/retry/poison.ts';
import { onPushMessage } from '../../shared/sync.ts';
import { onVaultEvent } from '../../shared/sync.ts';
import { aSecretEvent } from '../support/builders.ts';
import { dropRows, HOUR_MS, problemsOf, putRoute, reconcile, rowsOf, stateOf } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const USER = 'app-1--pg--user';

async function hourlyRuns(world: World, runs: number): Promise<void> {
  for (let run = 0; run < runs; run += 1) {
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
  }
}

describe('a problem is cleared', () => {
  it('when it is of a secret whose vault no route speaks of any more', async () => {
    const world = createWorld({
      routes: { 'app-1': {}, o: { vault: 'other', prefix: 'o--', namespaces: ['app-1'] } },
    });
    world.set(PASSWORD, 'v1');
    await reconcile(world);
    const poisoned = {
      kind: 'secret',
      vault: 'other',
      secret: 'o--x--y',
      cause: 'e',
      since: 0,
      attempt: 3,
    };
    await onPoisonMessage(poisoned, 'push', world.ports);
    await dropRows(world, 'Route', 'o');
    await hourlyRuns(world, 24 * 14);
    expect(await problemsOf(world)).toEqual({});
  });

  it('when it is of a target in a cluster that is registered no more', async () => {
    const world = createWorld({ clusters: { 'weu-1': {}, 'weu-2': {} } });
    world.set(PASSWORD, 'v1');
    await reconcile(world);
    const isOther = (call: string): boolean => call.includes('weu-2');
    world.ports.kubernetes.fail({ code: 'CLUSTER_UNREACHABLE', when: isOther });
    world.set(PASSWORD, 'v2');
    await world.event(PASSWORD);
    await dropRows(world, 'Cluster', 'weu-2');
    await world.drain(26 * HOUR_MS);
    await hourlyRuns(world, 24 * 3);
    expect(await rowsOf(world, 'weu-2')).toEqual([]);
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
  it('is that of the attempt that succeeded, when the row of an earlier one is slow', async () => {
    const world = createWorld();
    world.set(PASSWORD, 'v1');
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    world.set(PASSWORD, 'v2');
    // Two conflicts in a row: the message is visible 0.5 to 2 s later, while the row takes 2.5 s.
    let edits = 0;
    world.before = async (call) => {
      if (/^kubernetes\.replace [^ ]+$/.test(call) && edits < 2) {
        edits += 1;
        const labels = { edit: String(edits) };
        world.ports.kubernetes.people('weu-1').edit('app-1', 'pg', ({ metadata, ...rest }) => ({
          ...rest,
          metadata: { ...metadata, labels: { ...metadata.labels, ...labels } },
        }));
      }
      if (call !== 'status.saveTargets' || edits !== 2) return;
      edits = 3;
      await world.ports.clock.sleep(2500);
    };
    const event = aSecretEvent({ name: PASSWORD, id: 'e1' });
    const first = onVaultEvent([event], world.ports, world.settings);
    for (let step = 0; step < 21; step += 1) await world.ports.clock.advance(100);
    const delivery = world.ports.queue.receive('push');
    const second = onPushMessage(delivery?.message, world.ports, world.settings);
    for (let step = 0; step < 60; step += 1) await world.ports.clock.advance(100);
    await Promise.all([first, second]);
    expect((await rowsOf(world)).map((row) => row.state)).toEqual(['synced']);
  });

  it('is that of the route that wrote it, when another one claims what waited', async () => {
    const world = createWorld();
    world.set(PASSWORD, 'v1');
    await world.event(PASSWORD);
    await putRoute(world, 'b-rival', RIVAL);
    await world.ports.clock.advance(HOUR_MS);
    world.set(PASSWORD, 'v2');
    const isReplace = (call: string): boolean => call.startsWith('kubernetes.replace ');
    world.ports.kubernetes.fail({ code: 'CLUSTER_FAILED', times: 1, when: isReplace });
    await world.event(PASSWORD, 'event-2');
    expect(await rowsOf(world)).toMatchObject([{ state: 'pending', route: 'app-1' }]);
    await world.drain();
    expect(world.data()).toEqual({ password: 'v2' });
    expect(await rowsOf(world)).toMatchObject([{ state: 'synced', route: 'app-1' }]);
  });

  it('says that nobody writes what two routes claim, when neither has made it', async () => {
    const world = createWorld({ routes: { 'app-1': {}, 'b-rival': RIVAL } });
    world.set(PASSWORD, 'v1');
    await world.event(PASSWORD);
    expect(await rowsOf(world)).toMatchObject([{ state: 'refused', code: 'COLLISION', uid: '' }]);
    expect((await rowsOf(world))[0]?.message).toContain('routes app-1 and b-rival claim');
  });
});

describe('a poisoned message', () => {
  it('does not make a Secret be lost sight of', async () => {
    const world = createWorld();
    world.set(PASSWORD, 'v1');
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS);
    world.ports.kubernetes.people('weu-1').annotate('app-1', { 'vaultcast.dev/accept': undefined });
    const target = { cluster: 'weu-1', namespace: 'app-1', name: 'pg' };
    const work = { vault: 'team', secret: PASSWORD, cause: 'e', since: 0, attempt: 3 };
    await onPoisonMessage({ kind: 'target', ...work, ...target }, 'push', world.ports);
    await reconcile(world);
    await dropRows(world, 'Route', 'app-1');
    await putRoute(world, 'zz', { prefix: 'zz--', namespaces: ['zz'] });
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    expect(await stateOf(world)).toBe('orphaned');
  });

  it('that holds an event names its secret, and leaves the problem of another one alone', async () => {
    const world = createWorld();
    await onPoisonMessage([aSecretEvent({ name: PASSWORD, id: 'e1' })], 'vault-events', world.ports);
    await onPoisonMessage([aSecretEvent({ name: USER, id: 'e2' })], 'vault-events', world.ports);
    expect(Object.keys(await problemsOf(world))).toHaveLength(2);
  });
});
