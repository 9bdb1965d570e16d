const SECOND = 1000;
const FIRST = 10 * SECOND;
const LONGEST = 30 * 60 * SECOND;

/** After this long, work that keeps failing is given up and becomes a problem for a person. */
export const GIVE_UP_AFTER_MS = 24 * 3600 * SECOND;

/**
 * How long a failed attempt waits: 10 s doubling to 30 min, of which the upper half is jitter, and never less than the
 * other side asked for. `attempt` is 1 for the first failure, `random` in [0, 1).
 */
export function backoffMs(attempt: number, retryAfterMs: number | undefined, random: number): number {
  const full = Math.min(LONGEST, FIRST * 2 ** Math.min(attempt - 1, 20));
  const jittered = full / 2 + (full / 2) * random;
  return Math.round(Math.max(jittered, (retryAfterMs ?? 0) * (1 + random / 10)));
}
