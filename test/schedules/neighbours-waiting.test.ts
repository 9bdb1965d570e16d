import { describe, expect, it } from 'vitest';
import { onReconcileMessage } from '../../shared/commands/orders.ts';
import { newRunId } from '../../shared/status/run.ts';
import { onVaultEvent } from '../../shared/sync.ts';
import { aSecretEvent } from '../support/builders.ts';
import { drainRuns, forget, HOUR_MS, reconcile, reconcileTwice, rowsOf } from '../support/fleet.ts';
import { createFakeClock } from '../support/fakes/clock.ts';
import { createDice } from '../support/seeded.ts';
import { createWorld, finish, type World, type WorldOptions } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const USER = 'app-1--pg--user';
const MINUTE_MS = 60_000;
const ACCEPT = 'vaultcast.dev/accept';
const { signal } = new AbortController();

async function settled(options: WorldOptions = {}): Promise<World> {
  const world = createWorld(options);
  world.set(PASSWORD, 'p1');
  world.set(USER, 'u1');
  await reconcileTwice(world);
  forget(world);
  return world;
}

const backOff = ({ ports }: World, ms: number): Promise<void> =>
  ports.status.saveBackOff('weu-1', { failures: 8, nextTry: ports.clock.now() + ms }, signal);

const writeAttempts = ({ ports }: World): number =>
  ports.kubernetes.log.filter((call) => /^kubernetes\.(?:create|replace) /.test(call)).length;

describe('an admission policy that refuses what the namespace accepts by our own look', () => {
  it('costs a sibling that is newly accepted no more than the next run', async () => {
    const world = await settled({ namespaces: { 'app-1': PASSWORD } });
    expect(world.data()).toEqual({ password: 'p1' });
    world.ports.kubernetes.people('weu-1').annotate('app-1', { [ACCEPT]: 'app-1--' });
    const isReplace = (call: string): boolean => call.startsWith('kubernetes.replace ');
    world.ports.kubernetes.fail({ code: 'SECRET_INVALID', times: 2, when: isReplace });
    await world.event(USER, 'event-2');
    await reconcile(world);
    await world.ports.clock.advance(15 * MINUTE_MS);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 'p1', user: 'u1' });
  });

  it('is asked by a few runs in a row, and then once an hour, when it never changes its mind', async () => {
    const world = await settled();
    world.set(PASSWORD, 'p2');
    await world.ports.clock.advance(11 * MINUTE_MS);
    world.ports.kubernetes.fail({
      code: 'SECRET_INVALID',
      when: (call) => call.startsWith('kubernetes.replace '),
    });
    const attempts: number[] = [];
    for (let hour = 0; hour < 4; hour += 1) {
      forget(world);
      for (let run = 0; run < 4; run += 1) {
        await reconcile(world);
        await world.ports.clock.advance(15 * MINUTE_MS);
      }
      attempts.push(writeAttempts(world));
    }
    expect(attempts).toEqual([4, 1, 1, 1]);
    expect(await rowsOf(world)).toMatchObject([{ state: 'refused', code: 'SECRET_INVALID' }]);
  });
});

describe('runs that meet the back-off of a cluster', () => {
  it('are gone on with by the newest alone at its end, and the older ones say so', async () => {
    const world = await settled();
    world.set(PASSWORD, 'p2');
    await backOff(world, 4 * MINUTE_MS);
    const older = await reconcile(world);
    await world.ports.clock.advance(MINUTE_MS);
    const newer = await reconcile(world);
    await world.drain(10 * MINUTE_MS);
    const endsOf = (code: string) =>
      world.ports.log.outcomes.filter((line) => line.code === code).map(({ runId }) => runId);
    expect(endsOf('RUN_DONE')).toEqual([newer]);
    expect(endsOf('SUPERSEDED')).toEqual([older]);
    expect(world.data()).toEqual({ password: 'p2', user: 'u1' });
  });
});

describe('a cluster that comes back', () => {
  it('has all of many targets that waited within two minutes of its next try, and not in one moment', async () => {
    const dice = createDice(7);
    const clock = createFakeClock(Date.UTC(2026, 10, 20), () => dice.next());
    const world = createWorld({ clock });
    const names = Array.from({ length: 20 }, (_, index) => `app-1--s${index}--key`);
    for (const name of names) world.set(name, 'v1');
    await reconcileTwice(world);
    await backOff(world, 4 * MINUTE_MS);
    for (const name of names) world.set(name, 'v2');
    await Promise.all(names.map((name) => world.event(name, `event-${name}`)));
    const moments = new Set<number>();
    world.before = async (call) => {
      if (call.startsWith('kubernetes.replace ')) moments.add(world.ports.clock.now());
    };
    await world.drain(6 * MINUTE_MS);
    const values = names.map((_, index) => world.data(`weu-1/app-1/s${index}`)?.['key']);
    expect(values).toEqual(names.map(() => 'v2'));
    expect(moments.size).toBeGreaterThan(1);
    expect(await world.ports.status.backOffs(signal)).toEqual(new Map());
    expect(world.ports.queue.waiting('push')).toEqual([]);
  });
});

