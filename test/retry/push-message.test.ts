import { describe, expect, it } from 'vitest';
import { aShard } from '../support/contracts/queue.ts';
import { problemsOf, reconcile } from '../support/fleet.ts';
import { onPoisonMessage } from '../../shared/retry/poison.ts';
import { onPushMessage } from '../../shared/sync.ts';
import { aRef } from '../support/builders.ts';
import { createWorld, finish, onlyOutcome, type World, type WorldOptions } from '../support/world.ts';

const never = new AbortController().signal;
const PASSWORD = 'app-1--pg--password';
const clusters = { 'weu-1': {}, 'weu-2': {} };

function ready(options: WorldOptions = { clusters }): World {
  const world = createWorld(options);
  world.set(PASSWORD, 's3cret');
  return world;
}

const named = (world: World) => ({
  vault: 'team',
  secret: PASSWORD,
  cause: 'event-1',
  since: world.ports.clock.now(),
  attempt: 2,
});
const push = (world: World, message: unknown) =>
  finish(world.ports.clock, onPushMessage(message, world.ports, world.settings));

describe('a message of the queue', () => {
  it('about a target delivers that target only', async () => {
    const world = ready();
    await push(world, { kind: 'target', ...named(world), ...aRef() });
    expect(world.data('weu-1/app-1/pg')).toEqual({ password: 's3cret' });
    expect(world.data('weu-2/app-1/pg')).toBeUndefined();
    expect(onlyOutcome(world)).toMatchObject({ code: 'DELIVERED', attempt: 2, eventId: 'event-1' });
  });

  it('about a secret delivers it everywhere', async () => {
    const world = ready();
    await push(world, { kind: 'secret', ...named(world) });
    expect(world.ports.log.codes()).toEqual(['DELIVERED', 'DELIVERED']);
  });

  it('cannot ask for what no route allows', async () => {
    const world = ready();
    world.ports.kubernetes.people('weu-1').createNamespace('stolen', { 'vaultcast.dev/accept': 'app-1--' });
    await push(world, { kind: 'target', ...named(world), ...aRef({ namespace: 'stolen' }) });
    expect(onlyOutcome(world)).toMatchObject({
      code: 'SUPERSEDED',
      message: 'no route wants this target any more',
    });
    expect(world.writes()).toEqual([]);
  });

  it.each([
    ['the route', { routes: { 'app-1': { paused: true } } }],
    ['cluster weu-1', { clusters: { 'weu-1': { paused: true }, 'weu-2': {} } }],
  ])('says when its target waits for the end of a pause: %s is paused', async (what, options) => {
    const world = ready(options);
    await push(world, { kind: 'target', ...named(world), ...aRef() });
    expect(onlyOutcome(world)).toMatchObject({ code: 'PAUSED', message: `${what} is paused` });
  });

  it.each([
    ['another cluster', { clusters: { 'weu-1': {}, 'weu-2': { paused: true } } }],
    ['another route', { routes: { 'app-1': {}, other: { namespaces: ['app-2'], paused: true } } }],
  ])('says nothing of a pause of %s, when no route wants its target', async (_, options) => {
    const world = ready(options);
    await push(world, { kind: 'target', ...named(world), ...aRef({ namespace: 'gone' }) });
    expect(onlyOutcome(world)).toMatchObject({
      code: 'SUPERSEDED',
      message: 'no route wants this target any more',
    });
  });

  it('is dropped when a later attempt of the same cause waits already', async () => {
    const world = ready();
    world.ports.kubernetes.fail({ code: 'CLUSTER_TIMEOUT', times: 4 });
    const message = { kind: 'target', ...named(world), ...aRef() };
    await push(world, { ...message, attempt: 3 });
    world.ports.log.outcomes.length = 0;
    await push(world, message);
    expect(onlyOutcome(world)).toMatchObject({
      code: 'SUPERSEDED',
      message: 'a later attempt is queued already',
    });
    await world.drain();
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('that claims to begin in the future has 24 hours from now, like any other', async () => {
    const world = ready();
    world.ports.vault.fail({ code: 'VAULT_FORBIDDEN' });
    await push(world, {
      kind: 'secret',
      ...named(world),
      since: world.ports.clock.now() + 10 * 365 * 86_400_000,
    });
    const [waiting] = world.ports.queue.waiting('push');
    expect(waiting?.message).toMatchObject({ since: world.ports.clock.now() });
  });

  it('is handled although the row of its target cannot be read', async () => {
    const world = ready();
    world.ports.status.fail({ code: 'STATUS_UNAVAILABLE' });
    await push(world, { kind: 'target', ...named(world), ...aRef() });
    expect(world.data()).toEqual({ password: 's3cret' });
  });

  it('stays one message however often the vault is sick, and arrives', async () => {
    const world = ready();
    const message = { kind: 'target', ...named(world), ...aRef() };
    world.ports.vault.fail({ code: 'VAULT_UNAVAILABLE', times: 6 });
    await push(world, message);
    expect(world.ports.queue.waiting('push')).toHaveLength(1);
    await world.drain();
    expect(world.data('weu-1/app-1/pg')).toEqual({ password: 's3cret' });
    expect(world.data('weu-2/app-1/pg')).toBeUndefined();
  });

  it.each([
    ['text', 'push'],
    ['nothing', null],
    ['an unknown kind', { kind: 'everything' }],
    ['a path for a cluster', { kind: 'target', ...named(ready()), ...aRef({ cluster: '../x' }) }],
    ['a field too many', { kind: 'secret', ...named(ready()), value: 'x' }],
    ['a name that is none', { kind: 'secret', ...named(ready()), secret: "a' or true" }],
  ])('that nobody can read is a problem and one line: %s', async (_what, message) => {
    const world = ready();
    await push(world, message);
    expect(onlyOutcome(world)).toMatchObject({
      code: 'BAD_MESSAGE',
      message: expect.stringMatching(
        /^a message of queue push cannot be read .*: it does not satisfy the schema/,
      ),
    });
    const about = { cluster: '-', namespace: 'message', name: 'push' };
    expect(await world.ports.status.target(about, never)).toMatchObject({ state: 'problem' });
    expect([...world.ports.kubernetes.log, ...world.ports.vault.log]).toEqual([]);
  });
});

describe('a poisoned message', () => {
  const poisoned = (world: World, message: unknown) =>
    finish(world.ports.clock, onPoisonMessage(message, 'push', world.ports));

  it('about a target is the problem of that target and one alert line', async () => {
    const world = ready();
    await poisoned(world, { kind: 'target', ...named(world), ...aRef() });
    expect(onlyOutcome(world)).toMatchObject({
      code: 'GAVE_UP',
      message: 'a message of queue push failed every time it was tried',
      cluster: 'weu-1',
      secret: PASSWORD,
    });
    expect(await world.ports.status.target(aRef(), never)).toMatchObject({ state: 'failed' });
  });

  it('about a secret is the problem of that secret, until it is delivered', async () => {
    const world = ready();
    const about = { cluster: '-', namespace: 'secret', name: `team:${PASSWORD}` };
    await poisoned(world, { kind: 'secret', ...named(world) });
    expect(await world.ports.status.target(about, never)).toMatchObject({ state: 'problem' });
    await world.event();
    expect(await world.ports.status.target(about, never)).toBeUndefined();
  });

  it('that nobody can read is a problem, too', async () => {
    const world = ready();
    await poisoned(world, 'x');
    expect(onlyOutcome(world)).toMatchObject({ code: 'BAD_MESSAGE' });
    const about = { cluster: '-', namespace: 'message', name: 'push' };
    expect(await world.ports.status.target(about, never)).toMatchObject({ state: 'problem' });
  });

  it('about a part of a run is the problem of its clusters, until a run goes through them', async () => {
    const world = ready();
    const message = aShard({ clusters: ['weu-1', 'weu-2'] });
    await finish(world.ports.clock, onPoisonMessage(message, 'reconcile', world.ports));
    expect(await problemsOf(world)).toEqual({ 'cluster:weu-1': 'GAVE_UP', 'cluster:weu-2': 'GAVE_UP' });
    await reconcile(world);
    expect(await problemsOf(world)).toEqual({});
  });
});
