import { describe, expect, it } from 'vitest';
import { VaultcastError } from '../shared/errors.ts';
import { onVaultEvent } from '../shared/sync.ts';
import { aCloudEvent, aSecretEvent } from './support/builders.ts';
import { createWorld, finish, onlyOutcome, type World, type WorldOptions } from './support/world.ts';

const PASSWORD = 'app-1--pg--password';
const clusters = { 'weu-1': {}, 'weu-2': {}, 'weu-3': {} };

function ready(options: WorldOptions = {}): World {
  const world = createWorld(options);
  world.set(PASSWORD, 's3cret');
  return world;
}

const deliver = (world: World, body: unknown) =>
  finish(world.ports.clock, onVaultEvent(body, world.ports, world.settings));
const codes = (world: World) => world.ports.log.codes();
const calls = (world: World) => [...world.ports.kubernetes.log, ...world.ports.vault.log];
const waiting = (world: World) => world.ports.queue.waiting('push').map(({ message }) => message);
const forever = () => new Promise<void>(() => {});

describe('an event of a secret', () => {
  it.each([
    ['Event Grid schema', [aSecretEvent()]],
    ['CloudEvents', aCloudEvent()],
  ])('brings it to every cluster that wants it: %s', async (_schema, body) => {
    const world = ready({ clusters });
    await deliver(world, body);
    for (const cluster of Object.keys(clusters))
      expect(world.data(`${cluster}/app-1/pg`)).toEqual({ password: 's3cret' });
  });

  it('logs one line per target that names everything', async () => {
    const world = ready();
    const version = world.ports.vault.people.latest('team', PASSWORD)?.version ?? '';
    await deliver(world, aSecretEvent({ id: 'e-7', version }));
    expect(JSON.parse(world.ports.log.lines[0] ?? '')).toMatchObject({
      level: 'info',
      code: 'DELIVERED',
      message: 'the Secret was created',
      vault: 'team',
      secret: PASSWORD,
      version,
      cluster: 'weu-1',
      namespace: 'app-1',
      name: 'pg',
      route: 'app-1',
      eventId: 'e-7',
      attempt: 1,
      durationMs: 0,
    });
    expect(world.ports.log.lines).toHaveLength(1);
  });

  it('that no route wants is one line', async () => {
    const world = ready({ routes: {} });
    await world.event();
    expect(onlyOutcome(world)).toMatchObject({
      code: 'NO_ROUTE',
      message: 'no route of a registered cluster wants this secret',
      secret: PASSWORD,
    });
  });

  it('whose route is paused is one line', async () => {
    const world = ready({ routes: { 'app-1': { paused: true } } });
    await world.event();
    expect(onlyOutcome(world)).toMatchObject({
      code: 'PAUSED',
      message: 'the route is paused',
      route: 'app-1',
    });
    expect(calls(world)).toEqual([]);
  });

  it('says which registry rows could not be read, and serves the others', async () => {
    const world = ready();
    world.ports.registry.write('Cluster', { partitionKey: 'cluster', rowKey: 'broken' });
    await world.event();
    expect(codes(world)).toEqual(['BAD_ROW', 'DELIVERED']);
  });

  it('told twice ends in the same state without a write', async () => {
    const world = ready();
    await world.event();
    await world.event();
    expect(codes(world)).toEqual(['DELIVERED', 'UNCHANGED']);
    expect(world.writes()).toHaveLength(1);
  });

  it('told after newer ones delivers the latest version', async () => {
    const world = ready();
    const first = aSecretEvent({ id: 'e-1', version: '1'.repeat(32) });
    world.set(PASSWORD, 'rotated');
    await deliver(world, aSecretEvent({ id: 'e-2', version: '2'.repeat(32) }));
    await deliver(world, first);
    expect(world.data()).toEqual({ password: 'rotated' });
    expect(codes(world)).toEqual(['DELIVERED', 'UNCHANGED']);
  });

  it('and of its certificate push once, and each gets its line', async () => {
    const world = ready();
    const certificate = aSecretEvent({
      id: 'e-2',
      type: 'Microsoft.KeyVault.CertificateNewVersionCreated',
      path: 'certificates',
    });
    await deliver(world, [aSecretEvent({ id: 'e-1' }), certificate]);
    expect(world.ports.log.outcomes).toMatchObject([
      { code: 'DELIVERED', eventId: 'e-1' },
      { code: 'DELIVERED', eventId: 'e-2' },
    ]);
    expect(world.writes()).toHaveLength(1);
  });

  it('about its expiry does not rewrite the Secret', async () => {
    const world = ready();
    await world.event();
    await deliver(world, aSecretEvent({ type: 'Microsoft.KeyVault.SecretNearExpiry' }));
    expect(world.writes()).toHaveLength(1);
  });

  it.each([
    ['malformed', { eventType: 'Microsoft.KeyVault.SecretNewVersionCreated' }, 'EVENT_REJECTED'],
    ['of a stranger vault', aSecretEvent({ vault: 'stranger' }), 'EVENT_REJECTED'],
    ['of a key', aSecretEvent({ type: 'Microsoft.KeyVault.KeyNewVersionCreated' }), 'EVENT_IGNORED'],
    ['of a bad name', aSecretEvent({ name: 'app-1---pg' }), 'BAD_NAME'],
  ])('%s is acknowledged without a call to anyone', async (_what, body, code) => {
    const world = ready();
    const asked: string[] = [];
    world.before = async (call) => void asked.push(call);
    await deliver(world, body);
    expect(codes(world)).toEqual([code]);
    expect(asked).toEqual([]);
  });
});

