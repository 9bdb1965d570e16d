import { QueueServiceClient } from '@azure/storage-queue';
import type { QueueClient } from '@azure/storage-queue';
import { afterAll, beforeAll } from 'vitest';
import { startAzurite } from '../azurite/storage.ts';
import type { LocalStorage } from '../azurite/storage.ts';
import { startHost } from './client.ts';
import type { RunningHost } from './client.ts';
import { buildSampleApp } from './sample/build.ts';
import type { SampleApp } from './sample/build.ts';

/** For what takes a poll or two. */
export const PATIENT = { timeout: 30_000 };

export const YEARLY = '0 0 0 1 1 *';

/** Queues of its own and hosts on them: the tests of a file share one storage. */
export interface Scene {
  /** The queue of the function `work`; with a suffix, one beside it: `-poison`, `-done`, `-events`, `-others`. */
  queue: (suffix?: string) => QueueClient;
  /** One more host of the sample app, with these settings over those of the scene; undefined takes one away. */
  host: (env?: Record<string, string | undefined>) => Promise<RunningHost>;
  /** Puts text, or a value as JSON, on the queue of `work`, in base64. */
  send: (message: unknown) => Promise<void>;
  /** How many messages a queue holds, those included that are invisible. */
  left: (suffix?: string) => Promise<number>;
}

const SUFFIXES = ['', '-poison', '-done', '-events', '-others'];

const encoded = (message: unknown): string =>
  Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)).toString('base64');

/** The sample app and a storage for the tests of one file. */
export function useSampleApp(queues: Record<string, unknown>) {
  let storage: LocalStorage;
  let app: SampleApp;
  let scenes = 0;
  beforeAll(async () => {
    [storage, app] = await Promise.all([startAzurite(), buildSampleApp(queues)]);
  });
  afterAll(async () => {
    await app.remove();
    await storage.stop();
  });

  async function scene(onTestFinished: (clean: () => Promise<void>) => void): Promise<Scene> {
    const name = `work${(scenes += 1)}`;
    const service = QueueServiceClient.fromConnectionString(storage.connectionString);
    const queue = (suffix = ''): QueueClient => service.getQueueClient(`${name}${suffix}`);
    await Promise.all(SUFFIXES.map((suffix) => queue(suffix).create()));
    const settings = {
      AzureWebJobsStorage: storage.connectionString,
      WORK_QUEUE: name,
      TICK: YEARLY,
      'AzureWebJobs.tick.Disabled': 'true',
      FUNCTIONS_KEY: 'the-function-key',
    };
    return {
      queue,
      async host(env) {
        const given = Object.entries({ ...settings, ...env }).filter(([, value]) => value !== undefined);
        const host = await startHost({
          app: app.dir,
          env: Object.fromEntries(given) as Record<string, string>,
        });
        onTestFinished(() => host.kill());
        return host;
      },
      send: async (message) => void (await queue().sendMessage(encoded(message))),
      left: async (suffix) => (await queue(suffix).getProperties()).approximateMessagesCount ?? 0,
    };
  }
  return { scene, storage: () => storage };
}

/** What a function of the sample said, in the order in which it got here. */
export function saidBy(host: RunningHost, fn: string): Record<string, unknown>[] {
  return host.lines
    .filter((line) => line.startsWith('{"fn"'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line['fn'] === fn);
}

export const begun = (host: RunningHost) => saidBy(host, 'work').filter((line) => 'message' in line);
export const finished = (host: RunningHost) => saidBy(host, 'work').filter((line) => 'finished' in line);

/** Texts of the messages that are visible, decoded. */
export async function textsIn(queue: QueueClient): Promise<string[]> {
  const { peekedMessageItems } = await queue.peekMessages({ numberOfMessages: 32 });
  return peekedMessageItems.map(({ messageText }) => Buffer.from(messageText, 'base64').toString());
}

export const anEvent = (id: string, data: object = {}) => ({ id, eventType: 'Sample', subject: 's', data });
