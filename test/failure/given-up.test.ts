import { describe, expect, it } from 'vitest';
import { VaultcastError } from '../../shared/errors.ts';
import { onPoisonMessage } from '../../shared/retry/poison.ts';
import { withMessage } from '../../shared/retry/received.ts';
import { aSecretEvent, VAULTS } from '../support/builders.ts';
import { createWorld, type World } from '../support/world.ts';

const DAY = 24 * 3_600_000;
const SIGNAL = new AbortController().signal;
const TARGET = { cluster: 'weu-1', namespace: 'app-1', name: 'pg' };
const SECRET = { cluster: '-', namespace: 'secret', name: 'team:app-1--pg--password' };

const rowAt = (world: World, target: typeof TARGET) => world.ports.status.target(target, SIGNAL);
const alerts = (world: World) => world.ports.log.outcomes.filter(({ code }) => code === 'GAVE_UP');

/** One event whose cluster, registry or whatever fails from the start and stays so. */
async function anEventThatFails(fail: (world: World) => () => void): Promise<[World, () => void]> {
  const world = createWorld();
  world.set('app-1--pg--password', 's3cret');
  const mend = fail(world);
  await world.event();
  return [world, mend];
}

const theCluster = (world: World) => world.ports.kubernetes.fail({ code: 'CLUSTER_FORBIDDEN' });

function theRegistry(world: World): () => void {
  const working = world.ports.registry.before;
  world.ports.registry.before = async (call) => {
    await working(call);
    throw new VaultcastError('REGISTRY_UNAVAILABLE', 'table Routes is not available');
  };
  return () => void (world.ports.registry.before = working);
}

describe('a target that fails for 24 hours', () => {
  it('is given up once, as a problem people see and one alert line', async () => {
    const [world] = await anEventThatFails(theCluster);
    await world.drain();
    expect(world.ports.clock.now() - Date.UTC(2026, 10, 20)).toBeGreaterThanOrEqual(DAY);
    expect(alerts(world)).toMatchObject([{ ...TARGET, eventId: 'event-1' }]);
    expect(await rowAt(world, TARGET)).toMatchObject({ state: 'failed', code: 'GAVE_UP' });
    expect(world.ports.queue.waiting('push')).toEqual([]);
  });

  it('is no problem any more after the next event that arrives', async () => {
    const [world, mend] = await anEventThatFails(theCluster);
    await world.drain();
    mend();
    await world.event('app-1--pg--password', 'event-2');
    expect(await rowAt(world, TARGET)).toMatchObject({ state: 'synced', code: 'DELIVERED' });
  });

  it('goes on waiting while the table does not take the problem', async () => {
    const [world] = await anEventThatFails(theCluster);
    const mend = world.ports.status.fail({ code: 'STATUS_UNAVAILABLE' });
    await world.drain(DAY + 2 * 3_600_000);
    expect(alerts(world)).toEqual([]);
    expect(world.ports.queue.waiting('push')).toHaveLength(1);
    mend();
    await world.drain();
    expect(alerts(world)).toHaveLength(1);
    expect(await rowAt(world, TARGET)).toMatchObject({ state: 'failed' });
  });
});

describe('a secret whose routes cannot be read for 24 hours', () => {
  it('is given up once, as a problem of the secret and one alert line', async () => {
    const [world] = await anEventThatFails(theRegistry);
    await world.drain();
    expect(alerts(world)).toMatchObject([{ secret: 'app-1--pg--password', eventId: 'event-1' }]);
    expect(await rowAt(world, SECRET)).toMatchObject({ state: 'problem', code: 'GAVE_UP' });
  });

  it('is no problem any more when a later event finds them', async () => {
    const [world, mend] = await anEventThatFails(theRegistry);
    await world.drain();
    mend();
    await world.event('app-1--pg--password', 'event-2');
    expect(await rowAt(world, SECRET)).toBeUndefined();
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('goes on waiting while the table does not take the problem either', async () => {
    const [world] = await anEventThatFails(theRegistry);
    const mend = world.ports.status.fail({ code: 'STATUS_UNAVAILABLE' });
    await world.drain(DAY + 2 * 3_600_000);
    expect(alerts(world)).toEqual([]);
    mend();
    await world.drain();
    expect(alerts(world)).toHaveLength(1);
  });
});

describe('a message that the host gave up', () => {
  const work = { vault: 'team', secret: 'app-1--pg--password', cause: 'event-1', since: 0, attempt: 3 };

  it.each([
    ['of a target', { kind: 'target', ...work, ...TARGET }, TARGET, 'failed'],
    ['of a secret', { kind: 'secret', ...work }, SECRET, 'problem'],
  ])('%s becomes one problem and one alert line', async (_, message, about, state) => {
    const world = createWorld();
    await onPoisonMessage(message, 'push', world.ports);
    expect(alerts(world)).toHaveLength(1);
    expect(await rowAt(world, about)).toMatchObject({ state, code: 'GAVE_UP' });
  });

  it.each([
    ['is longer than any vault has', 'v'.repeat(1500)],
    ['no table takes as a key', 'a+b'],
    ['is a quotation mark', "'"],
  ])('is recorded although it is about a vault whose name %s', async (_what, vault) => {
    const world = createWorld();
    const Id = `https://${vault}.vault.azure.net/secrets/app-1--pg--password`;
    const event = { ...aSecretEvent(), data: { Id } };
    await onPoisonMessage([event, event], 'vault-events', world.ports, VAULTS);
    expect(alerts(world)).toHaveLength(2);
    const rows = await world.ports.status.targets('-', SIGNAL);
    expect(rows).toMatchObject([{ state: 'problem', code: 'GAVE_UP' }]);
    expect(rows[0]?.id).toMatch(/^message:vault-events:/);
  });

  it.each(['push', 'reconcile', 'vault-events'])(
    'of queue %s is told as one that nobody can read when it is as deep as a message can be',
    async (queue) => {
      const world = createWorld();
      const deep = JSON.parse(`${'['.repeat(32_000)}${']'.repeat(32_000)}`) as unknown;
      await withMessage(world.ports, queue, deep, { id: 'id-1' }, (body, origin) =>
        onPoisonMessage(body, queue, world.ports, VAULTS, origin),
      );
      expect(world.ports.log.outcomes).toMatchObject([
        { code: 'BAD_MESSAGE', message: expect.stringContaining('id id-1, 64000 bytes') as string },
      ]);
    },
  );

  it('is tried again by the host while the table does not take the problem', async () => {
    const world = createWorld();
    world.ports.status.fail({ code: 'STATUS_UNAVAILABLE', times: 1 });
    const message = { kind: 'target', ...work, ...TARGET };
    await expect(onPoisonMessage(message, 'push', world.ports)).rejects.toThrow('could not be recorded');
    expect(alerts(world)).toHaveLength(1);
    await onPoisonMessage(message, 'push', world.ports);
    expect(await rowAt(world, TARGET)).toMatchObject({ state: 'failed' });
  });
});