/** The next call of this name waits until somebody lets it go on; with `done`: holding what it found already. */
function holding(world: World, name: string): { reached: Promise<void>; goOn: () => void } {
  const [reached, going] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  world.before = async (call) => {
    if (!call.startsWith(name)) return;
    world.before = async () => {};
    reached.resolve();
    await going.promise;
  };
  return { reached: reached.promise, goOn: going.resolve };
}

describe('invocations of one process that read the vault together', () => {
  it('make an absent Secret of a list that began after they saw it absent, though a run lists already', async () => {
    const world = await settled();
    world.ports.kubernetes.people('weu-1').remove('app-1', 'pg');
    const { reached, goOn } = holding(world, 'vault.list team page 1 done');
    const run = reconcile(world);
    await reached;
    world.set('app-1--pg--host', 'db-1');
    const event = onVaultEvent(
      [aSecretEvent({ name: PASSWORD, id: 'event-2' })],
      world.ports,
      world.settings,
    );
    await world.ports.clock.advance(500);
    goOn();
    await finish(world.ports.clock, Promise.all([event, run]));
    expect(world.data()).toEqual({ password: 'p1', user: 'u1', host: 'db-1' });
  });

  it('lose no rotation to a read that hangs: who gave up waiting is delivered by its message', async () => {
    const world = await settled();
    const { goOn } = holding(world, `vault.read team/${PASSWORD}`);
    world.set(PASSWORD, 'p2');
    await world.event(PASSWORD, 'event-2');
    world.set(PASSWORD, 'p3');
    await world.event(PASSWORD, 'event-3');
    goOn();
    await world.drain();
    expect(world.data()).toEqual({ password: 'p3', user: 'u1' });
    expect(await rowsOf(world)).toMatchObject([{ state: 'synced', nextRetry: 0 }]);
  });
});

describe('two secrets of one Secret that are rotated together, by a route that waits for company', () => {
  const DEBOUNCE = { routes: { 'app-1': { debounce: '5s' } } };
  const rotateBoth = async (world: World): Promise<void> => {
    world.set(USER, 'u2');
    await world.event(USER, 'event-2');
    await world.ports.clock.advance(2000);
    world.set(PASSWORD, 'p2');
    await world.event(PASSWORD, 'event-3');
  };

  it('arrive in one write although the cluster is in back-off when they were to be written', async () => {
    const world = await settled(DEBOUNCE);
    await rotateBoth(world);
    await backOff(world, 3 * MINUTE_MS);
    await world.drain();
    expect(world.data()).toEqual({ password: 'p2', user: 'u2' });
    expect(world.writes()).toHaveLength(1);
  });

  it('arrive in one write when a person pushes one of them before the other ones have waited', async () => {
    const world = await settled(DEBOUNCE);
    await rotateBoth(world);
    const run = newRunId(world.ports.clock.now());
    const order = { kind: 'push', run, vault: 'team', secret: USER };
    await finish(world.ports.clock, onReconcileMessage(order, world.ports, world.settings));
    expect(world.data()).toEqual({ password: 'p2', user: 'u2' });
    await world.drain();
    await drainRuns(world);
    expect(world.writes()).toHaveLength(1);
  });
});

describe('a cluster restored from a backup of etcd, whose tables were lost with it', () => {
  it('has what the vault holds after one run, with nothing removed', async () => {
    const world = await settled({
      clusters: { 'weu-1': { orphans: 'remove' } },
      routes: { 'app-1': { onDeleted: 'remove' } },
    });
    const people = world.ports.kubernetes.people('weu-1');
    const backup = people.snapshot();
    world.set(PASSWORD, 'p2');
    await world.event(PASSWORD, 'event-2');
    const { revision } = people.snapshot();
    people.restore({ ...backup, revision: revision + 1000 });
    const { status } = world.ports;
    await status.forgetTargets(await status.targets('weu-1', signal), signal);
    await status.saveBackOff('weu-1', undefined, signal);
    expect(world.data()).toEqual({ password: 'p1', user: 'u1' });
    await reconcile(world);
    expect(world.data()).toEqual({ password: 'p2', user: 'u1' });
    await world.ports.clock.advance(HOUR_MS);
    await reconcileTwice(world);
    expect(world.writes().filter((call) => call.startsWith('kubernetes.remove'))).toEqual([]);
    expect(await rowsOf(world)).toMatchObject([{ state: 'synced' }]);
  });
});
