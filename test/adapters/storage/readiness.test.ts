import { TableServiceClient } from '@azure/data-tables';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createReadiness } from '../../../shared/adapters/storage/readiness.ts';
import { NEVER } from '../../../shared/time.ts';
import { type LocalStorage, startAzurite } from '../../local/azurite/storage.ts';

const TABLES = ['Clusters', 'Routes', 'Targets', 'Runs', 'Endpoints'];

let storage: LocalStorage;
beforeAll(async () => {
  storage = await startAzurite();
  const service = TableServiceClient.fromConnectionString(storage.connectionString, {
    allowInsecureConnection: true,
  });
  for (const table of TABLES) await service.createTable(table);
  await QueueServiceClient.fromConnectionString(storage.connectionString).createQueue('push');
});
afterEach(() => {
  storage.tables.clearFaults();
  storage.queues.clearFaults();
});
afterAll(() => storage.stop());

const readiness = () => {
  const options = { connection: { connectionString: storage.connectionString }, timeoutMs: 5000 };
  return createReadiness(options, options)(NEVER);
};
const refused = {
  kind: 'status',
  status: 403,
  body: '<Error><Code>AuthorizationFailure</Code></Error>',
} as const;

describe('what the app can read of its storage', () => {
  it('is everything where all is well, queues that are not made yet included', async () => {
    const { queues, tables } = await readiness();
    expect(Object.keys(queues)).toEqual(expect.arrayContaining(['push', 'push-poison', 'reconcile']));
    expect(Object.keys(tables)).toEqual(TABLES);
    expect(new Set([...Object.values(queues), ...Object.values(tables)])).toEqual(new Set(['ok']));
  });

  it('names what refuses it, in our own words, and what does not', async () => {
    storage.queues.inject({ fault: refused, when: ({ path }) => path.includes('/push/') });
    storage.tables.inject({ fault: refused, when: ({ path }) => path.includes('Runs') });
    const { queues, tables } = await readiness();
    expect(queues).toMatchObject({
      push: expect.stringMatching(/^queue push is not available: it answered 403/) as string,
      reconcile: 'ok',
    });
    expect(tables).toMatchObject({
      Runs: expect.stringMatching(/^table Runs is not available: it answered 403/) as string,
      Targets: 'ok',
    });
  });
});
