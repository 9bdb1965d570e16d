import { describe, expect, it } from 'vitest';
import { type Code, VaultcastError } from '../../shared/errors.ts';
import { newTask, type Task } from '../../shared/event/task.ts';
import { settle } from '../../shared/retry/settle.ts';
import type { Outcome } from '../../shared/status/outcome.ts';
import { anOutcome, aRef, aTarget } from '../support/builders.ts';
import { createWorld, finish, type World } from '../support/world.ts';

const HOUR_MS = 3600 * 1000;
const never = new AbortController().signal;
const at = (name: string) => aTarget({ ref: aRef({ name }) });

function aTask(world: World, given: Partial<Task> = {}): Task {
  const secret = { vault: 'team', name: 'app-1--pg--password' };
  return { ...newTask(secret, 'event-1', world.ports.clock.now()), ...given };
}

async function settled(outcomes: Outcome[], task: Partial<Task> = {}, world = createWorld()): Promise<World> {
  const startedAt = world.ports.clock.now();
  await settle(world.ports, aTask(world, task), { outcomes, hasProblem: true, startedAt, leftMs: 4000 });
  return world;
}

const waiting = ({ ports }: World) => ports.queue.waiting('push').map(({ message }) => message);
const delays = ({ ports }: World) =>
  ports.queue.waiting('push').map(({ visibleAt }) => visibleAt - ports.clock.now());
const row = ({ ports }: World) => ports.status.target(aRef(), never);

describe('what follows a delivery', () => {
  it.each<Code>([
    'DELIVERED',
    'UNCHANGED',
    'NOT_ACCEPTED',
    'NAMESPACE_MISSING',
    'NOT_OURS',
    'COLLISION',
    'RENDER_REFUSED',
    'SECRET_INVALID',
  ])('is no retry for %s', async (code) => {
    expect(waiting(await settled([anOutcome({ code })]))).toEqual([]);
  });

  it('is a message per target that failed, with its names and the next attempt', async () => {
    const world = await settled([
      anOutcome({ target: at('pg'), code: 'CLUSTER_UNREACHABLE' }),
      anOutcome({ target: at('mq'), code: 'CLUSTER_TIMEOUT' }),
      anOutcome({ target: at('web') }),
    ]);
    const since = world.ports.clock.now();
    const names = { vault: 'team', secret: 'app-1--pg--password', cause: 'event-1', since, attempt: 2 };
    expect(waiting(world)).toEqual([
      { kind: 'target', ...names, ...aRef({ name: 'pg' }) },
      { kind: 'target', ...names, ...aRef({ name: 'mq' }) },
    ]);
  });

  it('is one message for all that the vault kept back', async () => {
    const world = await settled([
      anOutcome({ target: at('pg'), code: 'VAULT_THROTTLED' }),
      anOutcome({ target: at('mq'), code: 'VAULT_UNAVAILABLE' }),
      anOutcome({ target: at('web'), code: 'CLUSTER_FAILED' }),
    ]);
    expect(waiting(world)).toMatchObject([{ kind: 'target', name: 'web' }, { kind: 'secret' }]);
  });

  it('stays one target when one target was tried again, whatever failed', async () => {
    const only = aRef();
    const world = await settled([anOutcome({ code: 'VAULT_THROTTLED' })], { only, attempt: 3 });
    expect(waiting(world)).toMatchObject([{ kind: 'target', ...only, attempt: 4 }]);
  });

  it.each<[Code, number, number | undefined, number, number]>([
    ['CLUSTER_UNREACHABLE', 1, undefined, 5_000, 10_000],
    ['CLUSTER_UNREACHABLE', 4, undefined, 40_000, 80_000],
    ['CLUSTER_UNREACHABLE', 30, undefined, 900_000, 1_800_000],
    ['CLUSTER_THROTTLED', 1, 90_000, 90_000, 99_000],
    ['VAULT_THROTTLED', 1, 60_000, 60_000, 66_000],
    ['CONFLICT', 1, undefined, 500, 2_000],
    ['CONFLICT', 6, undefined, 160_000, 320_000],
    ['CLUSTER_BACKOFF', 9, 33_000, 33_000, 33_000],
  ])(
    '%s at attempt %i, asked to wait %j ms, waits %i to %i ms',
    async (code, attempt, retryAfterMs, from, to) => {
      const asked = retryAfterMs === undefined ? {} : { retryAfterMs };
      const [delay = 0] = delays(await settled([anOutcome({ code, ...asked })], { attempt }));
      // The queue hides messages for whole seconds.
      expect(delay).toBeGreaterThanOrEqual(from);
      expect(delay).toBeLessThanOrEqual(to + 1000);
    },
  );

  it('uses up no attempt while a cluster waits for its probe', async () => {
    const world = await settled([anOutcome({ code: 'CLUSTER_BACKOFF', retryAfterMs: 1 })], { attempt: 5 });
    expect(waiting(world)).toMatchObject([{ attempt: 5 }]);
  });

  it('is given up after 24 hours, with one alert line and a problem', async () => {
    const world = createWorld();
    const since = world.ports.clock.now() - 24 * HOUR_MS;
    await settled([anOutcome({ code: 'CLUSTER_TLS', message: 'wrong name' })], { since, attempt: 60 }, world);
    expect(waiting(world)).toEqual([]);
    expect(world.ports.log.outcomes).toEqual([
      expect.objectContaining({
        code: 'GAVE_UP',
        message: 'given up after 24 hours: CLUSTER_TLS: wrong name',
      }),
    ]);
    expect(await row(world)).toMatchObject({ state: 'failed', code: 'GAVE_UP' });
  });

  it('is not given up a moment earlier, and never while a replica lags', async () => {
    const world = createWorld();
    const since = world.ports.clock.now() - 24 * HOUR_MS;
    await settled([anOutcome({ code: 'CLUSTER_TLS' })], { since: since + 1, attempt: 60 }, world);
    await settled([anOutcome({ target: at('mq'), code: 'STALE_READ' })], { since, attempt: 60 }, world);
    expect(waiting(world)).toHaveLength(2);
  });
});

