import { describe, expect, it } from 'vitest';
import { VaultcastError } from '../../shared/errors.ts';
import { createFakeClock } from '../support/fakes/clock.ts';
import { createWorld, type World } from '../support/world.ts';
import { createHosts } from './hosts.ts';
import { seeded } from '../support/seeded.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 10, 20);
const SECRET = 'app-1--pg--password';
const NAMESPACES = Array.from({ length: 30 }, (_, index) => `ns-${index + 1}`);
const event = (at: number, value = 'new') => ({ at, secret: SECRET, value, id: `event-${at}` });

function aWorld(): World {
  return createWorld({
    routes: { 'app-1': { namespaces: NAMESPACES } },
    namespaces: Object.fromEntries(NAMESPACES.map((name) => [name, 'app-1--'])),
    clock: createFakeClock(START, seeded(7)),
  });
}

/** When calls of a kind were made, ms since the start. */
function timesOf(world: World, kind: RegExp): number[] {
  const times: number[] = [];
  const before = world.before;
  world.before = async (call) => {
    if (kind.test(call) && !call.endsWith(' done')) times.push(world.ports.clock.now() - START);
    return before(call);
  };
  return times;
}

const busy = () => new VaultcastError('REGISTRY_UNAVAILABLE', 'it answered 503');

const delivered = (world: World) => NAMESPACES.filter((name) => world.data(`weu-1/${name}/pg`)?.['password']);

describe('Key Vault answers 429 for an hour', () => {
  it('is read a few times for thirty targets, and everything arrives afterwards', async () => {
    const world = aWorld();
    const reads = timesOf(world, /^vault\.read /);
    const hosts = createHosts(world, 32);
    const recover = world.ports.vault.fail({ code: 'VAULT_THROTTLED' });
    await hosts.run(START + HOUR, [event(START)]);
    // One read per attempt of the secret, in pauses of 10 s that double.
    expect(reads.length).toBeLessThanOrEqual(12);
    recover();
    await hosts.run(START + 2 * HOUR);
    expect(delivered(world)).toHaveLength(NAMESPACES.length);
    expect(hosts.waiting()).toBe(0);
  });

  it('is left alone for as long as its Retry-After says', async () => {
    const world = aWorld();
    const reads = timesOf(world, /^vault\.read /);
    const hosts = createHosts(world, 32);
    world.ports.vault.fail({ code: 'VAULT_THROTTLED', retryAfterMs: 5 * MINUTE, times: 1 });
    await hosts.run(START + 10 * MINUTE, [event(START)]);
    expect(reads.filter((at) => at > 0 && at < 5 * MINUTE)).toEqual([]);
    expect(delivered(world)).toHaveLength(NAMESPACES.length);
  });
});

describe('an API server answers 429', () => {
  it('is left alone for as long as its Retry-After says, target by target', async () => {
    const world = aWorld();
    const writes = timesOf(world, /^kubernetes\.create /);
    const hosts = createHosts(world, 32);
    const fault = { code: 'CLUSTER_THROTTLED', retryAfterMs: 2 * MINUTE, times: 5 } as const;
    world.ports.kubernetes.fail({ ...fault, when: (call) => call.startsWith('kubernetes.create') });
    await hosts.run(START + 10 * MINUTE, [event(START)]);
    expect(writes.filter((at) => at > 10_000 && at < 2 * MINUTE)).toEqual([]);
    expect(writes).toHaveLength(NAMESPACES.length + 5);
    expect(delivered(world)).toHaveLength(NAMESPACES.length);
  });

  it('to the writes of one namespace only, does not make the others wait', async () => {
    const world = aWorld();
    const hosts = createHosts(world, 32);
    world.ports.kubernetes.fail({
      code: 'CLUSTER_FAILED',
      when: (call) => /create weu-1\/ns-7\//.test(call),
    });
    await hosts.run(START + 30 * MINUTE, [event(START)]);
    expect((await world.ports.status.backOffs(new AbortController().signal)).size).toBe(0);
    const again = world.ports.clock.now();
    await hosts.run(again + 1000, [event(again, 'newer')]);
    expect(world.data('weu-1/ns-1/pg')).toEqual({ password: 'newer' });
  });
});

describe('Tables answer 503 for an hour', () => {
  it('while one event comes: it waits as one message and arrives', async () => {
    const world = aWorld();
    const looks = timesOf(world, /^registry\.routesByPrefix/);
    const hosts = createHosts(world, 32);
    let broken = true;
    const before = world.before;
    world.before = async (call) => {
      if (broken && /^(?:registry|status)\./.test(call)) throw busy();
      return before(call);
    };
    await hosts.run(START + HOUR, [event(START)]);
    expect(hosts.waiting()).toBe(1);
    expect(looks.length).toBeLessThanOrEqual(12);
    broken = false;
    await hosts.run(START + 2 * HOUR);
    expect(delivered(world)).toHaveLength(NAMESPACES.length);
  });

  it('while thirty targets wait: they go on one by one, and none asks for all of them again', async () => {
    const world = aWorld();
    const hosts = createHosts(world, 32);
    const recover = world.ports.kubernetes.fail({ code: 'CLUSTER_THROTTLED' });
    await hosts.run(START + MINUTE, [event(START)]);
    recover();
    let broken = true;
    world.before = async (call) => {
      if (broken && call.startsWith('registry.')) throw busy();
    };
    await hosts.run(START + 20 * MINUTE);
    expect(hosts.waiting()).toBe(NAMESPACES.length);
    broken = false;
    const asked = timesOf(world, /^kubernetes\./);
    await hosts.run(START + 2 * HOUR);
    expect(delivered(world)).toHaveLength(NAMESPACES.length);
    // Two reads and one write per target; a few are looked at twice, because a creation is confirmed.
    expect(asked.length).toBeLessThanOrEqual(NAMESPACES.length * 5);
  });
});

describe('the queue takes nothing', () => {
  it('is the only thing that makes Event Grid deliver again, and then the event arrives', async () => {
    const world = aWorld();
    const hosts = createHosts(world, 32);
    world.ports.kubernetes.fail({ code: 'CLUSTER_UNREACHABLE', times: 2 });
    world.ports.queue.fail({ code: 'QUEUE_UNAVAILABLE', times: 1 });
    await hosts.run(START + 2 * MINUTE, [event(START)]);
    expect(delivered(world)).toHaveLength(NAMESPACES.length);
    expect(hosts.waiting()).toBe(0);
  });
});
