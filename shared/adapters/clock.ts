import { setTimeout as wait } from 'node:timers/promises';
import { VaultcastError } from '../errors.ts';
import type { Clock } from '../time.ts';

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, signal ? { signal } : undefined);
  } catch (cause) {
    throw new VaultcastError('OUT_OF_TIME', 'a wait was given up', { cause });
  }
}

/** The machine's clock. A given up sleep rejects with OUT_OF_TIME. */
export const systemClock: Clock = { now: () => Date.now(), random: () => Math.random(), sleep };
