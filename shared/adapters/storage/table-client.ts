import { TableClient } from '@azure/data-tables';
import type { StorageConnection } from './connection.ts';
import { isInsecure } from './connection.ts';
import { TABLE_RETRIES } from './deadline.ts';

/** A client of one table, with few and short retries: callers have a queue or a next run to fall back on. */
export function tableClient(connection: StorageConnection, name: string): TableClient {
  const options = { retryOptions: TABLE_RETRIES };
  if ('serviceUri' in connection)
    return new TableClient(connection.serviceUri, name, connection.credential, options);
  const { connectionString } = connection;
  const allowInsecureConnection = isInsecure(connectionString);
  return TableClient.fromConnectionString(connectionString, name, { ...options, allowInsecureConnection });
}