describe('the time budget of an event', () => {
  it.each([
    ['does not answer', /^kubernetes\.(?:namespace|secret) weu-2/],
    ['hangs at the write', /^kubernetes\.create weu-2/],
  ])('holds when a cluster %s, for ever and deaf to signals', async (_what, pattern) => {
    const world = ready({ clusters });
    world.before = async (call) => (pattern.test(call) ? forever() : undefined);
    const started = world.ports.clock.now();
    await world.event();
    expect(world.ports.clock.now() - started).toBeLessThanOrEqual(20_000);
    expect(world.data('weu-1/app-1/pg')).toEqual({ password: 's3cret' });
    expect(world.data('weu-3/app-1/pg')).toEqual({ password: 's3cret' });
    expect(waiting(world)).toContainEqual(expect.objectContaining({ kind: 'target', cluster: 'weu-2' }));
    world.before = async () => {};
    await world.drain();
    expect(world.data('weu-2/app-1/pg')).toEqual({ password: 's3cret' });
  });

  it('holds when every cluster hangs', async () => {
    const world = ready({ clusters });
    world.before = async (call) => (call.startsWith('kubernetes.') ? forever() : undefined);
    const started = world.ports.clock.now();
    await world.event();
    expect(world.ports.clock.now() - started).toBeLessThanOrEqual(20_000);
    expect(waiting(world)).toHaveLength(3);
  });

  it.each([
    ['vault', /^vault\./],
    ['registry', /^registry\./],
  ])('holds when the %s hangs, and nothing is lost', async (_what, pattern) => {
    const world = ready({ clusters });
    world.before = async (call) => (pattern.test(call) ? forever() : undefined);
    const started = world.ports.clock.now();
    await world.event();
    expect(world.ports.clock.now() - started).toBeLessThanOrEqual(20_000);
    expect(waiting(world).length).toBeGreaterThan(0);
    world.before = async () => {};
    await world.drain();
    for (const cluster of Object.keys(clusters))
      expect(world.data(`${cluster}/app-1/pg`)).toEqual({ password: 's3cret' });
  });

  it('holds when the status tables hang: everything is delivered all the same', async () => {
    const world = ready({ clusters });
    world.before = async (call) => (call.startsWith('status.') ? forever() : undefined);
    const started = world.ports.clock.now();
    await world.event();
    expect(world.ports.clock.now() - started).toBeLessThanOrEqual(20_000);
    expect(codes(world).filter((code) => code === 'DELIVERED')).toHaveLength(3);
  });
});

