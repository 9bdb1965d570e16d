import { describe, expect, it } from 'vitest';
import { onReconcileMessage } from '../../shared/commands/orders.ts';
import { runDocument } from '../../shared/output/run.ts';
import { newRunId } from '../../shared/status/run.ts';
import { NO_CLUSTER } from '../../shared/status/target.ts';
import { drainRuns, reconcile } from '../support/fleet.ts';
import { createWorld, finish, type World } from '../support/world.ts';

const { signal } = new AbortController();
const ordered = { push: { vault: 'team', secret: 'app-1--pg--password' }, check: { clusters: ['weu-1'] } };

function aWorld(): World {
  const world = createWorld();
  world.set('app-1--pg--password', 's3cret');
  return world;
}

async function order(world: World, message: Record<string, unknown>): Promise<string> {
  const run = newRunId(world.ports.clock.now());
  await finish(world.ports.clock, onReconcileMessage({ run, ...message }, world.ports, world.settings));
  return run;
}

const rowsOf = (world: World, cluster: string) => world.ports.status.runs(cluster, signal);

describe('the row of what a person asked for', () => {
  it.each([
    ['push', NO_CLUSTER, ordered.push],
    ['check', 'weu-1', ordered.check],
    ['reconcile', 'weu-1', ordered.check],
  ])('says whom the order for %s claims to be from', async (kind, cluster, about) => {
    const world = aWorld();
    await order(world, { kind, ...about, author: 'octo' });
    const [row] = await rowsOf(world, cluster);
    expect(row).toMatchObject({ kind, by: 'octo' });
    expect(row && runDocument(row).spec).toMatchObject({ command: kind, author: 'octo' });
  });

  it('keeps a forged name to one line', async () => {
    const world = aWorld();
    await order(world, { kind: 'push', ...ordered.push, author: 'octo\u001B[2J\nroot' });
    const [row] = await rowsOf(world, NO_CLUSTER);
    expect(row?.by).toMatch(/^[\x20-\x7E]+$/);
  });

  it('says it still when a cluster in back-off is looked at later', async () => {
    const world = aWorld();
    const nextTry = world.ports.clock.now() + 60_000;
    await world.ports.status.saveBackOff('weu-1', { failures: 4, nextTry }, signal);
    const run = await order(world, { kind: 'reconcile', ...ordered.check, author: 'octo' });
    await world.ports.clock.advance(200_000);
    await drainRuns(world);
    const rows = await rowsOf(world, 'weu-1');
    expect(rows.find((row) => row.run === run)).toMatchObject({ state: 'done', by: 'octo' });
  });
});

it('the row of a run that nobody asked for says no author', async () => {
  const world = aWorld();
  await reconcile(world);
  const [row] = await rowsOf(world, 'weu-1');
  expect(row).not.toHaveProperty('by');
});
