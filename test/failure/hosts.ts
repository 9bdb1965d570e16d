import { onPoisonMessage } from '../../shared/retry/poison.ts';
import { onPushMessage } from '../../shared/sync.ts';
import { onVaultEvent } from '../../shared/sync.ts';
import { aSecretEvent } from '../support/builders.ts';
import { announced, finish, type World } from '../support/world.ts';

/** What the Functions host does with a message whose function failed. */
const VISIBILITY_MS = 30_000;
const MAX_DEQUEUES = 5;
/** Event Grid's first pause after an event that was refused. */
const REDELIVERY_MS = 10_000;

export interface Rotation {
  /** ms since the epoch */
  at: number;
  secret: string;
  value: string;
  id: string;
}

interface Due {
  at: number;
  secret: string;
  id: string;
}

/** The Functions host's part, on the world's clock: events and messages at their time, many at once, again when they fail. */
export function createHosts(world: World, batch: number) {
  const { clock, queue } = world.ports;
  const events: Due[] = [];

  const push = async (delivery: NonNullable<ReturnType<typeof queue.receive>>): Promise<void> => {
    try {
      await onPushMessage(delivery.message, world.ports, world.settings);
      delivery.complete();
    } catch {
      if (delivery.dequeueCount < MAX_DEQUEUES) return delivery.abandon(VISIBILITY_MS);
      delivery.complete();
      await onPoisonMessage(delivery.message, 'push', world.ports);
    }
  };
  const event = async ({ secret, id }: Due): Promise<void> => {
    const body = [aSecretEvent({ name: secret, id, ...announced(world.ports, secret) })];
    await onVaultEvent(body, world.ports, world.settings).catch(
      () => void events.push({ secret, id, at: clock.now() + REDELIVERY_MS }),
    );
  };
  const take = (): Promise<void>[] => {
    const taken: Promise<void>[] = [];
    for (const due of events.filter(({ at }) => at <= clock.now())) {
      events.splice(events.indexOf(due), 1);
      taken.push(event(due));
    }
    for (
      let next = queue.receive('push');
      next;
      next = taken.length < batch ? queue.receive('push') : undefined
    )
      taken.push(push(next));
    return taken;
  };
  const nextDue = (): number =>
    Math.min(...queue.waiting('push').map(({ visibleAt }) => visibleAt), ...events.map(({ at }) => at));

  return {
    /** Sets the versions at their times and delivers their events, and handles what is due meanwhile, until `end`. */
    async run(end: number, rotations: readonly Rotation[] = []): Promise<void> {
      const coming = [...rotations];
      while (clock.now() < end) {
        while (coming[0] !== undefined && coming[0].at <= clock.now()) {
          const { secret, value, id } = coming.shift() ?? coming[0];
          world.set(secret, value);
          events.push({ secret, id, at: clock.now() });
        }
        const work = take();
        const next = Math.min(nextDue(), coming[0]?.at ?? end, end);
        if (work.length > 0) await finish(clock, Promise.all(work));
        else await clock.advance(Math.max(1, next - clock.now()));
      }
    },
    waiting: () => queue.waiting('push').length + events.length,
  };
}
