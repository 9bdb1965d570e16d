import { beforeAll, describe, expect, it } from 'vitest';
import { createFakeClock } from '../support/fakes/clock.ts';
import { createWorld, type World } from '../support/world.ts';
import { createHosts, type Rotation } from './hosts.ts';
import { seeded } from '../support/seeded.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 10, 20);
const NAMESPACES = Array.from({ length: 20 }, (_, index) => `ns-${index + 1}`);
const SECRETS = ['app-1--pg--password', 'app-1--mq--password', 'app-1--redis--password'];
const TARGETS = NAMESPACES.length * SECRETS.length;

/** Every four minutes one of three secrets, each of which goes to twenty namespaces. */
const ROTATIONS: Rotation[] = Array.from({ length: 15 }, (_, index) => ({
  at: START + index * 4 * MINUTE,
  secret: SECRETS[index % SECRETS.length] ?? '',
  value: `value ${index}`,
  id: `event-${index}`,
}));

const isOf = (cluster: string) => (call: string) => call.includes(` ${cluster}/`);

interface Seen {
  world: World;
  /** Requests to the dead cluster while it was dead, and when each was made (ms since the start). */
  asked: number[];
  deadFor: number;
  /** Since its return: requests to it, in the same way, and when nothing waited any more. */
  askedAfter: number[];
  drainedAfter: number;
}

/** One cluster answers, the other one is dead for an hour; then it is back, and nobody does anything about it. */
async function anHourOf(death: 'refused' | 'hung'): Promise<Seen> {
  const world = createWorld({
    clusters: { 'weu-1': {}, 'dead-1': {} },
    routes: { 'app-1': { namespaces: NAMESPACES } },
    namespaces: Object.fromEntries(NAMESPACES.map((name) => [name, 'app-1--'])),
    clock: createFakeClock(START, seeded(4)),
  });
  const { clock, kubernetes } = world.ports;
  const asked: number[] = [];
  let dead = true;
  world.before = async (call) => {
    if (!isOf('dead-1')(call) || call.endsWith(' done')) return;
    asked.push(clock.now() - START);
    if (dead && death === 'hung') await new Promise(() => undefined);
  };
  const isAlive = kubernetes.fail({ code: 'CLUSTER_UNREACHABLE', when: isOf('dead-1') });
  const hosts = createHosts(world, 32);
  await hosts.run(START + HOUR, ROTATIONS);
  const whileDead = asked.splice(0);
  dead = false;
  isAlive();
  const back = clock.now();
  while (hosts.waiting() > 0 && clock.now() - back < HOUR) await hosts.run(clock.now() + 10_000);
  return {
    world,
    asked: whileDead,
    deadFor: back - START,
    askedAfter: asked.map((at) => at - (back - START)),
    drainedAfter: clock.now() - back,
  };
}

const busiestTenSeconds = (times: readonly number[]): number =>
  Math.max(...times.map((start) => times.filter((at) => at >= start && at < start + 10_000).length));

describe.each(['refused', 'hung'] as const)('a cluster that is dead for an hour (%s)', (death) => {
  let seen: Seen;
  beforeAll(async () => {
    seen = await anHourOf(death);
    const { asked, askedAfter, drainedAfter } = seen;
    const busiest = busiestTenSeconds(askedAfter);
    console.info(
      `${death}: ${TARGETS} targets, ${ROTATIONS.length} rotations in an hour (${ROTATIONS.length * NAMESPACES.length} deliveries): ` +
        `${asked.length} requests to the dead cluster, ${asked.filter((at) => at > MINUTE).length} of them after the first minute; ` +
        `back: ${askedAfter.length} requests, at most ${busiest} in ten seconds, nothing waits after ${Math.round(drainedAfter / 1000)} s`,
    );
  }, 120_000);

  it('is asked a little more than once per probe, however many targets wait', () => {
    const later = seen.asked.filter((at) => at > 5 * MINUTE);
    // A probe every five minutes at most, of two requests each.
    expect(later.length).toBeLessThanOrEqual(2 * 13);
    expect(seen.asked.length).toBeLessThan(2 * TARGETS);
  });

  it('keeps nobody else from being served', () => {
    for (const namespace of NAMESPACES)
      expect(seen.world.data(`weu-1/${namespace}/pg`)).toEqual({ password: 'value 12' });
  });

  it('gets everything by itself when it is back', () => {
    for (const namespace of NAMESPACES) {
      expect(seen.world.data(`dead-1/${namespace}/pg`)).toEqual({ password: 'value 12' });
      expect(seen.world.data(`dead-1/${namespace}/mq`)).toEqual({ password: 'value 13' });
      expect(seen.world.data(`dead-1/${namespace}/redis`)).toEqual({ password: 'value 14' });
    }
    expect(seen.drainedAfter).toBeLessThan(HOUR);
    expect(seen.world.ports.log.codes()).not.toContain('GAVE_UP');
  });

  it('gets it gradually', () => {
    expect(busiestTenSeconds(seen.askedAfter)).toBeLessThan(seen.askedAfter.length / 3);
  });
});
