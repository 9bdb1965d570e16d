import { z } from 'zod';
import { queueClient } from '../queue/storage.ts';
import type { IndexedFunction, TypedData } from '../worker/messages.ts';

const statusSchema = z.object({
  last: z.string(),
  next: z.string(),
  lastUpdated: z.string(),
  schedule: z.string(),
});

/** When a timer ran and is to run, in ISO 8601, and by which schedule. */
export type TimerStatus = z.infer<typeof statusSchema>;

/** .NET's empty date: what a schedule that never ran has in `last`. */
export const NEVER = '0001-01-01T00:00:00+00:00';

/**
 * The queue that stands for a timer's blobs: its only message is the lock, its metadata the status. Two hosts on one
 * storage share it by the function's name.
 */
export function timerQueue(fn: IndexedFunction, env: NodeJS.ProcessEnv): ReturnType<typeof queueClient> {
  const queueName = `azure-webjobs-timers-${fn.name}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63);
  return queueClient({ type: 'queue', name: fn.name, queueName }, env);
}

/** What whoever held the lock last has stored; undefined when nobody has. */
export async function storedStatus(
  fn: IndexedFunction,
  env: NodeJS.ProcessEnv,
): Promise<TimerStatus | undefined> {
  const properties = await timerQueue(fn, env)
    .getProperties()
    .catch(() => undefined);
  const encoded = properties?.metadata?.['status'];
  if (encoded === undefined) return undefined;
  return statusSchema.safeParse(JSON.parse(Buffer.from(encoded, 'base64').toString())).data;
}

export async function storeStatus(
  fn: IndexedFunction,
  env: NodeJS.ProcessEnv,
  status: TimerStatus,
): Promise<void> {
  const encoded = Buffer.from(JSON.stringify(status)).toString('base64');
  await timerQueue(fn, env).setMetadata({ status: encoded });
}

/** What the handler gets; `next` is the occurrence that is being run, as in the real host. */
export function timerInfo(status: TimerStatus | undefined, isPastDue: boolean): TypedData {
  const { last, next, lastUpdated } = status ?? {};
  return {
    json: JSON.stringify({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: status ? { Last: last, Next: next, LastUpdated: lastUpdated } : null,
      IsPastDue: isPastDue,
    }),
  };
}
