import { QueueServiceClient } from '@azure/storage-queue';
import type { QueueClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startAzurite } from '../../azurite/storage.ts';
import type { LocalStorage } from '../../azurite/storage.ts';
import { startHost } from '../client.ts';
import type { RunningHost } from '../client.ts';
import { buildSampleApp } from '../sample/build.ts';
import type { SampleApp } from '../sample/build.ts';

const PATIENT = { timeout: 30_000 };
let storage: LocalStorage;
let app: SampleApp;
let scenes = 0;

beforeAll(async () => {
  storage = await startAzurite();
  app = await buildSampleApp({
    batchSize: 4,
    newBatchThreshold: 2,
    maxPollingInterval: '00:00:01',
    visibilityTimeout: '00:00:01',
    maxDequeueCount: 2,
  });
});
afterAll(async () => {
  await app.remove();
  await storage.stop();
});

async function aHost(WORK_QUEUE: string, leaseSeconds: number): Promise<RunningHost> {
  return startHost({
    app: app.dir,
    env: {
      AzureWebJobsStorage: storage.connectionString,
      WORK_QUEUE,
      TICK: '0 0 0 1 1 *',
      'AzureWebJobs.tick.Disabled': 'true',
      HOST_QUEUE_LEASE_SECONDS: String(leaseSeconds),
    },
  });
}

const texts = async (queue: QueueClient): Promise<string[]> => {
  const { peekedMessageItems } = await queue.peekMessages({ numberOfMessages: 32 });
  return peekedMessageItems.map(({ messageText }) => Buffer.from(messageText, 'base64').toString());
};

/** Queues of their own for every test, because the tests of this file run side by side. */
function aScene(onTestFinished: (clean: () => Promise<void>) => void) {
  const name = `work${(scenes += 1)}`;
  const queue = (suffix = '') =>
    QueueServiceClient.fromConnectionString(storage.connectionString).getQueueClient(`${name}${suffix}`);
  return {
    queue,
    host: async (leaseSeconds = 60): Promise<RunningHost> => {
      const host = await aHost(name, leaseSeconds);
      onTestFinished(() => host.kill());
      return host;
    },
    send: async (message: unknown): Promise<void> => {
      await queue().createIfNotExists();
      const text = typeof message === 'string' ? message : JSON.stringify(message);
      await queue().sendMessage(Buffer.from(text).toString('base64'));
    },
    left: async (suffix = '') => (await queue(suffix).getProperties()).approximateMessagesCount,
  };
}

