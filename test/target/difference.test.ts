import { describe, expect, it } from 'vitest';
import { putRoute, reconcile, reconcileNow, runRow } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const PASSWORD = 'app-1--pg--password';

async function delivered(): Promise<World> {
  const world = createWorld();
  world.set(PASSWORD, 'a-value');
  world.set('app-1--pg--user', 'a-user');
  await reconcile(world);
  return world;
}

async function planOf(world: World): Promise<string> {
  const run = await reconcileNow(world, { dryRun: true });
  return (await runRow(world, run))?.lines.join('\n') ?? '';
}

describe('the plan of a change', () => {
  it.each<[string, string, (world: World) => unknown]>([
    [
      'a version that comes',
      'changes key password; for secret app-1--pg--password (version',
      (world) => world.set(PASSWORD, 'b-value'),
    ],
    [
      'a secret that is new',
      'adds key host; for secret app-1--pg--host (not delivered yet ->',
      (world) => world.set('app-1--pg--host', 'db'),
    ],
    [
      'a foreign key that leaves',
      'removes key extra',
      (world) =>
        world.ports.kubernetes
          .people('weu-1')
          .edit('app-1', 'pg', (one) => ({ ...one, data: { ...one.data, extra: 'eA==' } })),
    ],
    ['a label', 'sets label team', (world) => putRoute(world, 'app-1', { labels: { team: 'a' } })],
    [
      'a type',
      'its type becomes kubernetes.io/basic-auth',
      (world) =>
        putRoute(world, 'app-1', {
          type: 'kubernetes.io/basic-auth',
          layout: 'explicit',
          name: 'pg',
          data: { password: { secret: PASSWORD }, username: { secret: 'app-1--pg--user' } },
        }),
    ],
    [
      'that it becomes immutable',
      'it becomes immutable',
      (world) => putRoute(world, 'app-1', { immutable: true }),
    ],
  ])('names %s, and no value', async (_what, words, change) => {
    const world = await delivered();
    await change(world);
    const plan = await planOf(world);
    expect(plan).toContain(words);
    expect(plan).not.toMatch(/-value|a-user|eA==/);
  });
});
