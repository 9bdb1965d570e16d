import { describe, expect, it } from 'vitest';
import { dropRows, HOUR_MS, putRoute, reconcile, rowsOf } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';
const USER = 'app-1--pg--user';
const MINUTE_MS = 60_000;

interface Spec {
  route?: Record<string, unknown>;
  cluster?: Record<string, unknown>;
}

async function settled({ route = {}, cluster = {} }: Spec): Promise<World> {
  const world = createWorld({ routes: { 'app-1': route }, clusters: { 'weu-1': cluster } });
  world.set(PASSWORD, 's3cret');
  world.set(USER, 'ann');
  await reconcile(world);
  await world.ports.clock.advance(HOUR_MS);
  await reconcile(world);
  return world;
}

/** Somebody writes what is recorded of sources, when a run has listed the cluster. */
function changeOnce(world: World, change: (sources: string) => string): void {
  world.before = async (call) => {
    if (!call.startsWith('kubernetes.managedSecrets') || !call.endsWith(' done')) return;
    world.before = async () => {};
    world.ports.kubernetes.people('weu-1').edit('app-1', 'pg', ({ metadata, ...rest }) => {
      const { 'vaultcast.dev/sources': sources = '', ...others } = metadata.annotations ?? {};
      const annotations = { ...others, 'vaultcast.dev/sources': change(sources) };
      return { ...rest, metadata: { ...metadata, annotations } };
    });
  };
}

async function hourlyRuns(world: World, runs: number): Promise<void> {
  for (let run = 0; run < runs; run += 1) {
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
  }
}

const { signal } = new AbortController();

/** Somebody else's look ends the proof on the row, when a run has read it. */
function endProofOnce(world: World): void {
  const { status } = world.ports;
  world.before = async (call) => {
    if (!call.startsWith('kubernetes.managedSecrets') || !call.endsWith(' done')) return;
    world.before = async () => {};
    const [over] = await rowsOf(world);
    if (over !== undefined)
      await status.saveTargets(
        [{ row: { ...over, removal: '', attempts: over.attempts + 1 }, over }],
        signal,
      );
  };
}

/** The reason is seen, and an hour later the run that would act on it loses its proof: nothing leaves. */
async function endProofInTime(world: World): Promise<void> {
  await reconcile(world);
  await world.ports.clock.advance(HOUR_MS + MINUTE_MS);
  endProofOnce(world);
  await reconcile(world);
  expect(world.data()).toEqual({ password: 's3cret', user: 'ann' });
}

