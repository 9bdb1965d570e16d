import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEndpoints } from '../../../../shared/adapters/storage/status/endpoints.ts';
import { createStatus } from '../../../../shared/adapters/storage/status/status.ts';
import { startAzurite } from '../../../local/azurite/storage.ts';
import type { LocalStorage } from '../../../local/azurite/storage.ts';

const NOW = Date.UTC(2026, 10, 20);
const signal = () => AbortSignal.timeout(10_000);

let storage: LocalStorage;
let client: TableClient;
beforeAll(async () => {
  storage = await startAzurite();
  const { connectionString } = storage;
  client = TableClient.fromConnectionString(connectionString, 'Endpoints', { allowInsecureConnection: true });
  await client.createTable();
});
afterAll(() => storage.stop());

const options = () => ({ connection: { connectionString: storage.connectionString }, timeoutMs: 10_000 });

type Endpoint = Parameters<ReturnType<typeof createEndpoints>['save']>[1];
const endpoint = (more: Partial<Endpoint> = {}): Endpoint => ({
  armId: '/subscriptions/1/weu-1',
  server: 'https://weu-1.hcp.westeurope.azmk8s.io:443',
  ca: '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n',
  login: 'entra',
  lookedUpAt: NOW,
  ...more,
});

describe('the endpoints of AKS clusters', () => {
  it('come back as they were saved, to any process', async () => {
    const saved = endpoint({ ca: `-----BEGIN CERTIFICATE-----\n${'x'.repeat(70_000)}\n` });
    await createEndpoints(options()).save('weu-1', saved, signal());
    expect(await createEndpoints(options()).read('weu-1', signal())).toEqual(saved);
    expect(await createEndpoints(options()).read('weu-2', signal())).toBeUndefined();
  });

  it('share their rows with back-offs, and neither drops what the other wrote', async () => {
    const [endpoints, status] = [createEndpoints(options()), createStatus(options())];
    await status.saveBackOff('neu-1', { failures: 3, nextTry: NOW }, signal());
    expect(await endpoints.read('neu-1', signal())).toBeUndefined();
    await endpoints.save('neu-1', endpoint(), signal());
    expect((await status.backOffs(signal())).get('neu-1')).toEqual({ failures: 3, nextTry: NOW });
    await status.saveBackOff('neu-1', undefined, signal());
    expect(await endpoints.read('neu-1', signal())).toEqual(endpoint());
  });

  it.each([
    ['a login of another release', { login: 'oidc' }],
    ['a date that is text', { lookedUpAt: 'yesterday' }],
    ['no authority', { ca: '' }],
  ])('with %s read as unknown', async (_, wrong) => {
    await createEndpoints(options()).save('bad', endpoint(), signal());
    await client.upsertEntity({ partitionKey: 'endpoint', rowKey: 'bad', ...wrong }, 'Merge');
    expect(await createEndpoints(options()).read('bad', signal())).toBeUndefined();
  });

  it('fail as the status tables do', async () => {
    await storage.tables.down();
    await expect(createEndpoints(options()).read('weu-1', signal())).rejects.toMatchObject({
      code: 'STATUS_UNAVAILABLE',
    });
    await storage.tables.up();
  });
});
