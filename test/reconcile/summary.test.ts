import { describe, expect, it } from 'vitest';
import { summaryOf } from '../../shared/status/summary.ts';
import {
  dropRows,
  HOUR_MS,
  putRoute,
  reconcile,
  reconcileNow,
  reconcileTwice,
  rowsOf,
  runRow,
} from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const NAMES = ['app-1--pg--password', 'app-1--mq--password', 'app-1--redis--password'];

function fleet(options: Parameters<typeof createWorld>[0] = {}): World {
  const world = createWorld(options);
  for (const name of NAMES) world.set(name, `value of ${name}`);
  return world;
}

const summaryIn = async (world: World, run: string) => (await runRow(world, run))?.summary;

/** What the rows come to that stand in the table. */
async function truth(world: World) {
  return summaryOf(await rowsOf(world), world.ports.clock.now());
}

type Story = (world: World) => Promise<string> | string;

const seconds = (world: World): number => Math.floor(world.ports.clock.now() / 1000);
const disable = (world: World): void => world.ports.vault.people.disable('team', 'app-1--pg--password');

const STORIES: [string, Story, Record<string, number>][] = [
  ['delivers everything', reconcile, { synced: 3 }],
  [
    'has nothing to do',
    async (world) => {
      await reconcile(world);
      await world.ports.clock.advance(HOUR_MS);
      return reconcile(world);
    },
    { synced: 3 },
  ],
  [
    'finds a disabled secret and one that a namespace does not accept',
    async (world) => {
      await reconcile(world);
      disable(world);
      await putRoute(world, 'app-2', { prefix: 'app-2--', namespaces: ['app-1'] });
      world.set('app-2--other--key', 'x');
      return reconcile(world);
    },
    { synced: 2, 'degraded SOURCE_DISABLED': 1, 'refused NOT_ACCEPTED': 1 },
  ],
  [
    'finds its route paused',
    async (world) => {
      await reconcile(world);
      await putRoute(world, 'app-1', { paused: true });
      return reconcile(world);
    },
    { 'paused PAUSED': 3 },
  ],
  [
    'finds Secrets that no route wants',
    async (world) => {
      await reconcile(world);
      await dropRows(world, 'Route', 'app-1');
      return reconcile(world);
    },
    { 'orphaned ORPHANED': 3 },
  ],
  [
    'forgets rows of what is neither there nor wanted',
    async (world) => {
      await reconcile(world);
      for (const name of ['pg', 'mq']) world.ports.kubernetes.people('weu-1').remove('app-1', name);
      await putRoute(world, 'app-1', { exclude: ['app-1--pg--*', 'app-1--mq--*'] });
      return reconcile(world);
    },
    { synced: 1 },
  ],
  [
    'removes the Secret of a deleted source',
    async (world) => {
      await putRoute(world, 'app-1', { onDeleted: 'remove' });
      await reconcile(world);
      world.ports.vault.people.delete('team', 'app-1--pg--password');
      return reconcileTwice(world);
    },
    { synced: 2, 'absent REMOVED': 1 },
  ],
  [
    'cannot list the namespace',
    async (world) => {
      await reconcile(world);
      world.ports.kubernetes.fail({
        code: 'CLUSTER_FORBIDDEN',
        when: (call) => call.includes('managedSecrets'),
      });
      return reconcile(world);
    },
    { synced: 3 },
  ],
  [
    'cannot list the vault',
    async (world) => {
      await reconcile(world);
      world.ports.vault.people.forbid('team', 'rbac');
      return reconcile(world);
    },
    { synced: 3 },
  ],
];

describe('the summary of a run', () => {
  it.each(STORIES)('that %s is what the rows come to', async (_, story, targets) => {
    const world = fleet();
    const found = await summaryIn(world, await story(world));

    expect(found?.targets).toEqual(targets);
    expect(found).toEqual(await truth(world));
  });

  it('tells since when the target fails that fails the longest', async () => {
    const world = fleet();
    await reconcile(world);
    world.ports.kubernetes.fail({
      code: 'CLUSTER_FAILED',
      when: (call) => /(?:create|replace) .*pg/.test(call),
    });
    world.set('app-1--pg--password', 'rotated');
    await reconcile(world);
    const { failingSince } = (await rowsOf(world)).find(({ id }) => id === 'app-1:pg') ?? {};
    await world.ports.clock.advance(HOUR_MS);
    const found = await summaryIn(world, await reconcile(world));

    expect(found).toMatchObject({ targets: { synced: 2, 'pending CLUSTER_FAILED': 1 }, failingSince });
    expect(found?.failingSince).toBeGreaterThan(0);
  });

  it('tells what expires first, and nothing that has expired already', async () => {
    const world = fleet();
    const now = seconds(world);
    world.set('app-1--pg--password', 'a', { exp: now + 50 * 86_400 });
    world.set('app-1--mq--password', 'b', { exp: now + 5000 });
    const first = await summaryIn(world, await reconcile(world));
    await world.ports.clock.advance(2 * HOUR_MS);
    const second = await summaryIn(world, await reconcile(world));

    expect([first?.expires, second?.expires]).toEqual([now + 5000, now + 50 * 86_400]);
  });

  it('is none of a plan, and that of a run for one route is not asked for', async () => {
    const world = fleet();
    const whole = await reconcile(world);
    const plan = await reconcileNow(world, { dryRun: true });
    await reconcileNow(world, { route: 'app-1' });

    expect(await summaryIn(world, plan)).toBeUndefined();
    const looks = await world.ports.status.lastLooks('weu-1', new AbortController().signal);
    expect(looks.newest).toEqual(looks.complete);
    expect(looks.complete?.finishedAt).toBe((await runRow(world, whole))?.finishedAt);
  });
});
