import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTable } from '../../../shared/adapters/storage/open-table.ts';
import { list } from '../../../shared/adapters/storage/table.ts';

/** A table whose rows are longer than anybody needs: 1,000 of them are more than one answer may be. */
const ROWS = 1100;
const LONG = 'x'.repeat(6000);

let server: Server;
const asked: (string | null)[] = [];
beforeAll(async () => {
  server = createServer(({ url = '' }, response) => {
    const query = new URL(url, 'http://x').searchParams;
    asked.push(query.get('$top'));
    const from = Number(query.get('NextRowKey') ?? 0);
    const to = Math.min(ROWS, from + Number(query.get('$top') ?? 1000));
    if (to < ROWS) {
      response.setHeader('x-ms-continuation-NextPartitionKey', 'p');
      response.setHeader('x-ms-continuation-NextRowKey', String(to));
    }
    const value = Array.from({ length: to - from }, (_, at) => ({
      PartitionKey: 'p',
      RowKey: String(from + at),
      text: LONG,
    }));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ value }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => void server.close());

function aTable() {
  const { port } = server.address() as AddressInfo;
  const key = Buffer.from('key').toString('base64');
  const endpoints = ['TableEndpoint', 'QueueEndpoint'].map(
    (name) => `${name}=http://127.0.0.1:${port}/account`,
  );
  const connectionString = [
    'DefaultEndpointsProtocol=http',
    'AccountName=account',
    `AccountKey=${key}`,
    ...endpoints,
  ].join(';');
  return openTable({ connection: { connectionString }, timeoutMs: 30_000 }, 'Targets', 'STATUS_UNAVAILABLE');
}

describe('a list of rows', () => {
  it('asks for smaller pages where one would be too large, and misses none', async () => {
    const read = (entity: { rowKey?: string }): string | undefined => entity.rowKey;
    const rows = await list(aTable(), {}, read, AbortSignal.timeout(30_000));
    expect(rows).toEqual(Array.from({ length: ROWS }, (_, at) => String(at)));
    expect(asked.slice(0, 3)).toEqual([null, '125', '250']);
    expect(Math.max(...asked.map(Number))).toBeLessThanOrEqual(500);
  });

  it('asks for no more rows than are wanted', async () => {
    asked.length = 0;
    const rows = await list(aTable(), { top: 3 }, ({ rowKey }) => rowKey, AbortSignal.timeout(30_000));
    expect({ rows, asked }).toEqual({ rows: ['0', '1', '2'], asked: ['3'] });
  });
});
