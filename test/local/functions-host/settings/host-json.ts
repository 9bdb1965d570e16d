import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { overridden } from './overrides.ts';

const DAY = 24 * 60 * 60 * 1000;

/** `hh:mm:ss` or `d.hh:mm:ss`, as .NET writes a TimeSpan, in milliseconds. */
export function parseTimeSpan(text: string): number | undefined {
  const match = /^(?:(\d+)\.)?(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,7}))?$/.exec(text);
  if (!match) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1, 5).map((part) => Number(part ?? 0));
  const fraction = Number(`0.${match[5] ?? 0}`);
  const time = (((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0) + fraction) * 1000;
  return (days ?? 0) * DAY + time;
}

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
});

type QueueOptions = z.infer<typeof queuesSchema>;

/** Milliseconds for every duration. */
export interface HostSettings {
  queues: QueueOptions;
  routePrefix: string;
}

export async function readHostJson(app: string, env: NodeJS.ProcessEnv): Promise<HostSettings> {
  const text = await readFile(join(app, 'host.json'), 'utf8');
  const { extensions } = hostSchema.parse(overridden(JSON.parse(text), env));
  return { queues: extensions.queues, routePrefix: extensions.http.routePrefix };
}

/** Replaces every `%NAME%` by the app setting of that name; a missing one is an error, as in the real host. */
export function resolveSettings(text: string, env: NodeJS.ProcessEnv): string {
  return text.replaceAll(/%([^%]+)%/g, (reference, name: string) => {
    const value = env[name];
    if (value === undefined) throw new Error(`${reference} does not resolve to a value: no such app setting`);
    return value;
  });
}

/** A binding's `connection` names the app setting that holds a connection string, with or without `AzureWebJobs`. */
export function connectionString(connection: unknown, env: NodeJS.ProcessEnv): string {
  const name = typeof connection === 'string' && connection !== '' ? connection : 'Storage';
  const value = env[name] ?? env[`AzureWebJobs${name}`];
  if (value === undefined)
    throw new Error(`no app setting ${name} or AzureWebJobs${name} with a connection string`);
  return value;
}

export const isDisabled = (name: string, env: NodeJS.ProcessEnv): boolean =>
  ['true', '1'].includes(env[`AzureWebJobs.${name}.Disabled`]?.toLowerCase() ?? '');