describe('the row of a target', () => {
  it.each<[Code, string]>([
    ['DELIVERED', 'synced'],
    ['UNCHANGED', 'synced'],
    ['CLUSTER_TIMEOUT', 'pending'],
    ['CONFLICT', 'pending'],
    ['NOT_ACCEPTED', 'refused'],
    ['COLLISION', 'refused'],
  ])('says after %s: %s', async (code, state) => {
    expect(await row(await settled([anOutcome({ code })]))).toMatchObject({ state, code, route: 'app-1' });
  });

  it('is not written again when nothing is new', async () => {
    const world = await settled([anOutcome()]);
    world.ports.status.log.length = 0;
    await settled([anOutcome()], { cause: 'event-2' }, world);
    expect(world.ports.status.log.filter((call) => call.includes('saveTargets'))).toEqual([]);
  });

  it('keeps the date since when it is what it is', async () => {
    const world = createWorld();
    const before = world.ports.clock.now();
    await settled([anOutcome({ code: 'CLUSTER_TIMEOUT' })], {}, world);
    await world.ports.clock.advance(HOUR_MS);
    await settled([anOutcome({ code: 'CLUSTER_TIMEOUT' })], { attempt: 2 }, world);
    expect(await row(world)).toMatchObject({ since: before, attempts: 3 });
    await settled([anOutcome()], { attempt: 3 }, world);
    expect(await row(world)).toMatchObject({ state: 'synced', since: before + HOUR_MS, attempts: 0 });
  });
});

describe('what follows a push that a person asked for', () => {
  const RUN = '20261120T120000Z-3fa9c1';
  const asked = { cause: RUN, overrides: { acceptOlder: true, removeNow: true, tryNow: true } };

  it('is told under the id of its run', async () => {
    const { ports } = await settled([anOutcome()], asked);
    expect(ports.log.outcomes).toEqual([expect.objectContaining({ code: 'DELIVERED', runId: RUN })]);
    expect(ports.log.outcomes[0]).not.toHaveProperty('eventId');
  });

  it('is a retry without what only a person may ask for, which its line says', async () => {
    const world = await settled([anOutcome({ code: 'CLUSTER_TIMEOUT', message: 'late' })], asked);
    expect(waiting(world)).toEqual([expect.objectContaining({ kind: 'target', cause: RUN })]);
    expect(world.ports.log.outcomes[0]?.message).toBe(
      'late; the retry goes without --accept-older and --remove-now: ask again if it is still needed',
    );
  });
});

describe('what cannot be queued or saved', () => {
  it('takes nothing from the rest: all of it is tried before the failure is told', async () => {
    const world = createWorld();
    const done: string[] = [];
    let asked = 0;
    world.before = async (call) => {
      if (!call.startsWith('queue.')) return;
      if (call.endsWith(' done')) return void done.push(call);
      asked += 1;
      if (asked === 1) throw new VaultcastError('QUEUE_UNAVAILABLE', 'down');
      await world.ports.clock.sleep(100);
    };
    const outcomes = ['pg', 'mq'].map((name) => anOutcome({ target: at(name), code: 'CLUSTER_TIMEOUT' }));
    const ended = finish(
      world.ports.clock,
      settle(world.ports, aTask(world), { outcomes, hasProblem: true, startedAt: 0, leftMs: 4000 }),
    );
    await expect(ended).rejects.toThrow('down');
    expect(done).toHaveLength(1);
  });
});

describe('the problem of a secret', () => {
  const about = { cluster: '-', namespace: 'secret', name: 'team:app-1--pg--password' };

  it('is cleared by the first success of any path', async () => {
    const world = createWorld();
    world.set('app-1--pg--password', 's3cret');
    world.before = async (call) => {
      if (call.startsWith('registry.')) throw new VaultcastError('REGISTRY_UNAVAILABLE', 'down');
    };
    await world.event();
    await world.drain();
    expect(world.ports.log.codes().at(-1)).toBe('GAVE_UP');
    expect(await world.ports.status.target(about, never)).toMatchObject({ state: 'problem' });
    world.before = async () => {};
    await world.event();
    expect(await world.ports.status.target(about, never)).toBeUndefined();
  });
});
