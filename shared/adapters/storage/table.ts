import { odata, TableClient } from '@azure/data-tables';
import pLimit from 'p-limit';
import { VaultcastError } from '../../errors.ts';
import { fittingPages } from '../fitting-pages.ts';
import { identityFor, RETRY_DELAY, storageHttp, type StorageOptions } from './connection.ts';
import { type StoredEntity, tableKey } from './entity.ts';
import { callStorage, storageErrorCode } from './failure.ts';

/** One table, and what a call of it that fails is called. */
export interface Table {
  client: TableClient;
  code: 'REGISTRY_UNAVAILABLE' | 'STATUS_UNAVAILABLE';
}

export function openTable(options: StorageOptions, name: string, code: Table['code']): Table {
  return { client: clientOf(options, name), code };
}

function clientOf({ connection, timeoutMs }: StorageOptions, name: string): TableClient {
  const httpClient = storageHttp(timeoutMs);
  const options = { retryOptions: { ...RETRY_DELAY, maxRetries: 2 }, httpClient };
  if ('serviceUri' in connection)
    return new TableClient(connection.serviceUri, name, identityFor(connection.credential), options);
  const { connectionString } = connection;
  const allowInsecureConnection = isInsecure(connectionString);
  return TableClient.fromConnectionString(connectionString, name, { ...options, allowInsecureConnection });
}

/** The emulator speaks plain HTTP; a connection string that says so is the only thing that may lift the SDK's refusal. */
function isInsecure(connectionString: string): boolean {
  return /(?:Endpoint=http:|DefaultEndpointsProtocol=http;|UseDevelopmentStorage=true)/i.test(
    connectionString,
  );
}

/** Asks a table, and translates what the SDK throws. */
export function ask<T>(
  { client, code }: Table,
  signal: AbortSignal,
  calls: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  return callStorage(`table ${client.tableName}`, code, signal, calls);
}

/** Only a missing row is an absence; a missing table is a fault of the deployment. */
export async function orAbsent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (storageErrorCode(error) === 'ResourceNotFound') return undefined;
    throw error;
  }
}

export const partition = (key: string): string => odata`PartitionKey eq ${tableKey(key)}`;

interface Query {
  filter?: string;
  select?: string[];
  /** Rows wanted; the rest is not fetched. */
  top?: number;
}

/** The rows of all pages, in the order of their keys: complete, or it rejects. Those that `read` does not understand are left out. */
export async function list<T>(
  table: Table,
  { top = Number.POSITIVE_INFINITY, ...queryOptions }: Query,
  read: (entity: StoredEntity) => T | undefined,
  abortSignal: AbortSignal,
): Promise<T[]> {
  const onResponse = mustBeList(table);
  const rows: T[] = [];
  const fetch = fittingPages<Page>(
    async ({ limit, next }) => {
      const size = limit === PAGE ? {} : { maxPageSize: limit };
      const answer = table.client.listEntities({ queryOptions, abortSignal, onResponse });
      const from = next === undefined ? {} : { continuationToken: next };
      return (await answer.byPage({ ...size, ...from }).next()).value ?? [];
    },
    Math.min(top, PAGE),
  );
  let next: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const page = await fetch(next);
    for (const entity of page) {
      const row = read(entity as StoredEntity);
      if (row !== undefined) rows.push(row);
      if (rows.length >= top) return rows;
    }
    next = page.continuationToken;
    if (next === undefined) return rows;
  }
  throw noTableService(table);
}

/** What the service gives at once, unless told to give less. */
const PAGE = 1000;
type Page = readonly object[] & { continuationToken?: string };

/** Of up to 1,000 rows, fewer where they are cut by partition or time: far beyond any fleet. */
const MAX_PAGES = 2000;

/**
 * The SDK reads any 200 without a list as an empty page: a login page of a proxy would look like an empty registry, and
 * an empty registry orphans everything.
 */
function mustBeList(table: Table) {
  return ({ parsedBody }: { parsedBody?: unknown }, _: unknown, error?: unknown): void => {
    const isList = typeof parsedBody === 'object' && parsedBody !== null && 'value' in parsedBody;
    if (error === undefined && !(isList && Array.isArray(parsedBody.value))) throw noTableService(table);
  };
}

export function noTableService({ client, code }: Table): VaultcastError {
  return new VaultcastError(code, `what answered for table ${client.tableName} is no table service`);
}

const PARALLEL_CALLS = 8;

/**
 * The partitions that are none of these, in order: one small question per gap between two that are known, and one more per
 * partition found.
 */
export async function otherPartitions(
  { client }: Table,
  known: readonly string[],
  abortSignal: AbortSignal,
): Promise<string[]> {
  const sorted = ['', ...known.map(tableKey).toSorted()];
  const gaps = sorted.map((from, index) => ({ from, to: sorted[index + 1] }));
  const found = await pLimit(PARALLEL_CALLS).map(gaps, async ({ from, to }) => {
    const others: string[] = [];
    for (let after = from; ;) {
      const until = to === undefined ? '' : odata` and PartitionKey lt ${to}`;
      const filter = odata`PartitionKey gt ${after}` + until;
      const queryOptions = { filter, select: ['PartitionKey'] };
      const page = client.listEntities({ queryOptions, abortSignal }).byPage({ maxPageSize: 1 });
      const [first] = (await page.next()).value ?? [];
      if (first?.partitionKey === undefined) return others;
      others.push(first.partitionKey);
      after = first.partitionKey;
    }
  });
  return found.flat();
}

/** One by one: a transaction would fail whole when another instance has removed one of the rows already. */
export async function removeAll(
  { client }: Table,
  keys: readonly { partitionKey: string; rowKey: string }[],
  abortSignal: AbortSignal,
): Promise<void> {
  await pLimit(PARALLEL_CALLS).map(keys, ({ partitionKey, rowKey }) =>
    orAbsent(client.deleteEntity(partitionKey, rowKey, { abortSignal })),
  );
}
