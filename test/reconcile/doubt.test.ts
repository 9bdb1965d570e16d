import { describe, expect, it } from 'vitest';
import type { Code } from '../../shared/errors.ts';
import {
  allValueReads,
  dropRows,
  forget,
  HOUR_MS,
  problemsOf,
  putCluster,
  putRoute,
  reconcile,
  reconcileTwice,
  rowsOf,
  runRow,
  stateOf,
} from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const REMOVE = { onDisabled: 'remove', onDeleted: 'remove', onExpired: 'remove' };

/** 60 secrets of 20 targets: three pages of a vault's list; everything that may be removed would be. */
async function fleet(): Promise<World> {
  const world = createWorld({
    clusters: { 'weu-1': { orphans: 'remove' }, 'weu-2': { orphans: 'remove' } },
    routes: { 'app-1': REMOVE },
    namespaces: { 'app-1': 'app-1--', 'app-2': 'app-1--' },
  });
  for (let target = 0; target < 20; target += 1)
    for (const key of ['a', 'b', 'c']) world.set(`app-1--pg${target}--${key}`, `${key}${target}`);
  await reconcile(world);
  await world.ports.clock.advance(HOUR_MS);
  await reconcile(world);
  forget(world);
  return world;
}

function removals(world: World): string[] {
  return world.writes().filter((call) => call.startsWith('kubernetes.remove'));
}

const targets = (world: World) => world.ports.kubernetes.people('weu-1').secrets().length;

/** Three runs over four hours: enough for any proof. */
async function runs(world: World): Promise<void> {
  await reconcileTwice(world);
  await world.ports.clock.advance(HOUR_MS * 2);
  await reconcile(world);
}

describe('a vault whose list breaks', () => {
  it.each([1, 2, 3])('on page %i removes nothing and is a problem people see', async (page) => {
    const world = await fleet();
    const mended = world.ports.vault.fail({
      code: 'VAULT_UNAVAILABLE',
      when: (call) => call.endsWith(`page ${page}`),
    });
    world.ports.vault.people.delete('team', 'app-1--pg0--a');
    await runs(world);
    expect(world.writes()).toEqual([]);
    expect(await problemsOf(world)).toEqual({ 'vault:team': 'VAULT_UNAVAILABLE' });
    expect(new Set((await rowsOf(world)).map((row) => row.state))).toEqual(new Set(['synced']));
    mended();
    await reconcile(world);
    expect(await problemsOf(world)).toEqual({});
  });

  it('with 403 removes nothing: neither its keys nor its Secrets', async () => {
    const world = await fleet();
    world.ports.vault.people.forbid('team', 'firewall');
    await runs(world);
    expect(world.writes()).toEqual([]);
    expect(targets(world)).toBe(20);
    expect(await problemsOf(world)).toEqual({ 'vault:team': 'VAULT_FORBIDDEN' });
  });

  it('costs the targets of other vaults nothing', async () => {
    const world = await fleet();
    await putRoute(world, 'other-1', { vault: 'other', prefix: 'app-1--', namespaces: ['app-2'] });
    world.ports.vault.people.set('other', 'app-1--mq--password', 'mq');
    world.ports.vault.fail({ code: 'VAULT_FORBIDDEN', when: (call) => call.includes(' team') });
    await reconcile(world);
    expect(world.data('weu-1/app-2/mq')).toEqual({ password: 'mq' });
    expect(removals(world)).toEqual([]);
  });

  it('takes nothing from its routes: no other route gets a target of theirs meanwhile', async () => {
    const world = await fleet();
    await putRoute(world, 'other-1', { vault: 'other', prefix: 'app-1--', namespaces: ['app-1'] });
    world.ports.vault.people.set('other', 'app-1--pg0--a', 'foreign');
    world.ports.vault.fail({ code: 'VAULT_FORBIDDEN', when: (call) => call.includes(' team') });
    await runs(world);
    expect(world.data('weu-1/app-1/pg0')).toEqual({ a: 'a0', b: 'b0', c: 'c0' });
    expect(world.writes()).toEqual([]);
    expect(await stateOf(world, 'app-1:pg0')).toBe('synced');
  });
});

describe('a cluster that answers half', () => {
  it.each<[string, Code, string[]]>([
    ['namespaces', 'CLUSTER_FAILED', ['cluster:weu-1']],
    // app-2 accepts something, and no route goes there: the role that is missing may be another instance's.
    ['managedSecrets', 'CLUSTER_FORBIDDEN', ['namespace:weu-1:app-1']],
    ['managedSecrets', 'CLUSTER_TIMEOUT', ['namespace:weu-1:app-1', 'namespace:weu-1:app-2']],
  ])('with %s failing (%s) loses nothing, and the others are served', async (verb, code, places) => {
    const world = await fleet();
    world.ports.kubernetes.fail({ code, when: (call) => call.startsWith(`kubernetes.${verb} weu-1/`) });
    world.set('app-1--pg0--a', 'rotated');
    await reconcile(world);
    expect(removals(world)).toEqual([]);
    expect(targets(world)).toBe(20);
    expect(world.data('weu-2/app-1/pg0')).toMatchObject({ a: 'rotated' });
    expect(await problemsOf(world)).toEqual(Object.fromEntries(places.map((id) => [id, code])));
  });

  it('reads nothing anew after a hiccup of one list', async () => {
    const world = await fleet();
    world.ports.kubernetes.fail({
      code: 'CLUSTER_TIMEOUT',
      times: 1,
      when: (call) => call.startsWith('kubernetes.managedSecrets weu-1'),
    });
    await reconcile(world);
    await reconcile(world);
    expect(allValueReads(world)).toEqual([]);
    expect(await problemsOf(world)).toEqual({});
  });
});

