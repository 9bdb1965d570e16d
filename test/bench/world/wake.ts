import { setTimeout as sleep } from 'node:timers/promises';
import type { App, Trigger } from './app.ts';
import { cpuSeconds } from './usage.ts';

const LOOK_MS = 250;
const NOBODYS = { vault: 'team', secret: 'nobody--wants-it' };

/** Work that comes to nothing. */
const messages = (): Record<Exclude<Trigger, 'on-vault-event'>, object | undefined> => ({
  'push-retry': { kind: 'secret', ...NOBODYS, cause: 'wake', since: Date.now(), attempt: 1 },
  'reconcile-shard': { kind: 'push', ...NOBODYS, run: '20260101T000000Z-0000' },
  'reconcile-timer': undefined,
});

/** Processes that are all there, and use no processor time to speak of. */
async function untilQuiet(app: App, count: number): Promise<void> {
  let before = Number.NaN;
  for (;;) {
    const pids = await app.pids();
    const now = pids.length < count ? Number.NaN : await cpuSeconds(pids);
    // One tick may be the queue's: it is looked at now and then.
    if (now - before <= 0.01) return;
    before = now;
    await sleep(LOOK_MS);
  }
}

/** Starts the process of each group, which otherwise its first trigger does: what a start costs is measured by itself. */
export async function wake(app: App, functions: readonly Trigger[]): Promise<void> {
  const asleep = functions.filter((name) => name !== 'on-vault-event');
  await Promise.all(asleep.map((name) => app.run(name, messages()[name])));
  // That of `http` has told what functions there are.
  await untilQuiet(app, asleep.length + 1);
  app.outcomes();
}
