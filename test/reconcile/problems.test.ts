import { beforeEach, describe, expect, it } from 'vitest';
import { onReconcileMessage } from '../../shared/commands/orders.ts';
import { onPushMessage } from '../../shared/sync.ts';
import { recordProblem } from '../../shared/retry/give-up.ts';
import { secretProblem } from '../../shared/status/problem.ts';
import { HOUR_MS, problemsOf, putRoute, reconcile, reconcileNow } from '../support/fleet.ts';
import { createWorld, finish, type World } from '../support/world.ts';

it('a route of a vault that the app does not know is told as a setting, and advises no role', async () => {
  const world = createWorld();
  await putRoute(world, 'lost', { vault: 'nobody', prefix: 'lost--' });
  await reconcile(world);
  expect(await problemsOf(world)).toEqual({ 'vault:nobody': 'BAD_SETTING' });
  const rows = await world.ports.status.targets('-', new AbortController().signal);
  expect(rows.map(({ message }) => message)).toEqual(['fake: vault nobody is not configured']);
});

describe('a problem that is not mended', () => {
  const COLLISION = { 'collision:weu-1:app-1': 'COLLISION' };
  let world: World;
  let run: string;

  beforeEach(async () => {
    world = createWorld({ routes: { 'app-1': {}, 'app-1b': { prefix: 'app-1--', namespaces: ['app-1'] } } });
    world.set('app-1--pg--password', 's3cret');
    run = await reconcile(world);
  });

  it('is not forgotten by a run for one route', async () => {
    await reconcileNow(world, { route: 'app-1b' });
    expect(await problemsOf(world)).toEqual(COLLISION);
  });

  it('is not forgotten when the message of a run comes twice', async () => {
    const shard = { kind: 'shard', run, clusters: ['weu-1'] };
    await finish(world.ports.clock, onReconcileMessage(shard, world.ports, world.settings));
    expect(await problemsOf(world)).toEqual(COLLISION);
  });

  it('is not forgotten when a newer run makes one unnecessary', async () => {
    await reconcile(world);
    const shard = { kind: 'shard', run: '20200101T000000Z-abcd', clusters: ['weu-1'] };
    await finish(world.ports.clock, onReconcileMessage(shard, world.ports, world.settings));
    expect(await problemsOf(world)).toEqual(COLLISION);
  });

  it('is not forgotten while the cluster does not answer', async () => {
    const mended = world.ports.kubernetes.fail({ code: 'CLUSTER_TIMEOUT' });
    await reconcile(world);
    expect(await problemsOf(world)).toEqual({ ...COLLISION, 'cluster:weu-1': 'CLUSTER_TIMEOUT' });
    mended();
    await reconcile(world);
    expect(await problemsOf(world)).toEqual(COLLISION);
  });

  it('of a secret is not forgotten by a run for another route', async () => {
    const secret = secretProblem({ vault: 'team', name: 'app-1--pg--password' });
    await recordProblem(world.ports, secret, 'given up', { cause: 'event', attempt: 9 });
    await reconcileNow(world, { route: 'app-9' });
    expect(await problemsOf(world)).toHaveProperty(['secret:team:app-1--pg--password'], 'GAVE_UP');
  });

  it('is forgotten by the first whole run that finds it mended', async () => {
    await putRoute(world, 'app-1b', { namespaces: ['app-2'] });
    await reconcile(world);
    expect(await problemsOf(world)).toEqual({});
  });
});

describe('a bad row whose name no table takes', () => {
  it('hides no other problem, and neither does a second one', async () => {
    const world = createWorld();
    for (const rowKey of ['a%b', 'a+b', 'x'.repeat(600)])
      world.ports.registry.write('Route', { partitionKey: 'team', rowKey });
    world.ports.vault.people.forbid('team', 'rbac');
    await reconcile(world);
    expect(await problemsOf(world)).toEqual({
      'row:Route:a_b': 'BAD_ROW',
      [`row:Route:${'x'.repeat(250)}`]: 'BAD_ROW',
      'vault:team': 'VAULT_FORBIDDEN',
    });
  });
});

describe('a message that nobody could read', () => {
  it('is a problem for a week', async () => {
    const world = createWorld();
    await onPushMessage({ nonsense: 1 }, world.ports, world.settings);
    await world.ports.clock.advance(6 * 24 * HOUR_MS);
    await reconcile(world);
    expect(await problemsOf(world)).toEqual({ 'message:push': 'BAD_MESSAGE' });
    await world.ports.clock.advance(25 * HOUR_MS);
    await reconcile(world);
    expect(await problemsOf(world)).toEqual({});
  });
});
