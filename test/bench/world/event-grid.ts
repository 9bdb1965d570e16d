import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from './app.ts';

/** How one event fared, ms from its first delivery. */
export interface Fate {
  acknowledgedMs: number;
  deliveries: number;
}

/** https://learn.microsoft.com/azure/event-grid/delivery-and-retry: patience with one delivery, pauses between them. */
const PATIENCE_MS = 30_000;
const PAUSES_MS = [10_000, 30_000, 60_000, 5 * 60_000];
const ACCEPTED = 202;

/** Whether it was acknowledged in time. */
async function deliver(app: App, event: unknown): Promise<boolean> {
  const patience = new AbortController();
  const late = sleep(PATIENCE_MS, false, { signal: patience.signal });
  late.catch(() => undefined);
  const answered = app.deliver(event).then(
    (status) => status === ACCEPTED,
    () => false,
  );
  const accepted = await Promise.race([answered, late]);
  patience.abort();
  return accepted;
}

/** Delivers as Event Grid does, until it is acknowledged or the pauses are used up: then it was never. */
export async function send(app: App, event: unknown): Promise<Fate> {
  const from = performance.now();
  for (const [index, pause] of PAUSES_MS.entries()) {
    if (await deliver(app, event)) return { acknowledgedMs: performance.now() - from, deliveries: index + 1 };
    await sleep(pause);
  }
  return { acknowledgedMs: Infinity, deliveries: PAUSES_MS.length };
}
