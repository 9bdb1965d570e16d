import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline';
import { AzureNamedKeyCredential, generateAccountSas, TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStatus } from '../../../shared/adapters/storage/status/status.ts';
import { createRowReader } from '../../../shared/adapters/storage/open-table.ts';
import { type LocalStorage, startAzurite } from '../../local/azurite/storage.ts';
import { anyway } from '../../support/anyway.ts';
import { aTargetRow } from '../../support/contracts/status.ts';

const { signal } = new AbortController();
const KEYS = ["a'b%ü", 'ns:na me+1'] as const;
const QUERY = { filter: "PartitionKey eq 'a b''c+ü'", select: ['partitionKey', 'state'] };

/** A service that has no row, and remembers where it was asked. */
function asked() {
  const places: string[] = [];
  const client: HttpClient = {
    async sendRequest(request) {
      const { origin, pathname, searchParams } = new URL(request.url);
      const { accept, dataserviceversion, 'x-ms-version': version } = request.headers.toJSON();
      const query = [...searchParams].map(([name, value]) => `${name}=${value}`).toSorted();
      places.push([origin + pathname, ...query, accept, dataserviceversion, version].join(' '));
      const headers = createHttpHeaders({ 'content-type': 'application/json' });
      return { request, headers, status: 200, bodyAsText: '{"value":[]}' };
    },
  };
  return { places, client };
}

const identity = { getToken: async () => ({ token: 'token', expiresOnTimestamp: Date.now() + 3_600_000 }) };
const named = (text: string) => (httpClient: HttpClient) =>
  TableClient.fromConnectionString(text, 'Routes', { httpClient, allowInsecureConnection: true });
const at = (url: string) => (httpClient: HttpClient) =>
  new TableClient(url, 'Routes', identity, { httpClient });

describe('a question for rows goes where the SDK would ask it', () => {
  it.each<[string, (client: HttpClient) => TableClient]>([
    ['a URI', at('https://x.table.core.windows.net')],
    ['a URI with a slash at its end', at('https://x.table.core.windows.net/')],
    ['a URI with a path', at('https://x.table.core.windows.net/a/b')],
    ['the emulator', named('UseDevelopmentStorage=true')],
    [
      'a shared access signature',
      named('TableEndpoint=https://x.table.core.windows.net;SharedAccessSignature=sv=1&sig=y%2Bz'),
    ],
  ])('%s', async (_, open) => {
    const { places, client: http } = asked();
    const client = open(http);
    const reader = createRowReader(client, { ...http, digesting: http }, true);

    await reader.page({ ...QUERY, top: 5 }, signal);
    await client.listEntities({ queryOptions: QUERY }).byPage({ maxPageSize: 5 }).next();
    await reader.digest({ ...QUERY, top: 5 }, signal);
    await reader.row(...KEYS, signal);
    await client.getEntity(...KEYS);

    const [page, sdkPage, digest, row, sdkRow] = places;
    expect([page, digest, row]).toEqual([sdkPage, sdkPage, sdkRow]);
  });
});

describe('a storage account that lets in by a shared access signature', () => {
  let storage: LocalStorage;
  beforeAll(async () => {
    storage = await startAzurite();
  });
  afterAll(() => storage.stop());

  it('gives its rows', async () => {
    const part = (name: string): string =>
      new RegExp(`${name}=([^;]+)`).exec(storage.connectionString)?.[1] ?? '';
    const key = new AzureNamedKeyCredential(part('AccountName'), part('AccountKey'));
    const sas = generateAccountSas(key, { expiresOn: new Date(Date.now() + 3_600_000) });
    const byKey = { connection: { connectionString: storage.connectionString }, timeoutMs: 10_000 };
    await TableClient.fromConnectionString(storage.connectionString, 'Targets', {
      allowInsecureConnection: true,
    }).createTable();
    await createStatus(byKey).saveTargets(anyway([aTargetRow()]), signal);

    const connectionString = `TableEndpoint=${part('TableEndpoint')};SharedAccessSignature=${sas}`;
    const status = createStatus({ connection: { connectionString }, timeoutMs: 10_000 });

    expect(await status.targets('weu-1', signal)).toHaveLength(1);
    expect(await status.target({ cluster: 'weu-1', namespace: 'app-1', name: 'pg' }, signal)).toBeDefined();
  });
});
