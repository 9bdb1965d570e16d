import { describe, expect, it } from 'vitest';
import { HOUR_MS, reconcile } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const USER = 'app-1--pg--user';

/** A sick cluster with that many targets, a healthy one nearby and a healthy one 300 ms away with one each. */
function withSickCluster(targets: number): World {
  const namespaces = Array.from({ length: targets }, (_, index) => `app-1-${index}`);
  return createWorld({
    clusters: { sick: {}, near: {}, far: {} },
    routes: {
      a: { prefix: 'app-1--', clusters: { names: ['sick'] }, namespaces },
      b: { prefix: 'app-1--', clusters: { names: ['near', 'far'] }, namespaces: ['app-1'] },
    },
    namespaces: { 'app-1': 'app-1--', ...Object.fromEntries(namespaces.map((name) => [name, 'app-1--'])) },
  });
}

const isObservation = (call: string, cluster: string): boolean =>
  !call.endsWith(' done') && new RegExp(`^kubernetes\\.(namespace|secret) ${cluster}`).test(call);

describe('targets of healthy clusters', () => {
  it('are written in their event when another cluster answers once and then hangs', async () => {
    const world = withSickCluster(200);
    world.set(PASSWORD, 'v1');
    let answers = 0;
    world.before = async (call) => {
      if (isObservation(call, 'far')) await world.ports.clock.sleep(300);
      if (!isObservation(call, 'sick')) return;
      answers += 1;
      if (answers > 2) await world.ports.clock.sleep(HOUR_MS);
    };
    await world.event(PASSWORD);
    expect(world.data('far/app-1/pg')).toEqual({ password: 'v1' });
  });

  const writtenAfterMs = async (targets: number): Promise<number> => {
    const world = withSickCluster(targets);
    world.set(PASSWORD, 'v0');
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS);
    world.set(PASSWORD, 'v1');
    const begun = world.ports.clock.now();
    let written = Infinity;
    world.before = async (call) => {
      if (call === 'kubernetes.replace far/app-1/pg done') written = world.ports.clock.now() - begun;
      if (isObservation(call, 'sick')) await world.ports.clock.sleep(1900);
      if (isObservation(call, 'far')) await world.ports.clock.sleep(300);
    };
    await world.event(PASSWORD);
    return written;
  };

  it('are written within 5 s when another cluster has 16 targets and takes 1.9 s for each answer', async () => {
    expect(await writtenAfterMs(16)).toBeLessThan(5000);
  });

  it.each([64, 200])(
    'are written within 5 s when another cluster has %i targets and takes 1.9 s for each answer',
    async (targets) => {
      expect(await writtenAfterMs(targets)).toBeLessThan(5000);
    },
  );
});

describe('an event', () => {
  it('without a usable id does not end the retry of another one', async () => {
    const world = createWorld();
    world.set(PASSWORD, 'p1');
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS);
    world.set(USER, 'u1');
    const recover = world.ports.kubernetes.fail({
      code: 'CLUSTER_FAILED',
      when: (call) => call.startsWith('kubernetes.replace') || call.startsWith('kubernetes.secret'),
    });
    const id = 'x'.repeat(201);
    await world.event(USER, id);
    world.set(PASSWORD, 'p2');
    await world.event(PASSWORD, id);
    await world.drain(12_000);
    recover();
    await world.drain(2 * HOUR_MS);
    expect(world.data()).toEqual({ password: 'p2', user: 'u1' });
  });

  it('about a secret that the answering replica does not know yet is looked at again', async () => {
    const world = createWorld();
    world.set(PASSWORD, 'p1');
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS);
    world.ports.vault.people.serveStale('team', true);
    world.set('app-1--new--key', 'k1');
    await world.event('app-1--new--key');
    world.ports.vault.people.serveStale('team', false);
    await world.drain(14 * 60_000);
    expect(world.data('weu-1/app-1/new')).toEqual({ key: 'k1' });
  });
});
