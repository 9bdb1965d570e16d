import { describe, expect, it } from 'vitest';
import { VaultcastError } from '../../shared/errors.ts';
import type { RunStatus } from '../../shared/status/run.ts';
import { forget, putRoute, reconcile, reconcileNow, reconcileTwice, runRow } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

/** What a run's row and its last line say. */
async function endOf(
  world: World,
  run: string,
): Promise<Pick<RunStatus, 'state' | 'counts'> & { end: string }> {
  const row = await runRow(world, run);
  if (row === undefined) throw new Error(`run ${run} has no row`);
  const ends = world.ports.log.outcomes.filter((line) => line.runId === run && line.cluster === 'weu-1');
  const end = ends.findLast(({ code }) => code.startsWith('RUN_'))?.code ?? 'no line';
  return { state: row.state, counts: row.counts, end };
}

function worldOf(): World {
  const world = createWorld({
    clusters: { 'weu-1': {}, 'weu-2': {} },
    namespaces: { 'app-1': 'app-1--,team/app-1--', 'app-2': undefined },
  });
  world.set('app-1--pg--password', 's3cret');
  return world;
}

describe('a run that could not look at everything', () => {
  it.each(['VAULT_UNAVAILABLE', 'VAULT_FORBIDDEN', 'VAULT_THROTTLED', 'TOKEN_UNAVAILABLE'] as const)(
    'for a vault that is not listed with %s is incomplete, and counts what it left by that code',
    async (code) => {
      const world = worldOf();
      await reconcile(world);
      world.ports.vault.fail({ code, when: (call) => call.startsWith('vault.list') });
      const run = await reconcile(world);
      expect(await endOf(world, run)).toEqual({
        state: 'incomplete',
        counts: { [code]: 1 },
        end: 'RUN_INCOMPLETE',
      });
      expect((await runRow(world, run))?.lines[0]).toMatch(`vault team was not listed: ${code}`);
    },
  );

  it('for a namespace that is not listed is incomplete, and a plan of it likewise', async () => {
    const world = worldOf();
    await reconcile(world);
    world.ports.kubernetes.fail({
      code: 'CLUSTER_FORBIDDEN',
      when: (call) => call.startsWith('kubernetes.managedSecrets weu-1/app-1'),
    });
    const run = await reconcile(world);
    expect(await endOf(world, run)).toMatchObject({ state: 'incomplete', end: 'RUN_INCOMPLETE' });
    expect((await runRow(world, run))?.lines[0]).toMatch('namespace app-1 was not listed: CLUSTER_FORBIDDEN');
    const plan = await reconcileNow(world, { dryRun: true });
    expect(await endOf(world, plan)).toMatchObject({ state: 'incomplete', end: 'RUN_INCOMPLETE' });
  });

  it('is complete where no route that it is about takes anything from the vault that was not listed', async () => {
    const world = worldOf();
    const spec = { vault: 'other', prefix: 'app-2--', namespaces: ['app-1'] };
    await putRoute(world, 'app-2', { ...spec, clusters: { names: ['weu-2'] } });
    world.ports.vault.fail({ code: 'VAULT_FORBIDDEN', when: (call) => call.startsWith('vault.list other') });
    const run = await reconcile(world);
    expect(await endOf(world, run)).toMatchObject({ state: 'done', end: 'RUN_DONE' });
    expect(await runRow(world, run, 'weu-2')).toMatchObject({ state: 'incomplete' });
    await putRoute(world, 'app-2', spec);
    const ofRoute = await reconcileNow(world, { route: 'app-1' });
    expect(await endOf(world, ofRoute)).toMatchObject({ state: 'done', end: 'RUN_DONE' });
    expect((await runRow(world, await reconcile(world)))?.state).toBe('incomplete');
  });

  it('for a cluster that does not answer has failed, and its line says why', async () => {
    const world = worldOf();
    world.ports.kubernetes.fail({ code: 'CLUSTER_UNREACHABLE', when: (call) => call.includes(' weu-1/') });
    const run = await reconcile(world);
    expect((await runRow(world, run))?.state).toBe('failed');
    expect((await runRow(world, run, 'weu-2'))?.state).toBe('done');
    const lines = world.ports.log.outcomes.filter(({ code }) => code === 'RUN_INCOMPLETE');
    expect(lines).toMatchObject([{ cluster: 'weu-1', runId: run }]);
    expect(lines[0]?.message).toMatch('CLUSTER_UNREACHABLE');
  });

  it('for a registry that cannot be read says so of every cluster', async () => {
    const world = worldOf();
    await reconcile(world);
    forget(world);
    // A timer that cannot read the registry starts no run: here it fails once the run has begun.
    world.before = async (call) => {
      if (call === 'registry.routes')
        throw new VaultcastError('REGISTRY_UNAVAILABLE', 'table Routes is not available');
    };
    await reconcile(world);
    const codes = world.ports.log.codes();
    expect(codes.filter((code) => code === 'RUN_INCOMPLETE')).toHaveLength(2);
    expect(codes).toContain('REGISTRY_UNAVAILABLE');
    expect(codes).not.toContain('RUN_DONE');
  });

  it('for a route that cannot be read is incomplete', async () => {
    const world = worldOf();
    world.ports.registry.write('Route', { partitionKey: 'team', rowKey: 'broken', document: '{' });
    const run = await reconcile(world);
    expect(await endOf(world, run)).toMatchObject({ state: 'incomplete', end: 'RUN_INCOMPLETE' });
  });

  it('is done again once everything answers', async () => {
    const world = worldOf();
    const mended = world.ports.vault.fail({
      code: 'VAULT_UNAVAILABLE',
      when: (call) => call.startsWith('vault.list'),
    });
    await reconcile(world);
    mended();
    const run = await reconcile(world);
    expect(await endOf(world, run)).toEqual({ state: 'done', counts: { DELIVERED: 1 }, end: 'RUN_DONE' });
  });
});

