import { listenToQueue } from '../queue/listener.ts';
import { keepSchedule } from '../timer/listener.ts';
import type { IndexedFunction } from '../worker/messages.ts';
import type { Instance } from './instance.ts';

export interface Listeners {
  /** All have looked once: before, an app is not ready. */
  looked: Promise<void>;
  /** All have finished what they had begun. */
  ended: Promise<void>;
}

/** What starts functions by itself, until the signal: queues and timers. */
export function startListeners(
  instance: Instance,
  functions: readonly IndexedFunction[],
  signal: AbortSignal,
): Listeners {
  const looks: Promise<void>[] = [];
  const ends = functions.map(async (fn) => {
    if (fn.trigger.type === 'timerTrigger') return keepSchedule(instance, fn, signal);
    if (fn.trigger.type !== 'queueTrigger') return;
    const { promise, resolve } = Promise.withResolvers<void>();
    looks.push(promise);
    await listenToQueue(instance, fn, signal, resolve);
  });
  return { looked: Promise.all(looks).then(() => undefined), ended: Promise.all(ends).then(() => undefined) };
}
