import { TableClient } from '@azure/data-tables';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startAzurite } from './storage.ts';
import type { LocalStorage } from './storage.ts';

let storage: LocalStorage;
beforeAll(async () => {
  storage = await startAzurite();
});
afterEach(async () => {
  storage.tables.clearFaults();
  storage.queues.clearFaults();
  await Promise.all([storage.tables.up(), storage.queues.up()]);
});
afterAll(() => storage.stop());

const once = { maxRetries: 0 };
function table(name: string): TableClient {
  return TableClient.fromConnectionString(storage.connectionString, name, {
    allowInsecureConnection: true,
    retryOptions: once,
  });
}
const queue = (name: string) =>
  QueueServiceClient.fromConnectionString(storage.connectionString, {
    retryOptions: { maxTries: 1 },
  }).getQueueClient(name);

describe('local storage', () => {
  it('stores entities, in a transaction too', async () => {
    const client = table('Clusters');
    await client.createTable();
    await client.submitTransaction([
      ['create', { partitionKey: 'cluster', rowKey: 'weu-1' }],
      ['create', { partitionKey: 'cluster', rowKey: 'weu-2' }],
    ]);
    const rows: unknown[] = [];
    for await (const { rowKey } of client.listEntities()) rows.push(rowKey);
    expect(rows).toEqual(['weu-1', 'weu-2']);
  });

  it('refuses an update with an old ETag', async () => {
    const client = table('Etags');
    await client.createTable();
    const { etag } = await client.createEntity({ partitionKey: 'p', rowKey: 'r' });
    await client.updateEntity({ partitionKey: 'p', rowKey: 'r', n: 1 }, 'Replace');
    const stale = client.updateEntity({ partitionKey: 'p', rowKey: 'r', n: 2 }, 'Replace', {
      etag: String(etag),
    });
    await expect(stale).rejects.toMatchObject({ statusCode: 412 });
  });

  it('passes messages through a queue', async () => {
    await queue('push').create();
    await queue('push').sendMessage('eyJhIjoxfQ==', { visibilityTimeout: 0, messageTimeToLive: -1 });
    const { receivedMessageItems } = await queue('push').receiveMessages();
    expect(
      receivedMessageItems.map(({ messageText, dequeueCount }) => ({ messageText, dequeueCount })),
    ).toEqual([{ messageText: 'eyJhIjoxfQ==', dequeueCount: 1 }]);
  });

  it('logs every request with its answer', async () => {
    const before = storage.tables.requests.length;
    await table('Logged').createTable();
    const [first] = storage.tables.requests.slice(before);
    expect(first).toMatchObject({ method: 'POST', path: '/devstoreaccount1/Tables', status: 201 });
  });

  it('answers with a fault as often as asked, and only where asked', async () => {
    await table('Faults').createTable();
    storage.tables.inject({
      fault: { kind: 'status', status: 503 },
      times: 1,
      when: ({ path }) => path.includes('Faults'),
    });
    await table('Other').createTable();
    const entity = { partitionKey: 'p', rowKey: 'r' };
    await expect(table('Faults').createEntity(entity)).rejects.toMatchObject({ statusCode: 503 });
    await expect(table('Faults').createEntity(entity)).resolves.toBeDefined();
  });

  it('applies a write whose answer is lost', async () => {
    await table('Lost').createTable();
    storage.tables.inject({ fault: { kind: 'reset', when: 'after-apply' }, times: 1 });
    await expect(table('Lost').createEntity({ partitionKey: 'p', rowKey: 'r' })).rejects.toThrow(
      /socket hang up|ECONNRESET/,
    );
    await expect(table('Lost').getEntity('p', 'r')).resolves.toMatchObject({ rowKey: 'r' });
  });

  it('lets a hanging request be given up', async () => {
    storage.tables.inject({ fault: { kind: 'hang' } });
    const abortSignal = AbortSignal.timeout(200);
    await expect(
      table('Hangs').createEntity({ partitionKey: 'p', rowKey: 'r' }, { abortSignal }),
    ).rejects.toThrow(/abort/i);
  });

  it('is down and up again with what it held, one service without the other', async () => {
    await table('Outage').createTable();
    await table('Outage').createEntity({ partitionKey: 'p', rowKey: 'r' });
    await storage.tables.down();
    // A connection that was kept open is cut, a new one is refused.
    const code: unknown = expect.stringMatching(/^(ECONNRESET|ECONNREFUSED)$/);
    await expect(table('Outage').getEntity('p', 'r')).rejects.toMatchObject({ code });
    await expect(table('Outage').getEntity('p', 'r')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(queue('alone').create()).resolves.toBeDefined();
    await storage.tables.up();
    await expect(table('Outage').getEntity('p', 'r')).resolves.toMatchObject({ rowKey: 'r' });
  });

  it('shares nothing with a second one in the same process', async () => {
    const other = await startAzurite();
    await table('Mine').createTable();
    const theirs = TableClient.fromConnectionString(other.connectionString, 'Mine', {
      allowInsecureConnection: true,
      retryOptions: once,
    });
    await expect(theirs.getEntity('p', 'r')).rejects.toMatchObject({ statusCode: 404 });
    await other.stop();
  });
});
