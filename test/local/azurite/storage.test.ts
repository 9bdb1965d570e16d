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

  it('holds after an outage what it held before, and one service is away without the other', async () => {
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
