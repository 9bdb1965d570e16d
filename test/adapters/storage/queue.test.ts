import { setTimeout as sleep } from 'node:timers/promises';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createQueue } from '../../../shared/adapters/storage/queue.ts';
import type { LocalStorage } from '../../local/azurite/storage.ts';
import { startAzurite } from '../../local/azurite/storage.ts';
import type { QueueHarness } from '../../support/contracts/queue.ts';
import { aPushMessage, aShard, queueContract } from '../../support/contracts/queue.ts';
import { createFakeClock } from '../../support/fakes/clock.ts';
import { createFakeQueue } from '../../support/fakes/queue.ts';

const { signal } = new AbortController();
const DAY = 24 * 60 * 60 * 1000;

let storage: LocalStorage;
beforeAll(async () => {
  storage = await startAzurite();
});
afterAll(() => storage.stop());

const service = () => QueueServiceClient.fromConnectionString(storage.connectionString);
const open = (timeoutMs = 5000) =>
  createQueue({ connection: { connectionString: storage.connectionString }, timeoutMs });

async function withoutQueues(): Promise<void> {
  for (const name of ['push', 'reconcile']) await service().getQueueClient(name).deleteIfExists();
}

async function take(name: string): Promise<unknown[]> {
  const client = service().getQueueClient(name);
  await client.createIfNotExists();
  const { receivedMessageItems } = await client.receiveMessages({ numberOfMessages: 32 });
  return receivedMessageItems.map(
    ({ messageText }) => JSON.parse(Buffer.from(messageText, 'base64').toString('utf8')) as unknown,
  );
}

async function onAzurite(): Promise<QueueHarness> {
  await withoutQueues();
  return { queue: open(), take, pass: (ms) => sleep(ms) };
}

async function inMemory(): Promise<QueueHarness> {
  const clock = createFakeClock();
  const queue = createFakeQueue(clock);
  const all = (name: 'push' | 'reconcile'): unknown[] => {
    const next = queue.receive(name);
    return next ? [next.message, ...all(name)] : [];
  };
  return { queue, take: async (name) => all(name), pass: (ms) => clock.advance(ms) };
}

queueContract('Azure Storage', onAzurite);
queueContract('the fake', inMemory);

describe('the storage queue adapter', () => {
  beforeEach(withoutQueues);
  afterEach(async () => {
    storage.queues.clearFaults();
    await storage.queues.up();
  });
  const sends = () =>
    storage.queues.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/messages'));

  it('makes a queue that does not exist, once', async () => {
    const queue = open();
    await queue.push(aPushMessage(), 0, signal);
    await queue.push(aPushMessage(), 0, signal);
    expect(await take('push')).toHaveLength(2);
  });

  it('never lets a message expire, and hops to a date that is far off', async () => {
    const queue = open();
    await queue.push(aPushMessage(), 0, signal);
    await queue.push(aPushMessage(), 30 * DAY, signal);
    const query = new URLSearchParams(sends().at(-1)?.query);
    expect(Object.fromEntries(query)).toMatchObject({
      visibilitytimeout: String(6 * 24 * 60 * 60),
      messagettl: '-1',
    });
  });

  it('tries again a little when storage is busy, then says so', async () => {
    storage.queues.inject({ fault: { kind: 'status', status: 503 } });
    const before = sends().length;
    await expect(open().push(aPushMessage(), 0, signal)).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
      message: expect.stringContaining('queue push is not available: it answered 503'),
    });
    expect(sends().length - before).toBe(3);
  });

  it('delivers when storage is busy for a moment only', async () => {
    await open().push(aPushMessage(), 0, signal);
    storage.queues.inject({ fault: { kind: 'status', status: 503 }, times: 1 });
    await open().push(aPushMessage(), 0, signal);
    expect(await take('push')).toHaveLength(2);
  });

  it('gives up a queue that does not answer within its timeout', async () => {
    storage.queues.inject({ fault: { kind: 'hang' } });
    await expect(open(300).reconcile(aShard(), 0, signal)).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
      message: 'queue reconcile is not available: it did not answer in time',
    });
  });

  it('gives up when its caller does', async () => {
    storage.queues.inject({ fault: { kind: 'hang' } });
    const pushed = open(60_000).push(aPushMessage(), 0, AbortSignal.timeout(200));
    await expect(pushed).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
  });

  it('names a service that is down, never its key', async () => {
    await storage.queues.down();
    const error: unknown = await open(3000)
      .push(aPushMessage(), 0, signal)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    expect(String((error as Error).message)).not.toMatch(/AccountKey|devstoreaccount1|127\.0\.0\.1/);
  });
});
