import { odata, TableClient, type TransactionAction } from '@azure/data-tables';
import pLimit from 'p-limit';
import { VaultcastError } from '../../errors.ts';
import { RETRY_DELAY, type StorageConnection, type StorageOptions } from './connection.ts';
import { type Entity, type StoredEntity, tableKey } from './entity.ts';
import { callStorage, storageErrorCode } from './failure.ts';

/** One table, and what a call of it that fails is called. */
export interface Table {
  client: TableClient;
  timeoutMs: number;
  code: 'REGISTRY_UNAVAILABLE' | 'STATUS_UNAVAILABLE';
}

export function openTable(
  { connection, timeoutMs }: StorageOptions,
  name: string,
  code: Table['code'],
): Table {
  return { client: clientOf(connection, name), timeoutMs, code };
}

function clientOf(connection: StorageConnection, name: string): TableClient {
  const options = { retryOptions: { ...RETRY_DELAY, maxRetries: 2 } };
  if ('serviceUri' in connection)
    return new TableClient(connection.serviceUri, name, connection.credential, options);
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

/** Asks a table with one deadline for everything, and translates what the SDK throws. */
export function ask<T>(
  { client, timeoutMs, code }: Table,
  signal: AbortSignal,
  calls: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  return callStorage(`table ${client.tableName}`, { timeoutMs, code }, signal, calls);
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
  for await (const entity of table.client.listEntities({ queryOptions, abortSignal, onResponse })) {
    const row = read(entity as StoredEntity);
    if (row !== undefined) rows.push(row);
    if (rows.length >= top) break;
  }
  return rows;
}

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

function noTableService({ client, code }: Table): VaultcastError {
  return new VaultcastError(code, `what answered for table ${client.tableName} is no table service`);
}

const PARALLEL_CALLS = 8;

export async function upsertAll(
  table: Table,
  entities: readonly Entity[],
  abortSignal: AbortSignal,
): Promise<void> {
  await pLimit(PARALLEL_CALLS).map(batches(entities), async (batch) => {
    const actions = batch.map((entity): TransactionAction => ['upsert', entity, 'Replace']);
    const { subResponses } = await table.client.submitTransaction(actions, { abortSignal });
    // The SDK takes any 2xx for a transaction that was done, the login page of a proxy included.
    if (subResponses.length !== batch.length || subResponses.some(({ status }) => status >= 300))
      throw noTableService(table);
  });
}

/** Transactions to upsert the entities. Of two with the same keys the later counts: twice in one would be refused whole. */
function batches(entities: readonly Entity[]): Entity[][] {
  const byPartition = Map.groupBy(entities, ({ partitionKey }) => partitionKey);
  return [...byPartition.values()].flatMap((rows) =>
    cut(new Map(rows.map((entity) => [entity.rowKey, entity])).values()),
  );
}

/** A transaction takes 100 operations of one partition and 4 MiB; half of that leaves room for its envelope. */
const BATCH_ROWS = 100;
const BATCH_CHARACTERS = 2 * 1024 * 1024;

function cut(entities: Iterable<Entity>): Entity[][] {
  const done: Entity[][] = [];
  let batch: Entity[] = [];
  let size = 0;
  for (const entity of entities) {
    const length = JSON.stringify(entity).length;
    if (batch.length === BATCH_ROWS || (batch.length > 0 && size + length > BATCH_CHARACTERS)) {
      done.push(batch);
      [batch, size] = [[], 0];
    }
    batch.push(entity);
    size += length;
  }
  return batch.length === 0 ? done : [...done, batch];
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
