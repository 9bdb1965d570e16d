import { VaultcastError } from '../../../errors.ts';
import type { RegistryDocument } from '../../../registry/document.ts';
import type { StorageOptions } from '../connection.ts';
import { openTable, type Table } from '../open-table.ts';
import { ask, list } from '../table.ts';

const TABLE_NAMES = { Cluster: 'Clusters', Route: 'Routes' } as const satisfies Record<
  RegistryDocument['kind'],
  string
>;

/** The table of each kind. */
export function openTables(options: StorageOptions) {
  const open = (kind: keyof typeof TABLE_NAMES) =>
    openTable(options, TABLE_NAMES[kind], 'REGISTRY_UNAVAILABLE');
  return { Cluster: open('Cluster'), Route: open('Route') };
}

/** A row as the table gave it; its columns may be of any age and shape. */
interface Row {
  partitionKey: string;
  rowKey: string;
  etag: string;
  columns: Readonly<Record<string, unknown>>;
}

/** All rows that match, of all pages: complete, or it rejects. */
export function queryRows(table: Table, filter: string | undefined, signal: AbortSignal): Promise<Row[]> {
  const query = filter === undefined ? {} : { filter };
  return ask(table, signal, (abortSignal) => list(table, query, rowOf, abortSignal));
}

function rowOf(columns: Readonly<Record<string, unknown>>): Row {
  const { partitionKey, rowKey, etag } = columns;
  if (typeof partitionKey === 'string' && typeof rowKey === 'string')
    return { partitionKey, rowKey, etag: typeof etag === 'string' ? etag : '', columns };
  throw new VaultcastError('REGISTRY_UNAVAILABLE', 'the registry gave a row without keys');
}