const said = (host: RunningHost, fn: string) =>
  host.lines
    .filter((line) => line.startsWith('{"fn"'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line['fn'] === fn);
const begun = (host: RunningHost) => said(host, 'work').filter((line) => 'message' in line);
const finished = (host: RunningHost) => said(host, 'work').filter((line) => 'finished' in line);

describe.concurrent('queue functions', { timeout: 60_000 }, () => {
  it('get the message with what the storage knows about it, and it is deleted', async ({
    expect,
    onTestFinished,
  }) => {
    const { host: start, send, left } = aScene(onTestFinished);
    const host = await start();
    await send({ n: 1 });
    await expect.poll(() => finished(host), PATIENT).toHaveLength(1);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as unknown;
    const text = expect.any(String) as unknown;
    expect(begun(host)).toMatchObject([
      {
        message: { n: 1 },
        triggerMetadata: {
          dequeueCount: 1,
          id: text,
          popReceipt: text,
          insertionTime: time,
          expirationTime: time,
          nextVisibleTime: time,
        },
      },
    ]);
    await expect.poll(() => left(), PATIENT).toBe(0);
  });

  it('get text that is no JSON as it is', async ({ expect, onTestFinished }) => {
    const { host: start, send } = aScene(onTestFinished);
    const host = await start();
    await send('just text');
    await expect.poll(() => begun(host), PATIENT).toMatchObject([{ message: 'just text' }]);
  });

  it('send what they return', async ({ expect, onTestFinished }) => {
    const { host: start, send, queue } = aScene(onTestFinished);
    await queue('-done').create();
    await start();
    await send({ n: 2 });
    await expect.poll(() => texts(queue('-done')), PATIENT).toEqual(['{"did":{"n":2}}']);
  });

  it('send one message per element of an output', async ({ expect, onTestFinished }) => {
    const { host: start, queue } = aScene(onTestFinished);
    const host = await start();
    const messages = ['text', { a: 1 }, 7];
    expect(await host.deliver('onEvent', [{ id: 'o', data: { messages } }])).toMatchObject({ status: 202 });
    expect((await texts(queue('-events'))).toSorted()).toEqual(['7', 'text', '{"a":1}']);
  });

  it('fail when a message is too large to be sent', async ({ expect, onTestFinished }) => {
    const host = await aScene(onTestFinished).host();
    const answer = await host.deliver('onEvent', [{ id: 'o', data: { messages: ['x'.repeat(65_000)] } }]);
    expect(answer).toMatchObject({ status: 500, body: expect.stringContaining('413') as unknown });
  });

  it('are tried again after a pause, then the message is poison', async ({ expect, onTestFinished }) => {
    const { host: start, send, left } = aScene(onTestFinished);
    const host = await start();
    await send({ fail: true });
    await expect
      .poll(() => said(host, 'gaveUp'), PATIENT)
      .toEqual([{ fn: 'gaveUp', message: { fail: true } }]);
    const counts = begun(host).map(({ triggerMetadata }) => triggerMetadata);
    expect(counts).toMatchObject([{ dequeueCount: 1 }, { dequeueCount: 2 }]);
    await expect.poll(() => left(), PATIENT).toBe(0);
  });

  it('never see a message that killed hosts too often: it is poison', async ({ expect, onTestFinished }) => {
    const { host: start, send, queue } = aScene(onTestFinished);
    await send({ n: 4 });
    const times = async () => {
      const { receivedMessageItems } = await queue().receiveMessages({ visibilityTimeout: 1 });
      return receivedMessageItems[0]?.dequeueCount;
    };
    await expect.poll(times, PATIENT).toBe(2);
    const host = await start();
    await expect.poll(() => said(host, 'gaveUp'), PATIENT).toEqual([{ fn: 'gaveUp', message: { n: 4 } }]);
    expect(said(host, 'work')).toEqual([]);
  });

  it('never see a message that is no base64: it is poison at once', async ({ expect, onTestFinished }) => {
    const { host: start, queue, left } = aScene(onTestFinished);
    const host = await start();
    await queue().sendMessage('{"not":"base64"}');
    await expect.poll(() => left(), PATIENT).toBe(0);
    expect(said(host, 'work')).toEqual([]);
  });

  it('work on several messages at once, each one once on one of two hosts', async ({
    expect,
    onTestFinished,
  }) => {
    const { host: start, send } = aScene(onTestFinished);
    const pair = [await start(), await start()];
    await Promise.all(Array.from({ length: 12 }, (_, n) => send({ n, sleepMs: 300 })));
    const all = () => pair.flatMap((host) => finished(host));
    await expect.poll(all, PATIENT).toHaveLength(12);
    expect(new Set(all().map((line) => (line['finished'] as { n: number }).n)).size).toBe(12);
  });

  it('keep a message longer than its lease while they work on it', async ({ expect, onTestFinished }) => {
    const { host: start, send, left } = aScene(onTestFinished);
    const pair = [await start(4), await start(4)];
    await send({ sleepMs: 6000 });
    await expect.poll(() => pair.flatMap(finished), PATIENT).toHaveLength(1);
    await expect.poll(() => left(), PATIENT).toBe(0);
    expect(pair.flatMap(begun)).toHaveLength(1);
  });
});

describe.concurrent('hosts that fail', { timeout: 60_000 }, () => {
  it('leave the message to another one when they die over it', async ({ expect, onTestFinished }) => {
    const { host: start, send } = aScene(onTestFinished);
    const first = await start(2);
    await send({ sleepMs: 60_000 });
    await expect.poll(() => begun(first), PATIENT).toHaveLength(1);
    await first.kill();
    const second = await start(2);
    await expect.poll(() => begun(second), PATIENT).toMatchObject([{ triggerMetadata: { dequeueCount: 2 } }]);
  });

  it('lose the message while they are suspended', async ({ expect, onTestFinished }) => {
    const { host: start, send, left } = aScene(onTestFinished);
    const first = await start(2);
    await send({ sleepMs: 1500 });
    await expect.poll(() => begun(first), PATIENT).toHaveLength(1);
    first.suspend();
    const second = await start(2);
    await expect.poll(() => finished(second), PATIENT).toHaveLength(1);
    first.resume();
    await expect.poll(() => finished(first), PATIENT).toHaveLength(1);
    await expect.poll(() => left(), PATIENT).toBe(0);
  });

  it('finish their work before they stop', async ({ expect, onTestFinished }) => {
    const { host: start, send, left } = aScene(onTestFinished);
    const host = await start();
    await send({ sleepMs: 1500 });
    await expect.poll(() => begun(host), PATIENT).toHaveLength(1);
    expect(await host.stop()).toBe(0);
    expect(finished(host)).toHaveLength(1);
    expect(host.lines.at(-1)).toBe('{"fn":"hook","terminated":true}');
    expect(await left()).toBe(0);
  });
});

describe('a storage outage', () => {
  it('fails outputs, and hosts go on when it is over', async ({ expect, onTestFinished }) => {
    const { host: start, send } = aScene(onTestFinished);
    const host = await start();
    await storage.queues.down();
    const lost = await host.deliver('onEvent', [{ id: 'x', data: { messages: ['a'] } }]);
    expect(lost.status).toBe(500);
    await storage.queues.up();
    await send({ n: 3 });
    await expect.poll(() => finished(host), PATIENT).toHaveLength(1);
  });
});
