import { performance } from 'node:perf_hooks';
import { VaultcastError } from '../errors.ts';
import type { Clock } from '../time.ts';

/** One for all: nobody asks where a wait was given up, and an error with its stack costs more than the wait. */
const GIVEN_UP = new VaultcastError('OUT_OF_TIME', 'a wait was given up');

/** Not the one of node:timers/promises: nearly every wait is given up, and that one makes two errors of its own each time. */
function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const giveUp = (): void => {
    clearTimeout(timer);
    reject(GIVEN_UP);
  };
  const timer = setTimeout(() => {
    signal?.removeEventListener('abort', giveUp);
    resolve(undefined);
  }, ms);
  if (signal?.aborted === true) giveUp();
  else signal?.addEventListener('abort', giveUp, { once: true });
  return promise;
}

/** How often it is looked whether the event loop turns, and what of it is told of as late. */
const TICK_MS = 50;
const NOISE_MS = 20;
/** No request takes longer. */
const KEPT_MS = 60_000;

/** Tells for how long the event loop did not turn: its own work, a collection of garbage, or no processor. */
function createEar(): (since: number) => number {
  let late: { at: number; ms: number }[] = [];
  let last = performance.now();
  const overdue = (): number => Math.max(0, performance.now() - last - TICK_MS);
  const tick = (): void => {
    const ms = overdue();
    last = performance.now();
    const now = Date.now();
    if (ms > NOISE_MS) late = [...late.filter(({ at }) => now - at < KEPT_MS), { at: now, ms }];
  };
  setInterval(tick, TICK_MS).unref();
  return (since) => {
    const now = overdue();
    const before = late.reduce((sum, { at, ms }) => (at < since ? sum : sum + Math.min(ms, at - since)), 0);
    return Math.round(before + (now > NOISE_MS ? now : 0));
  };
}

let ear: ((since: number) => number) | undefined;

/** The machine's clock. A given up sleep rejects with OUT_OF_TIME. */
export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms, signal) => {
    ear ??= createEar();
    return sleep(ms, signal);
  },
  deafSince: (since) => (ear ??= createEar())(since),
};
