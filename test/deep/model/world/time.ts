import type { Clock } from '../../../../shared/time.ts';
import { VaultcastError } from '../../../../shared/errors.ts';

/** Time of the world, in ms since the epoch. It moves only when it is told to. */
export interface Time {
  now(): number;
  /** Wakes once, so many ms from now; returns what cancels it. */
  after(ms: number, wake: () => void): () => void;
  /** When the next one is to be woken; Infinity when nobody is. */
  next(): number;
  /** Whoever is due wakes in order, each at its time. */
  advance(ms: number): Promise<void>;
}

interface Alarm {
  at: number;
  wake: () => void;
}

/** Everything that can go on without a call or time does so. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function createTime(start = Date.UTC(2026, 10, 20)): Time {
  let now = start;
  const alarms = new Set<Alarm>();
  const first = (): Alarm | undefined => {
    let found: Alarm | undefined;
    for (const alarm of alarms) if (found === undefined || alarm.at < found.at) found = alarm;
    return found;
  };
  return {
    now: () => now,
    after(ms, wake) {
      const alarm = { at: now + ms, wake };
      alarms.add(alarm);
      return () => void alarms.delete(alarm);
    },
    next: () => first()?.at ?? Infinity,
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (let due = first(); due !== undefined && due.at <= end; due = first()) {
        now = Math.max(now, due.at);
        alarms.delete(due);
        due.wake();
        await settle();
      }
      now = end;
    },
  };
}

/** What one process takes for the time: `skewMs` off. `ends` gets what ends each sleep when the process dies. */
export function clockOf(time: Time, skewMs: number, random: () => number, ends: Set<() => void>): Clock {
  return {
    now: () => time.now() + skewMs,
    deafSince: () => 0,
    random,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const leave = (then: () => void): void => {
          cancel();
          ends.delete(giveUp);
          signal?.removeEventListener('abort', giveUp);
          then();
        };
        const giveUp = (): void =>
          leave(() => reject(new VaultcastError('OUT_OF_TIME', 'a wait was given up')));
        const cancel = time.after(ms, () => leave(resolve));
        if (signal?.aborted) return giveUp();
        signal?.addEventListener('abort', giveUp);
        ends.add(giveUp);
        return undefined;
      }),
  };
}
