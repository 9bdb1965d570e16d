import { describe, expect, it } from 'vitest';
import { createWorld, onlyOutcome, type World, type WorldOptions } from '../support/world.ts';

const CONNECTION = 'app-1--postgres972--connectionstring';
const PASSWORD = 'app-2--rabbitmq361--password';

/** The tenancy of three teams: app-3 accepts nothing. */
function tenancy(
  routes: NonNullable<WorldOptions['routes']>,
  clusters: WorldOptions['clusters'] = { 'weu-1': {} },
) {
  const namespaces = { 'app-1': 'app-1--', 'app-2': 'app-2--', 'app-3': undefined };
  const world = createWorld({ routes, clusters, namespaces });
  world.set(CONNECTION, 'Host=pg');
  world.set(PASSWORD, 'rabbit');
  return world;
}

const secrets = (world: World) => world.ports.kubernetes.people('weu-1').secrets();

describe('consent', () => {
  it('lets a namespace have what it accepts', async () => {
    const world = tenancy({ 'app-1': {} });
    await world.event(CONNECTION);
    expect(world.data('weu-1/app-1/postgres972')).toEqual({ connectionstring: 'Host=pg' });
  });

  it('keeps from a namespace what another accepts', async () => {
    const world = tenancy({ wrong: { prefix: 'app-2--', namespaces: ['app-1', 'app-2'] } });
    await world.event(PASSWORD);
    expect(secrets(world).map(({ namespace }) => namespace)).toEqual(['app-2']);
    expect(world.ports.log.outcomes).toContainEqual(
      expect.objectContaining({
        code: 'NOT_ACCEPTED',
        message: 'secret app-2--rabbitmq361--password is not accepted by namespace app-1',
        namespace: 'app-1',
        secret: PASSWORD,
      }),
    );
  });

  it('is missing where the annotation is missing', async () => {
    const world = tenancy({ 'app-3': { prefix: 'app-1--' } });
    await world.event(CONNECTION);
    expect(onlyOutcome(world)).toMatchObject({
      code: 'NOT_ACCEPTED',
      message: 'namespace app-3 accepts no secrets (annotation vaultcast.dev/accept is missing)',
    });
    expect(secrets(world)).toEqual([]);
    expect(world.valueReads(CONNECTION)).toBe(0);
    expect(world.ports.queue.waiting('push')).toEqual([]);
  });

  it('is not asked where the cluster does not want it', async () => {
    const world = tenancy({ 'app-3': { prefix: 'app-1--' } }, { 'weu-1': { requireConsent: false } });
    await world.event(CONNECTION);
    expect(world.data('weu-1/app-3/postgres972')).toEqual({ connectionstring: 'Host=pg' });
  });

  it('is asked at every write', async () => {
    const world = tenancy({ 'app-1': {} });
    await world.event(CONNECTION);
    world.ports.kubernetes.people('weu-1').annotate('app-1', { 'vaultcast.dev/accept': 'app-9--' });
    world.set(CONNECTION, 'rotated');
    await world.event(CONNECTION);
    expect(world.data('weu-1/app-1/postgres972')).toEqual({ connectionstring: 'Host=pg' });
    expect(world.ports.log.codes()).toEqual(['DELIVERED', 'NOT_ACCEPTED']);
  });

  it('names the entries that accept nothing', async () => {
    const world = tenancy({ 'app-1': {} });
    const accept = 'app_1--,\napp-9--, "x"';
    world.ports.kubernetes.people('weu-1').annotate('app-1', { 'vaultcast.dev/accept': accept });
    await world.event(CONNECTION);
    expect(onlyOutcome(world)?.message).toBe(
      `secret ${CONNECTION} is not accepted by namespace app-1 (entries that accept nothing: app_1--, ?x?)`,
    );
  });

  it('of one route serves every namespace with fromSegment', async () => {
    const all = { prefix: '', allSecrets: true, namespaces: { fromSegment: 1 } };
    const world = tenancy({ all });
    await world.event(CONNECTION);
    await world.event(PASSWORD);
    expect(world.data('weu-1/app-1/postgres972')).toEqual({ connectionstring: 'Host=pg' });
    expect(world.data('weu-1/app-2/rabbitmq361')).toEqual({ password: 'rabbit' });
  });

  it('withdrawn from one key takes that key away with the next write of the others', async () => {
    const world = createWorld({ namespaces: { 'app-1': 'app-1--' } });
    world.set('app-1--pg--password', 's3cret');
    world.set('app-1--pg--user', 'ann');
    await world.event();
    const people = world.ports.kubernetes.people('weu-1');
    people.annotate('app-1', { 'vaultcast.dev/accept': 'app-1--pg--password' });
    const before = world.writes().length;
    await world.event();
    expect(world.writes()).toHaveLength(before);
    world.set('app-1--pg--password', 'rotated');
    await world.event();
    expect(world.data()).toEqual({ password: 'rotated' });
    expect(people.secret('app-1', 'pg')?.annotations['vaultcast.dev/sources']).not.toContain('user');
  });

  it('withdrawn from one source of an explicit Secret takes its key away', async () => {
    const data = {
      password: { secret: 'app-1--pg--password' },
      user: { secret: 'app-1--pg--user' },
    };
    const world = createWorld({ routes: { 'app-1': { layout: 'explicit', name: 'pg', data } } });
    world.set('app-1--pg--password', 's3cret');
    world.set('app-1--pg--user', 'ann');
    await world.event();
    expect(world.data()).toEqual({ password: 's3cret', user: 'ann' });
    const people = world.ports.kubernetes.people('weu-1');
    people.annotate('app-1', { 'vaultcast.dev/accept': 'app-1--pg--password' });
    const before = world.writes().length;
    await world.event();
    expect(world.writes()).toHaveLength(before);
    world.set('app-1--pg--password', 'rotated');
    await world.event();
    expect(world.data()).toEqual({ password: 'rotated' });
    expect(people.secret('app-1', 'pg')?.annotations['vaultcast.dev/sources']).not.toContain('user');
  });
});

describe('a namespace', () => {
  it('that is missing is reported, not created, and not tried again', async () => {
    const world = createWorld({ namespaces: {} });
    world.set('app-1--pg--password', 's3cret');
    await world.event();
    expect(onlyOutcome(world)).toMatchObject({
      code: 'NAMESPACE_MISSING',
      message: 'namespace app-1 does not exist',
    });
    expect(world.writes()).toEqual([]);
    expect(world.ports.queue.waiting('push')).toEqual([]);
  });

  it('that is being deleted gets nothing', async () => {
    const world = createWorld();
    world.set('app-1--pg--password', 's3cret');
    world.ports.kubernetes.people('weu-1').terminate('app-1');
    await world.event();
    expect(onlyOutcome(world)).toMatchObject({
      code: 'NAMESPACE_MISSING',
      message: 'namespace app-1 is being deleted',
    });
    expect(world.writes()).toEqual([]);
  });

  it('that goes away between observation and write is reported', async () => {
    const world = createWorld();
    world.set('app-1--pg--password', 's3cret');
    world.before = async (call) => {
      if (call.startsWith('vault.read')) world.ports.kubernetes.people('weu-1').deleteNamespace('app-1');
    };
    await world.event();
    expect(onlyOutcome(world)).toMatchObject({ code: 'NAMESPACE_MISSING' });
  });
});
