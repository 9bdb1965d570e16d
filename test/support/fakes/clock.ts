import { VaultcastError } from '../../../shared/errors.ts';
import type { Clock } from '../../../shared/time.ts';

export interface FakeClock extends Clock {
  /** Moves time on; whoever sleeps wakes in order, each with its own time on the clock. */
  advance(ms: number): Promise<void>;
  /** From now on the process says so long that it did not listen. */
  beDeaf(ms: number): void;
  /** Sleepers not yet woken. */
  sleeping(): number;
}

interface Sleeper {
  until: number;
  wake(): void;
}

/** Everything that can go on without time does so first. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function sleepers(now: () => number) {
  const asleep = new Set<Sleeper>();
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const sleeper: Sleeper = { until: now() + ms, wake: () => leave(resolve) };
      const leave = (then: () => void): void => {
        asleep.delete(sleeper);
        signal?.removeEventListener('abort', giveUp);
        then();
      };
      const giveUp = (): void =>
        leave(() => reject(new VaultcastError('OUT_OF_TIME', 'a wait was given up')));
      if (signal?.aborted) return giveUp();
      signal?.addEventListener('abort', giveUp);
      asleep.add(sleeper);
    });
  const next = (): Sleeper | undefined => [...asleep].toSorted((a, b) => a.until - b.until)[0];
  return { asleep, sleep, next };
}

/** Time that moves only when a test says so. */
export function createFakeClock(start = Date.UTC(2026, 10, 20), random: () => number = () => 0.5): FakeClock {
  let time = start;
  let deafMs = 0;
  const { asleep, sleep, next } = sleepers(() => time);
  return {
    now: () => time,
    random,
    sleep,
    sleeping: () => asleep.size,
    deafSince: () => deafMs,
    beDeaf: (ms) => void (deafMs = ms),
    async advance(ms) {
      const end = time + ms;
      await settle();
      for (let due = next(); due && due.until <= end; due = next()) {
        time = Math.max(time, due.until);
        due.wake();
        await settle();
      }
      time = end;
      await settle();
    },
  };
}
