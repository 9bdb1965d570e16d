import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { overridden } from './overrides.ts';
import { parseTimeSpan } from './time-span.ts';

const timeSpan = z.string().transform((text, context) => {
  const value = parseTimeSpan(text);
  if (value !== undefined) return value;
  context.addIssue(`${text} is no time span (hh:mm:ss)`);
  return z.NEVER;
});

/** Defaults of host.json from the documentation of the queue extension, version 5. */
const queuesSchema = z
  .object({
    batchSize: z.number().int().min(1).max(32).default(16),
    newBatchThreshold: z.number().int().min(0).optional(),
    maxPollingInterval: timeSpan.default(60_000),
    visibilityTimeout: timeSpan.default(0),
    maxDequeueCount: z.number().int().min(1).default(5),
    messageEncoding: z.enum(['base64', 'none']).default('base64'),
  })
  .transform((queues) => ({
    ...queues,
    newBatchThreshold: queues.newBatchThreshold ?? Math.floor(queues.batchSize / 2),
  }));

const hostSchema = z.object({
  version: z.literal('2.0'),
  extensions: z
    .object({
      queues: queuesSchema.prefault({}),
      http: z.object({ routePrefix: z.string().default('api') }).prefault({}),
    })
    .prefault({}),
  functionTimeout: timeSpan.optional(),
});

type QueueOptions = z.infer<typeof queuesSchema>;

/** Milliseconds for every duration. */
export interface HostSettings {
  queues: QueueOptions;
  routePrefix: string;
  /** Undefined: without limit. */
  functionTimeout: number | undefined;
}

export async function readHostJson(app: string, env: NodeJS.ProcessEnv): Promise<HostSettings> {
  const text = await readFile(join(app, 'host.json'), 'utf8');
  const { extensions, functionTimeout } = hostSchema.parse(overridden(JSON.parse(text), env));
  return { queues: extensions.queues, routePrefix: extensions.http.routePrefix, functionTimeout };
}
