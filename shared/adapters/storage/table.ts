import { createHash, hash } from 'node:crypto';
import { odata } from '@azure/data-tables';
import pLimit from 'p-limit';
import { ended } from '../../digest.ts';
import { VaultcastError } from '../../errors.ts';
import { fittingPages } from '../fitting-pages.ts';
import { type StoredEntity, tableKey } from './entity.ts';
import { callStorage, storageErrorCode } from './failure.ts';
import type { Table } from './open-table.ts';

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
  { top = Number.POSITIVE_INFINITY, ...query }: Query,
  read: (entity: StoredEntity) => T | undefined,
  abortSignal: AbortSignal,
  digested?: (digest: string) => void,
): Promise<T[]> {
  const rows: T[] = [];
  const digest = createHash('sha256');
  const size = Math.min(top, PAGE);
  for await (const page of pagesOf(
    (part) => table.rows.page({ ...query, ...part }, abortSignal),
    size,
    table,
  )) {
    const entities = page.rows();
    // A login page of a proxy would look like an empty registry, and an empty registry orphans everything.
    if (entities === undefined) throw noTableService(table);
    if (digested !== undefined) digest.update(hash('sha256', page.text));
    for (const entity of entities) {
      const row = read(entity);
      if (row !== undefined) rows.push(row);
      if (rows.length >= top) return rows;
    }
  }
  digested?.(ended(digest));
  return rows;
}

/** What the same rows come to, without making anything of them: whatever is written there changes it. */
export async function digestOfRows(table: Table, query: Query, abortSignal: AbortSignal): Promise<string> {
  const digest = createHash('sha256');
  const fetch = (part: Part) => table.rows.digest({ ...query, ...part }, abortSignal);
  for await (const page of pagesOf(fetch, PAGE, table)) digest.update(page.digest);
  return ended(digest);
}

interface Part {
  top?: number;
  next: string | undefined;
}

async function* pagesOf<P extends { next: string | undefined }>(
  fetchPart: (part: Part) => Promise<P>,
  size: number,
  table: Table,
): AsyncGenerator<P> {
  const fetch = fittingPages<P>(
    (limit, next) => fetchPart({ ...(limit === PAGE ? {} : { top: limit }), next }),
    size,
  );
  let next: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const page = await fetch(next);
    yield page;
    next = page.next;
    if (next === undefined) return;
  }
  throw noTableService(table);
}

/** One row; undefined when there is none. */
export function readRow(
  table: Table,
  partitionKey: string,
  rowKey: string,
  signal: AbortSignal,
): Promise<StoredEntity | undefined> {
  return ask(table, signal, (abortSignal) =>
    orAbsent(
      table.rows.row(partitionKey, rowKey, abortSignal).then((row) => {
        if (row === undefined) throw noTableService(table);
        return row;
      }),
    ),
  );
}

/** What the service gives at once, unless told to give less. */
const PAGE = 1000;

/** Of up to 1,000 rows, fewer where they are cut by partition or time: far beyond any fleet. */
const MAX_PAGES = 2000;

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
