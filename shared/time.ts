import { VaultcastError } from './errors.ts';
import type { Clock } from './ports.ts';

/**
 * Runs `work` with a signal that aborts after `ms` or when `parent` does. The work is given up at that moment even when it
 * does not honour its signal: a time budget holds whatever the other side does.
 */
export async function within<T>(
  clock: Clock,
  ms: number,
  parent: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const done = new AbortController();
  const timer = clock.sleep(ms, done.signal).then(
    () => deadline.abort(),
    () => undefined,
  );
  const signal = AbortSignal.any([parent, deadline.signal]);
  try {
    return await Promise.race([work(signal), rejection(signal)]);
  } finally {
    done.abort();
    await timer;
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(new VaultcastError('OUT_OF_TIME', 'the time budget ended'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
