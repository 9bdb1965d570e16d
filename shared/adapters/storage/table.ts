import type { TableClient, TransactionAction } from '@azure/data-tables';
import { odata } from '@azure/data-tables';
import pLimit from 'p-limit';
import { VaultcastError } from '../../errors.ts';
import { batches } from './batches.ts';
import { tableKey, type Entity, type Stored } from './entity.ts';
import type { StorageConnection } from './connection.ts';
import type { Deadline } from './deadline.ts';
import { withDeadline } from './deadline.ts';
import { storageErrorCode } from './failure.ts';
import { tableClient } from './table-client.ts';

const PARALLEL_CALLS = 8;

export interface StatusOptions {
  connection: StorageConnection;
  /** For one call of the port, however many requests it makes. */
  timeoutMs: number;
}

/** One table, with a deadline over everything asked of it at once. */
export interface StatusTable {
  client: TableClient;
  deadline: Deadline;
}

export function openTable({ connection, timeoutMs }: StatusOptions, name: string): StatusTable {
  return { client: tableClient(connection, name), deadline: { timeoutMs, code: 'STATUS_UNAVAILABLE' } };
}

export function ask<T>(
  table: StatusTable,
  signal: AbortSignal,
  calls: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  return withDeadline(table.deadline, `table ${table.client.tableName}`, signal, calls);
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
  filter: string;
  select?: string[];
  /** Rows wanted; the rest is not fetched. */
  top?: number;
}

/** The rows of all pages, in the order of their keys; those that `read` does not understand are left out. */
export async function list<T>(
  { client }: StatusTable,
  { top = Number.POSITIVE_INFINITY, ...queryOptions }: Query,
  read: (entity: Stored) => T | undefined,
  abortSignal: AbortSignal,
): Promise<T[]> {
  const rows: T[] = [];
  for await (const entity of client.listEntities({ queryOptions, abortSignal })) {
    const row = read(entity as Stored);
    if (row !== undefined) rows.push(row);
    if (rows.length >= top) break;
  }
  return rows;
}

export async function upsertAll(
  { client }: StatusTable,
  entities: readonly Entity[],
  abortSignal: AbortSignal,
): Promise<void> {
  await pLimit(PARALLEL_CALLS).map(batches(entities), async (batch) => {
    const actions = batch.map((entity): TransactionAction => ['upsert', entity, 'Replace']);
    const { subResponses } = await client.submitTransaction(actions, { abortSignal });
    // The SDK takes any 2xx for a transaction that was done, the login page of a proxy included.
    if (subResponses.length !== batch.length || subResponses.some(({ status }) => status >= 300))
      throw new VaultcastError(
        'STATUS_UNAVAILABLE',
        `what answered for table ${client.tableName} is no table service`,
      );
  });
}

export interface Keys {
  partitionKey: string;
  rowKey: string;
}

/** One by one: a transaction would fail whole when another instance has removed one of the rows already. */
export async function removeAll(
  { client }: StatusTable,
  keys: readonly Keys[],
  abortSignal: AbortSignal,
): Promise<void> {
  await pLimit(PARALLEL_CALLS).map(keys, ({ partitionKey, rowKey }) =>
    orAbsent(client.deleteEntity(partitionKey, rowKey, { abortSignal })),
  );
}