describe('a registry in doubt', () => {
  it('that was emptied of routes removes nothing and says so', async () => {
    const world = await fleet();
    await dropRows(world, 'Route');
    await runs(world);
    expect(world.writes()).toEqual([]);
    expect(targets(world)).toBe(20);
    expect(await problemsOf(world)).toMatchObject({
      'stranded:weu-1': 'ORPHANED',
      'removals:weu-1': 'REMOVAL_HELD',
      'stranded:weu-2': 'ORPHANED',
    });
    expect(await stateOf(world, 'app-1:pg0')).toBe('orphaned');
    await putRoute(world, 'app-1', REMOVE);
    await reconcile(world);
    expect(await problemsOf(world)).toEqual({});
    expect(await stateOf(world, 'app-1:pg0')).toBe('synced');
  });

  it('that was emptied of clusters runs nothing and says so', async () => {
    const world = await fleet();
    await dropRows(world, 'Cluster');
    await runs(world);
    expect(world.writes()).toEqual([]);
    expect(await problemsOf(world)).toEqual({ 'registry:Clusters': 'REMOVAL_HELD' });
    expect(world.ports.log.codes()).toContain('REMOVAL_HELD');
  });

  it('of which no row of a cluster can be read runs nothing and says so until it is mended', async () => {
    const world = createWorld();
    await dropRows(world, 'Cluster');
    world.ports.registry.write('Cluster', { partitionKey: 'cluster', rowKey: 'weu-1' });
    await reconcile(world);
    expect(world.ports.log.codes()).toEqual(['BAD_ROW']);
    expect(await problemsOf(world)).toEqual({ 'row:Cluster:weu-1': 'BAD_ROW' });
    await dropRows(world, 'Cluster', 'weu-1');
    await putCluster(world, 'weu-1', { paused: true });
    await reconcile(world);
    expect(await problemsOf(world)).toEqual({});
  });

  it('that never had a cluster is no problem', async () => {
    const world = createWorld({ clusters: {} });
    await reconcile(world);
    await reconcile(world);
    expect(await problemsOf(world)).toEqual({});
  });

  it.each(['Route', 'Cluster'] as const)(
    'with a bad row (%s) removes nothing, and all good rows are served',
    async (kind) => {
      const world = await fleet();
      world.ports.registry.write(kind, {
        partitionKey: kind === 'Route' ? 'team' : 'cluster',
        rowKey: 'bad',
      });
      world.ports.vault.people.disable('team', 'app-1--pg0--a');
      world.set('app-1--pg1--a', 'rotated');
      await runs(world);
      expect(world.data('weu-1/app-1/pg0')).toEqual({ a: 'a0', b: 'b0', c: 'c0' });
      expect(world.data('weu-1/app-1/pg1')).toMatchObject({ a: 'rotated' });
      expect(await problemsOf(world)).toEqual({ [`row:${kind}:bad`]: 'BAD_ROW' });
      await dropRows(world, kind, 'bad');
      await reconcile(world);
      expect(await problemsOf(world)).toEqual({});
    },
  );

  it('whose rows a release cannot read keeps what they made, and no other route takes it', async () => {
    const world = await fleet();
    await dropRows(world, 'Route', 'app-1');
    world.ports.registry.write('Route', { partitionKey: 'team', rowKey: 'app-1', prefix: 'app-1--' });
    await putRoute(world, 'other-1', { vault: 'other', prefix: 'app-1--', namespaces: ['app-1'] });
    world.ports.vault.people.set('other', 'app-1--pg0--a', 'foreign');
    await runs(world);
    expect(world.writes()).toEqual([]);
    expect(await stateOf(world, 'app-1:pg1')).toBe('synced');
  });

  it('that cannot be read ends the run as failed for every cluster, and touches nothing', async () => {
    const world = await fleet();
    let isDown = false;
    world.before = async (call) => {
      if (isDown && call.startsWith('registry.routes')) throw new TypeError('down');
      if (call === 'registry.clusters') isDown = true;
    };
    const run = await reconcile(world);
    expect(await runRow(world, run)).toMatchObject({ state: 'failed' });
    expect(await runRow(world, run, 'weu-2')).toMatchObject({ state: 'failed' });
    expect(world.writes()).toEqual([]);
  });
});

describe('a run that would remove much', () => {
  const many = (world: World, count: number): void => {
    for (let target = 0; target < count; target += 1)
      world.ports.vault.people.disable('team', `app-1--pg${target}--a`);
  };

  it('removes up to five at once', async () => {
    const world = await fleet();
    many(world, 5);
    await reconcileTwice(world);
    expect(world.data('weu-1/app-1/pg4')).toEqual({ b: 'b4', c: 'c4' });
    expect(world.ports.log.codes()).not.toContain('REMOVAL_HELD');
  });

  it('removes none of six, and says what waits', async () => {
    const world = await fleet();
    many(world, 6);
    await runs(world);
    expect(world.writes()).toEqual([]);
    expect(world.ports.log.outcomes.filter(({ code }) => code === 'REMOVAL_HELD')).not.toEqual([]);
    expect(await problemsOf(world)).toEqual({
      'removals:weu-1': 'REMOVAL_HELD',
      'removals:weu-2': 'REMOVAL_HELD',
    });
  });
});
