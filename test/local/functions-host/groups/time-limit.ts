import { setTimeout as sleep } from 'node:timers/promises';
import { logLine } from '../log.ts';
import { formatTimeSpan } from '../settings/time-span.ts';

/** What a function has after its time is up, before the worker is restarted over it. */
const GRACE_MS = 2000;

/** Whether it ended within that time, well or not. */
async function endsWithin(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const enough = new AbortController();
  const ended = work.then(
    () => true,
    () => true,
  );
  const late = sleep(milliseconds, false, { signal: enough.signal }).catch(() => false);
  return Promise.race([ended, late]).finally(() => enough.abort());
}

/**
 * Fails an invocation that takes longer than functionTimeout. One that does not end within two more seconds takes its
 * worker with it, and everything else that this worker was working on: nobody is told of that.
 */
export async function withinTime<T>(
  work: Promise<T>,
  { name, limitMs, restart }: { name: string; limitMs: number; restart: () => void },
): Promise<T> {
  if (await endsWithin(work, limitMs)) return work;
  const limit = formatTimeSpan(limitMs);
  logLine(`Timeout value of ${limit} exceeded by function 'Functions.${name}'. Initiating cancellation.`);
  if (!(await endsWithin(work, GRACE_MS))) {
    logLine(`A function timeout has occurred. Restarting worker process executing '${name}'.`);
    restart();
    logLine('Restart of language worker process(es) completed.');
  }
  throw new Error(`Timeout value of ${limit} was exceeded by function: Functions.${name}`);
}
