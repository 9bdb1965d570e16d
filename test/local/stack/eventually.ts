import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 50;

/**
 * Looks until `check` gives something truthy, and returns that. While it throws, that counts as not yet.
 * @throws what `check` threw last, or an Error that quotes it, after `withinMs`
 */
export async function eventually<T>(check: () => T | Promise<T>, withinMs = 20_000): Promise<NonNullable<T>> {
  const end = Date.now() + withinMs;
  for (;;) {
    try {
      const found = await check();
      if (found) return found;
      if (Date.now() > end) throw new Error(`still not so after ${withinMs} ms: ${String(check)}`);
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await sleep(EVERY_MS);
  }
}
