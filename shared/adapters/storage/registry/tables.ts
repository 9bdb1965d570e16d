import type { TableClient } from '@azure/data-tables';
import { VaultcastError } from '../../../errors.ts';
import type { Kind } from '../../../registry/row.ts';
import type { StorageConnection } from '../connection.ts';
import { withDeadline } from '../deadline.ts';
import { tableClient } from '../table-client.ts';

export interface RegistryOptions {
  connection: StorageConnection;
  /** For one call of the port, however many requests and retries it takes. */
  timeoutMs?: number;
}

export interface RegistryTable {
  kind: Kind;
  name: string;
  client: TableClient;
  timeoutMs: number;
}

export type RegistryTables = Record<Kind, RegistryTable>;

/** An event has 20 seconds: a registry that takes longer than this is better asked again by the queue. */
const TIMEOUT_MS = 8_000;
const TABLE_NAMES = { Cluster: 'Clusters', Route: 'Routes' } as const satisfies Record<Kind, string>;

export function openTables({ connection, timeoutMs = TIMEOUT_MS }: RegistryOptions): RegistryTables {
  const open = (kind: Kind): RegistryTable => {
    const name = TABLE_NAMES[kind];
    return { kind, name, client: tableClient(connection, name), timeoutMs };
  };
  return { Cluster: open('Cluster'), Route: open('Route') };
}

/** Asks a table with one deadline for everything, and translates what the SDK throws. */
export function ask<T>(
  table: RegistryTable,
  signal: AbortSignal,
  calls: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = { timeoutMs: table.timeoutMs, code: 'REGISTRY_UNAVAILABLE' } as const;
  return withDeadline(deadline, `table ${table.name}`, signal, calls);
}

export interface Entity {
  partitionKey: string;
  rowKey: string;
  etag: string;
  columns: Readonly<Record<string, unknown>>;
}

function entityOf(columns: Readonly<Record<string, unknown>>): Entity {
  const { partitionKey, rowKey, etag } = columns;
  if (typeof partitionKey === 'string' && typeof rowKey === 'string')
    return { partitionKey, rowKey, etag: typeof etag === 'string' ? etag : '', columns };
  throw new VaultcastError('REGISTRY_UNAVAILABLE', 'the registry gave a row without keys');
}

/**
 * The SDK reads any 200 without a list as an empty page: a login page of a proxy would look like an empty registry, and
 * an empty registry orphans everything.
 */
function mustBeList({ parsedBody }: { parsedBody?: unknown }, _: unknown, error?: unknown): void {
  const isList = typeof parsedBody === 'object' && parsedBody !== null && 'value' in parsedBody;
  if (error !== undefined || (isList && Array.isArray(parsedBody.value))) return;
  throw new VaultcastError(
    'REGISTRY_UNAVAILABLE',
    'what answered for the registry tables is no table service',
  );
}

/** All rows that match, of all pages: complete, or it rejects. */
export function queryRows(
  table: RegistryTable,
  filter: string | undefined,
  signal: AbortSignal,
): Promise<Entity[]> {
  const queryOptions = filter === undefined ? {} : { filter };
  return ask(table, signal, async (abortSignal) => {
    const rows: Entity[] = [];
    for await (const columns of table.client.listEntities({
      queryOptions,
      abortSignal,
      onResponse: mustBeList,
    }))
      rows.push(entityOf(columns));
    return rows;
  });
}
