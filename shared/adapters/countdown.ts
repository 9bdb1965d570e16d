import type { Clock } from '../time.ts';

/**
 * Calls `late` once the other side has had `ms` since now: time in which this process did not listen is not counted against
 * it, up to as much again. As `whileListening` of shared/time.ts, for requests of which only a callback tells that they are
 * sent. Returns what stops it.
 */
export function countdown(clock: Pick<Clock, 'now' | 'deafSince'>, ms: number, late: () => void): () => void {
  const begun = clock.now();
  // Heard from the start: what was not listened to before the first question would be missed.
  clock.deafSince(begun);
  let timer = setTimeout(() => {
    const deafMs = Math.min(ms, clock.deafSince(begun));
    if (deafMs > 0) timer = setTimeout(late, deafMs);
    else late();
  }, ms);
  return () => clearTimeout(timer);
}
