import { describe, expect, it } from 'vitest';
import { onVaultEvent } from '../../shared/sync.ts';
import { aSecretEvent } from '../support/builders.ts';
import { HOUR_MS } from '../support/fleet.ts';
import { createWorld, finish, type World } from '../support/world.ts';

const SECRET = 'app-1--pg--password';

/** Delivers events that were said so long ago, all in one delivery. */
async function deliver(world: World, ...agoMs: number[]): Promise<string[]> {
  const { ports, settings } = world;
  const times = agoMs.map((ago) => new Date(ports.clock.now() - ago).toISOString());
  const events = times.map((time, at) => aSecretEvent({ name: SECRET, id: `event-${at}`, time }));
  await finish(ports.clock, onVaultEvent(events, ports, settings));
  return times;
}

const linesOf = ({ ports }: World, code: string) => ports.log.outcomes.filter((line) => line.code === code);

describe('the lines of an event', () => {
  it('tell when it was said, however late it came', async () => {
    const world = createWorld();
    world.set(SECRET, 'a value');
    const [time] = await deliver(world, HOUR_MS);

    expect(linesOf(world, 'DELIVERED')).toMatchObject([{ eventId: 'event-0', eventTime: time }]);
  });

  it('tell of each event by itself, where one write does for several', async () => {
    const world = createWorld();
    world.set(SECRET, 'a value');
    const times = await deliver(world, 5000, 3000);

    expect(linesOf(world, 'DELIVERED')).toMatchObject([
      { eventId: 'event-0', eventTime: times[0] },
      { eventId: 'event-1', eventTime: times[1] },
    ]);
  });

  it('tell it when nothing could be done yet, and the message that goes on does not know it', async () => {
    const world = createWorld();
    world.set(SECRET, 'a value');
    world.ports.kubernetes.fail({
      code: 'CLUSTER_FAILED',
      times: 1,
      when: (call) => call.includes('create'),
    });
    const [time] = await deliver(world, 1000);
    await world.drain();

    expect(linesOf(world, 'CLUSTER_FAILED')).toMatchObject([{ eventTime: time }]);
    const [delivered] = linesOf(world, 'DELIVERED');
    expect(delivered).toMatchObject({ eventId: 'event-0', attempt: 2 });
    expect(delivered).not.toHaveProperty('eventTime');
  });

  it('tell nothing of a run, nor of an event that does not say when', async () => {
    const world = createWorld();
    world.set(SECRET, 'a value');
    const { ports, settings } = world;
    await finish(
      ports.clock,
      onVaultEvent([{ ...aSecretEvent({ name: SECRET }), eventTime: 'soon' }], ports, settings),
    );

    expect(linesOf(world, 'DELIVERED')).toMatchObject([{ eventId: 'event-1' }]);
    expect(linesOf(world, 'DELIVERED')[0]).not.toHaveProperty('eventTime');
  });
});
