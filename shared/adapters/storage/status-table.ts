import type { TableClient } from '@azure/data-tables';
import { odata } from '@azure/data-tables';
import pLimit from 'p-limit';
import { tableKey, type Stored } from './entity.ts';
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

/**
 * The partitions that are none of these, in order: one small question per gap between two that are known, and one more per
 * partition found.
 */
export async function otherPartitions(
  { client }: StatusTable,
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
