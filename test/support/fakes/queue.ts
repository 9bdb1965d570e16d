import { encodeMessage, visibilitySeconds } from '../../../shared/adapters/storage/queue.ts';
import { failureOf } from '../../../shared/errors.ts';
import type { Ports } from '../../../shared/ports.ts';
import type { Clock } from '../../../shared/time.ts';
import { pushMessage, reconcileMessage } from '../../../shared/retry/message.ts';
import { earlierPush, earlierShard } from '../earlier/messages.ts';
import { createCalls, type Calls } from './calls.ts';
import type { Hook } from './hook.ts';

type Queue = Ports['queue'];

type QueueName = 'push' | 'reconcile';

interface Delivery {
  message: unknown;
  /** 1 the first time. */
  dequeueCount: number;
  /** The work is done. */
  complete(): void;
  /** The work failed, or its instance died: visible again after `delayMs`. */
  abandon(delayMs?: number): void;
}

export interface FakeQueue extends Queue, Pick<Calls, 'log' | 'fail'> {
  /** The next visible message, invisible to others until it is abandoned. */
  receive(name: QueueName): Delivery | undefined;
  /** Everything not completed, in the order it was sent; `visibleAt` in ms since the epoch. */
  waiting(name: QueueName): { message: unknown; visibleAt: number }[];
}

interface Held {
  text: string;
  sentAt: number;
  visibleAt: number;
  dequeueCount: number;
  leased: boolean;
}

function deliver(held: Held, messages: Held[], now: () => number): Delivery {
  Object.assign(held, { leased: true, dequeueCount: held.dequeueCount + 1 });
  return {
    message: JSON.parse(decode(held.text)),
    dequeueCount: held.dequeueCount,
    complete: () => void messages.splice(messages.indexOf(held), 1),
    abandon: (delayMs = 0) => void Object.assign(held, { leased: false, visibleAt: now() + delayMs }),
  };
}

const decode = (text: string): string => Buffer.from(text, 'base64').toString('utf8');

function lengthOf(queue: string, held: readonly Held[], now: number) {
  const visible = held.filter((one) => !one.leased && one.visibleAt <= now);
  const [oldest] = visible.map(({ sentAt }) => sentAt).toSorted((a, b) => a - b);
  return { queue, messages: held.length, oldestMs: oldest === undefined ? undefined : now - oldest };
}

/**
 * The queues in memory, on the clock given. Messages are kept as the real adapter encodes them, and those that an earlier
 * version may find are held to what it understands.
 */
export function createFakeQueue(clock: Pick<Clock, 'now'>, hook?: Hook): FakeQueue {
  const calls = createCalls('QUEUE_UNAVAILABLE', hook);
  const queues: Record<QueueName, Held[]> = { push: [], reconcile: [] };
  const send = (name: QueueName, text: string, delayMs: number, signal: AbortSignal): Promise<void> =>
    calls.run(`queue.${name}`, signal, () => {
      const visibleAt = clock.now() + visibilitySeconds(delayMs) * 1000;
      queues[name].push({ text, sentAt: clock.now(), visibleAt, dequeueCount: 0, leased: false });
    });
  return {
    log: calls.log,
    fail: (fault) => calls.fail(fault),
    push: async (message, delayMs, signal) => {
      const text = encodeMessage(pushMessage, 'push', message);
      earlierPush.parse(message);
      return send('push', text, delayMs, signal);
    },
    reconcile: async (message, delayMs, signal) => {
      const text = encodeMessage(reconcileMessage, 'reconcile', message);
      if (message.kind === 'shard') earlierShard.parse(message);
      return send('reconcile', text, delayMs, signal);
    },
    async lengths(signal) {
      const lengths = Object.entries(queues).map(([queue, held]) =>
        calls.run('queue.lengths', signal, () => lengthOf(queue, held, clock.now())),
      );
      const settled = await Promise.allSettled(lengths);
      return {
        known: settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
        failures: settled.flatMap((one) => (one.status === 'rejected' ? [failureOf(one.reason)] : [])),
      };
    },
    receive(name) {
      const messages = queues[name];
      const held = messages.find(({ leased, visibleAt }) => !leased && visibleAt <= clock.now());
      return held && deliver(held, messages, clock.now);
    },
    waiting: (name) =>
      queues[name].map(({ text, visibleAt }) => ({
        message: JSON.parse(decode(text)) as unknown,
        visibleAt,
      })),
  };
}
