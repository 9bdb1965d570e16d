import { setTimeout as sleep } from 'node:timers/promises';

/** Sleeps for that many milliseconds, or until the signal; never rejects. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
