import { describe, expect, it } from 'vitest';
import {
  allValueReads,
  forget,
  dropRows,
  HOUR_MS,
  problemsOf,
  putRoute,
  reconcile,
  reconcileNow,
  rowsOf,
  rowWrites,
  runRow,
} from '../support/fleet.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';
import { failing, looked, quiet, run } from './at-rest.ts';

const { signal } = new AbortController();

describe('a run after one that found nothing to do', () => {
  it.each<[string, WorldOptions]>([
    ['lists Secrets by namespace', {}],
    ['lists all Secrets of the cluster', { clusters: { 'weu-1': { scope: 'cluster' } } }],
  ])('compares the lists, and reads none, where it %s', async (_what, options) => {
    const world = await quiet(options);
    const before = world.ports.kubernetes.log.map((call) => call.split(' ')[0]);
    await run(world);
    expect(before).toEqual(['kubernetes.namespaces', 'kubernetes.managedSecrets']);
    expect(world.ports.kubernetes.log.map((call) => call.split(' ')[0])).toEqual([
      'kubernetes.namespaces',
      'kubernetes.digest',
    ]);
    expect(world.ports.status.log).not.toContain('status.targets weu-1');
    expect([...allValueReads(world), ...rowWrites(world), ...world.writes()]).toEqual([]);
  });

  it('comes to what that run came to, and says since when', async () => {
    const world = await quiet({ namespaces: { 'app-1': 'app-1--pg--password' } }, (made) =>
      made.set('app-1--mq--password', 'x', { exp: 4_000_000_000 }),
    );
    const [before] = await world.ports.status.runs('weu-1', signal);
    const row = await runRow(world, await run(world));
    expect(looked(world)).toBe(false);
    const { counts, done, total, lines, summary, state } = before ?? {};
    expect(row).toMatchObject({ counts, done, total, lines, summary, state });
    expect(row?.quiet).toEqual(before?.quiet);
    const [line] = world.ports.log.outcomes;
    expect(line).toMatchObject({
      code: 'RUN_DONE',
      message: expect.stringContaining('nothing changed since run'),
    });
    expect(line?.message).toContain(row?.quiet?.run);
  });

  it('reads the lists again where somebody asks for another look, a plan or one route', async () => {
    for (const asked of [{}, { dryRun: true, recheck: false }, { route: 'app-1', recheck: false }]) {
      const world = await quiet();
      await run(world);
      forget(world);
      await reconcileNow(world, asked);
      expect(looked(world)).toBe(true);
    }
  });

  it('reads the lists again after a day at the latest', async () => {
    const world = await quiet();
    for (let hour = 1; hour <= 23; hour += 1) {
      await world.ports.clock.advance(HOUR_MS);
      await run(world);
      expect([hour, looked(world)]).toEqual([hour, false]);
    }
    await world.ports.clock.advance(HOUR_MS);
    await run(world);
    expect(looked(world)).toBe(true);
    await run(world);
    expect(looked(world)).toBe(false);
  });

  it('is no run when nothing can be kept of it', async () => {
    const world = await quiet();
    const mended = world.ports.status.fail({
      code: 'STATUS_UNAVAILABLE',
      when: (call) => call.startsWith('status.saveRun'),
    });
    await run(world);
    mended();
    expect(world.ports.log.codes()).toContain('RUN_INCOMPLETE');
    expect(world.ports.log.codes()).not.toContain('RUN_DONE');
    expect(await problemsOf(world)).toEqual({ 'cluster:weu-1': 'STATUS_UNAVAILABLE' });
  });

  it('tells what will expire next once the first date has passed, of what a disabled secret left there, too', async () => {
    const world = createWorld();
    const exp = Math.floor(world.ports.clock.now() / 1000) + 6 * 3600;
    world.set('app-1--pg--password', 'x', { exp });
    await reconcile(world);
    world.ports.vault.people.disable('team', 'app-1--pg--password');
    for (let times = 0; times < 4; times += 1) {
      await world.ports.clock.advance(HOUR_MS);
      await run(world);
    }
    expect(looked(world)).toBe(false);
    await world.ports.clock.advance(3 * HOUR_MS);
    expect((await runRow(world, await run(world)))?.summary?.expires).toBe(0);
  });

  it.each<[string, (world: World) => Promise<void>]>([
    ['a paused route', (world) => putRoute(world, 'app-1', { paused: true })],
    ['what no route wants any more', (world) => putRoute(world, 'app-1', { prefix: 'app-9--' })],
  ])('compares the lists of a cluster with %s, too', async (_what, change) => {
    const world = await quiet({}, (made) => made.set('app-9--pg--password', 'x'));
    await change(world);
    for (let times = 0; times < 3; times += 1) {
      await world.ports.clock.advance(HOUR_MS);
      await run(world);
    }
    const before = await rowsOf(world);
    await run(world);
    expect(looked(world)).toBe(false);
    expect(await rowsOf(world)).toEqual(before);
    expect(before.map(({ state }) => state)).not.toEqual(['synced']);
  });

  it('keeps the problem of a cluster that is left without any route', async () => {
    const world = await quiet();
    await dropRows(world, 'Route');
    for (let times = 0; times < 4; times += 1) {
      await world.ports.clock.advance(HOUR_MS);
      await run(world);
      expect(Object.values(await problemsOf(world))).toEqual(['ORPHANED']);
    }
  });

  it('fails when the cluster does, and clears that when it answers again', async () => {
    const world = await quiet();
    const mended = world.ports.kubernetes.fail(failing('namespaces weu-1/*'));
    const failed = await run(world);
    mended();
    await world.ports.clock.advance(HOUR_MS);
    const done = await run(world);
    const rows = await Promise.all([failed, done].map((id) => runRow(world, id)));
    expect(rows.map((row) => row?.state)).toEqual(['failed', 'done']);
    expect(await rowsOf(world, '-')).toEqual([]);
    expect((await world.ports.status.backOffs(signal)).size).toBe(0);
  });
});
