import { VaultcastError } from './errors.ts';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** A number in [0, 1): jitter. */
  random(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** For how long this process has not listened since that moment, ms: it was busy, or got no processor. */
  deafSince(since: number): number;
}

/** The last moment that a date can say, in ms since the epoch. */
export const LATEST_MS = 8.64e15;

/** The signal of work that nobody cuts off: it ends by itself, for every port has a timeout of its own. */
export const NEVER: AbortSignal = new AbortController().signal;

/** Runs `work` with a signal that aborts after `ms` or when `parent` does; `work` itself decides how it ends then. */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  parent: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return ending((signal) => clock.sleep(ms, signal), parent, work);
}

/** Why a timer is not needed any more: without a reason of ours each request would make an error with its stack. */
const IN_TIME = 'the work ended in time';

async function ending<T>(
  sleep: (signal: AbortSignal) => Promise<void>,
  parent: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const done = new AbortController();
  const timer = sleep(done.signal).then(
    () => deadline.abort(),
    () => undefined,
  );
  try {
    return await work(parent === NEVER ? deadline.signal : AbortSignal.any([parent, deadline.signal]));
  } finally {
    done.abort(IN_TIME);
    await timer;
  }
}

/** The same, but given up at that moment with OUT_OF_TIME: a time budget holds whatever the other side does. */
export async function within<T>(
  clock: Clock,
  ms: number,
  parent: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return withDeadline(clock, ms, parent, (signal) => unlessAborted(signal, work(signal)));
}

/**
 * `within` for one request to another side: time in which this process did not listen is not counted against that side, up
 * to as much time again. Begins as the request is sent: never around a wait of our own for a place. A port that says itself
 * how it ended has the last word; `silent` is said of one that does not.
 */
export async function whileListening<T>(
  clock: Clock,
  ms: number,
  parent: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
  silent: () => VaultcastError = outOfTime,
): Promise<T> {
  const begun = clock.now();
  const sleep = async (signal: AbortSignal): Promise<void> => {
    await clock.sleep(ms, signal);
    const deafMs = Math.min(ms, clock.deafSince(begun));
    if (deafMs > 0) await clock.sleep(deafMs, signal);
  };
  return ending(sleep, parent, (signal) => unlessAborted(signal, work(signal), silent, afterAllElse));
}

/** When all that can go on at once has done so: a tick comes after the promises that are settled before it. */
function afterAllElse(end: () => void): void {
  queueMicrotask(() => process.nextTick(end));
}

const outOfTime = (): VaultcastError => new VaultcastError('OUT_OF_TIME', 'the time budget ended');

/**
 * The promise, or `failure` as soon as the signal aborts. The work behind the promise goes on: others may wait for it, or it
 * does not listen to signals.
 */
export async function unlessAborted<T>(
  signal: AbortSignal,
  promise: Promise<T>,
  failure: () => VaultcastError = outOfTime,
  when: (end: () => void) => void = (end) => end(),
): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const end = (): void => when(() => aborted.reject(failure()));
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** All of them: one that fails cuts no other off, its reason waits until they have ended. */
export async function allEnded(tasks: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(tasks)).find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