describe('the counts of a run', () => {
  it('add up to what there is, what was left as it is included', async () => {
    const world = worldOf();
    await putRoute(world, 'app-2', { namespaces: ['app-2'], prefix: 'app-1--' });
    await putRoute(world, 'paused', { namespaces: ['app-1'], prefix: 'p--', paused: true });
    world.set('p--mq--password', 'mq');
    await reconcile(world);
    const run = await reconcile(world);
    const row = await runRow(world, run);
    expect(row?.counts).toEqual({ UNCHANGED: 1, NOT_ACCEPTED: 1, PAUSED: 1 });
    expect(row?.total).toBe(3);
  });

  it.each([
    ['that finds it out', reconcile],
    ['that leaves it as it is', reconcileTwice],
    ['that only plans', (world: World) => reconcileNow(world, { dryRun: true })],
  ])('name a source that is disabled by its own code, and say which one, in a run %s', async (_, last) => {
    const world = worldOf();
    await reconcile(world);
    world.ports.vault.people.disable('team', 'app-1--pg--password');
    const row = await runRow(world, await last(world));
    expect(row?.counts).toEqual({ SOURCE_DISABLED: 1 });
    const what = 'the Secret is up to date; secret app-1--pg--password is disabled';
    expect(row?.lines).toEqual([`SOURCE_DISABLED app-1/pg: ${what}`]);
  });

  it('name a source that was never there by its own code when the rest is written', async () => {
    const world = worldOf();
    const data = { password: { secret: 'app-1--pg--password' }, user: { secret: 'app-1--pg--usr' } };
    await putRoute(world, 'app-1', { layout: 'explicit', name: 'pg', data });
    const row = await runRow(world, await reconcile(world));
    expect(row?.counts).toEqual({ SOURCE_MISSING: 1 });
    const what = 'the Secret was created; secret app-1--pg--usr is not in the vault';
    expect(row?.lines).toEqual([`SOURCE_MISSING app-1/pg: ${what}`]);
  });
});