describe('what cannot be asked', () => {
  it('the registry, nor the queue: the event comes again, and a line names it and the cause', async () => {
    const world = ready({ clusters });
    world.before = async (call) => {
      if (call === 'registry.clusters') throw new VaultcastError('REGISTRY_UNAVAILABLE', 'down');
    };
    world.ports.queue.fail({ code: 'QUEUE_UNAVAILABLE' });
    await expect(world.event()).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    expect(world.ports.log.outcomes).toMatchObject([
      { code: 'REGISTRY_UNAVAILABLE', vault: 'team', secret: PASSWORD, eventId: 'event-1' },
    ]);
  });

  it('the registry: the secret waits in one message, and arrives', async () => {
    const world = ready({ clusters });
    world.before = async (call) => {
      if (call === 'registry.clusters') throw new VaultcastError('REGISTRY_UNAVAILABLE', 'down');
    };
    await world.event();
    expect(codes(world)).toEqual(['REGISTRY_UNAVAILABLE']);
    expect(waiting(world)).toEqual([
      {
        kind: 'secret',
        vault: 'team',
        secret: PASSWORD,
        cause: 'event-1',
        since: expect.any(Number) as number,
        attempt: 2,
      },
    ]);
    world.before = async () => {};
    await world.drain();
    expect(codes(world).slice(1)).toEqual(['DELIVERED', 'DELIVERED', 'DELIVERED']);
  });

  it('the queue: the event is redelivered, and arrives', async () => {
    const world = ready({ clusters });
    const up = world.ports.kubernetes.fail({
      code: 'CLUSTER_UNREACHABLE',
      when: (call) => call.includes('weu-2'),
    });
    const open = world.ports.queue.fail({ code: 'QUEUE_UNAVAILABLE' });
    await expect(world.event()).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    expect(world.data('weu-1/app-1/pg')).toEqual({ password: 's3cret' });
    up();
    open();
    await world.event();
    expect(world.data('weu-2/app-1/pg')).toEqual({ password: 's3cret' });
  });

  it('the queue of one event: the others of the delivery end first', async () => {
    const world = ready();
    world.set('app-1--mq--password', 'rabbit');
    world.ports.kubernetes.fail({ code: 'CLUSTER_UNREACHABLE', when: (call) => call.endsWith('app-1/pg') });
    world.ports.queue.fail({ code: 'QUEUE_UNAVAILABLE' });
    world.before = async (call) => {
      if (call.startsWith('kubernetes.create')) await world.ports.clock.sleep(500);
    };
    const body = [aSecretEvent({ id: 'e-1' }), aSecretEvent({ id: 'e-2', name: 'app-1--mq--password' })];
    await expect(deliver(world, body)).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    expect(world.data('weu-1/app-1/mq')).toEqual({ password: 'rabbit' });
    expect(codes(world)).toContain('DELIVERED');
  });

  it('the queue is not needed where nothing has to wait', async () => {
    const world = ready();
    world.ports.queue.fail({ code: 'QUEUE_UNAVAILABLE' });
    await world.event();
    expect(codes(world)).toEqual(['DELIVERED']);
  });

  it('the status tables: everything is delivered, and it is said', async () => {
    const world = ready();
    world.ports.status.fail({ code: 'STATUS_UNAVAILABLE' });
    await world.event();
    expect(world.data()).toEqual({ password: 's3cret' });
    expect(codes(world)).toContain('DELIVERED');
    expect(codes(world)).toContain('STATUS_UNAVAILABLE');
  });
});

describe('the value of a secret', () => {
  it('stands nowhere but in its target, whatever fails', async () => {
    const value = 'Tr0ub4dor&3-"\\\n';
    const world = createWorld({ clusters });
    world.set(PASSWORD, value);
    world.set('app-1--pg--user', 'ann');
    world.ports.kubernetes.fail({ code: 'SECRET_INVALID', when: (call) => call.includes('create weu-2') });
    world.ports.kubernetes.fail({ code: 'CLUSTER_FAILED', when: (call) => call.includes('create weu-3') });
    await world.event();
    world.ports.vault.fail({ code: 'VAULT_THROTTLED', times: 1 });
    await world.event();
    const { signal } = new AbortController();
    const rows = await Promise.all(
      Object.keys(clusters).map((name) => world.ports.status.targets(name, signal)),
    );
    const seen = JSON.stringify([world.ports.log.lines, rows, waiting(world)]);
    const bytes = Buffer.from(value);
    const encodings = [
      value,
      'Tr0ub4dor',
      bytes.toString('base64'),
      bytes.toString('base64url'),
      bytes.toString('hex'),
      encodeURIComponent(value),
    ];
    expect(rows.flat()).toHaveLength(3);
    for (const encoded of encodings) expect(seen).not.toContain(encoded);
    expect(world.data('weu-1/app-1/pg')?.['password']).toBe(value);
  });
});