describe('the proof of a removal', () => {
  it('ends with a look that somebody else wrote down after the run had read it, whatever its replica says', async () => {
    const world = await settled({ route: { onDeleted: 'remove' } });
    world.ports.vault.people.delete('team', USER);
    await endProofInTime(world);
    await hourlyRuns(world, 2);
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('of a Secret that no route wants ends so, too', async () => {
    const world = await settled({ cluster: { orphans: 'remove' } });
    // Of another target, for a cluster without any route is held.
    await putRoute(world, 'app-1', { prefix: 'app-9--' });
    await endProofInTime(world);
    await hourlyRuns(world, 2);
    expect(world.data()).toBeUndefined();
  });

  it('that cannot be read at the write lets nothing leave', async () => {
    const world = await settled({ route: { onDeleted: 'remove' } });
    world.ports.vault.people.delete('team', USER);
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS + MINUTE_MS);
    const mended = world.ports.status.fail({
      code: 'STATUS_UNAVAILABLE',
      when: (call) => call === 'status.target',
    });
    await reconcile(world);
    mended();
    expect(world.data()).toEqual({ password: 's3cret', user: 'ann' });
    await world.ports.clock.advance(MINUTE_MS);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('ends with a push that found the source, although its row could not be saved', async () => {
    const world = await settled({ route: { onDeleted: 'remove' } });
    const { people } = world.ports.vault;
    people.delete('team', USER);
    await reconcile(world);
    await world.ports.clock.advance(5 * MINUTE_MS);
    people.recover('team', USER);
    world.set(USER, 'bob');
    const isSave = (call: string): boolean => call.includes('saveTargets');
    const recover = world.ports.status.fail({ code: 'STATUS_UNAVAILABLE', when: isSave });
    await world.event(USER);
    recover();
    expect(world.data()).toEqual({ password: 's3cret', user: 'bob' });
    await world.ports.clock.advance(50 * MINUTE_MS);
    people.delete('team', USER);
    await world.ports.clock.advance(6 * MINUTE_MS);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret', user: 'bob' });
  });

  it('ends with a push that found the source unchanged, although its row could be saved only later', async () => {
    const world = await settled({ route: { onDeleted: 'remove' } });
    const { people } = world.ports.vault;
    people.delete('team', USER);
    await reconcile(world);
    people.recover('team', USER);
    const recover = world.ports.status.fail({ code: 'STATUS_UNAVAILABLE' });
    await world.event(USER);
    recover();
    await world.drain();
    people.delete('team', USER);
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret', user: 'ann' });
  });

  it('does not hold of another version of the source that somebody delivered between list and write', async () => {
    const world = await settled({ route: { onDeleted: 'remove' } });
    world.ports.vault.people.delete('team', USER);
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS);
    changeOnce(world, (sources) => sources.replace(/user@\w+/, 'user@ffff'));
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret', user: 'ann' });
  });

  it('of an orphan does not hold of other sources that somebody recorded between list and write', async () => {
    const world = await settled({ cluster: { orphans: 'remove' } });
    await putRoute(world, 'zz', { prefix: 'zz--', namespaces: ['app-1'] });
    await dropRows(world, 'Route', 'app-1');
    await reconcile(world);
    await world.ports.clock.advance(HOUR_MS);
    changeOnce(world, (sources) => sources.replace(/user@\w+/, 'user@ffff'));
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret', user: 'ann' });
    expect(world.ports.log.outcomes).toContainEqual(expect.objectContaining({ code: 'SUPERSEDED' }));
  });

  it('is not looked for again where nothing is ever removed', async () => {
    const world = await settled({});
    const recover = world.ports.status.fail({ code: 'STATUS_UNAVAILABLE' });
    await world.event(USER);
    recover();
    expect(world.ports.queue.waiting('push')).toEqual([]);
  });

  it('ends with runs that saw the source alive while its route was paused', async () => {
    const world = await settled({ route: { onDeleted: 'remove' } });
    const { people } = world.ports.vault;
    people.delete('team', USER);
    await reconcile(world);
    people.recover('team', USER);
    await putRoute(world, 'app-1', { onDeleted: 'remove', paused: true });
    await hourlyRuns(world, 20);
    people.delete('team', USER);
    await putRoute(world, 'app-1', { onDeleted: 'remove' });
    await world.ports.clock.advance(MINUTE_MS);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret', user: 'ann' });
  });

  it('ends with a push that found the source, whose row came while a run wrote the target', async () => {
    const world = await settled({ route: { onDeleted: 'remove' } });
    const { people } = world.ports.vault;
    people.delete('team', USER);
    await reconcile(world);
    people.recover('team', USER);
    const [saved, mayGoOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    // The push found the source alive; its row takes its time.
    world.before = async (call) => {
      if (!call.startsWith('status.saveTargets')) return;
      if (call.endsWith(' done')) return saved.resolve();
      await mayGoOn.promise;
    };
    const push = world.event(USER);
    await world.ports.clock.advance(1000);
    people.delete('team', USER);
    world.set('app-1--pg--password', 'rotated');
    const slow = world.before;
    world.before = async (call) => {
      if (call.startsWith('kubernetes.replace') && call.endsWith(' done')) {
        mayGoOn.resolve();
        await saved.promise;
        world.before = async () => {};
      } else if (call.startsWith('status.saveTargets')) await slow(call);
    };
    await Promise.all([push, reconcile(world)]);
    expect(await rowsOf(world)).toMatchObject([{ removal: '' }]);
  });

  it('goes on in runs that see the source gone while its route is paused', async () => {
    const world = await settled({ route: { onDeleted: 'remove' } });
    world.ports.vault.people.delete('team', USER);
    await reconcile(world);
    await putRoute(world, 'app-1', { onDeleted: 'remove', paused: true });
    await world.ports.clock.advance(40 * MINUTE_MS);
    await reconcile(world);
    await putRoute(world, 'app-1', { onDeleted: 'remove' });
    await world.ports.clock.advance(40 * MINUTE_MS);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('of an orphan ends with runs in which a route claimed it from a namespace without consent', async () => {
    const world = await settled({ cluster: { orphans: 'remove' } });
    // So that the cluster is not left without any route, which would hold the removal for another reason.
    await putRoute(world, 'zz', { prefix: 'zz--', namespaces: ['app-1'] });
    await dropRows(world, 'Route', 'app-1');
    await reconcile(world);
    await putRoute(world, 'app-1', {});
    world.ports.kubernetes.people('weu-1').annotate('app-1', { 'vaultcast.dev/accept': undefined });
    await hourlyRuns(world, 20);
    await dropRows(world, 'Route', 'app-1');
    await world.ports.clock.advance(MINUTE_MS);
    await reconcile(world);
    expect(world.data()).toEqual({ password: 's3cret', user: 'ann' });
  });
});
