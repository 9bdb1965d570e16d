import type { TableEntity } from '@azure/data-tables';
import { z } from 'zod';
import { joinColumns, splitColumns } from './columns.ts';
import { ENDPOINTS } from './back-off-row.ts';
import { tableKey, time, type StoredEntity } from '../entity.ts';
import type { StorageOptions } from '../connection.ts';
import { openTable } from '../open-table.ts';
import { ask, readRow } from '../table.ts';

const columns = z.object({
  /** Lower case: a row of another managed cluster under the same name says nothing of this one. */
  armId: z.string(),
  server: z.string(),
  /** PEM. */
  ca: z.string().min(1),
  /** `static`: it lets in whoever holds a credential of its own instead of asking Entra. */
  login: z.enum(['entra', 'static']),
  /** ms since the epoch. */
  lookedUpAt: time,
});

/** Where Azure said an AKS cluster is. Public knowledge: credentials are never part of it. */
export type Endpoint = z.output<typeof columns>;

function toEntity(cluster: string, { ca, lookedUpAt, ...rest }: Endpoint): TableEntity {
  return {
    partitionKey: ENDPOINTS,
    rowKey: tableKey(cluster),
    ...rest,
    ...splitColumns('ca', ca),
    lookedUpAt: new Date(lookedUpAt),
  };
}

/** undefined for a row of another release, or one with a back-off only: then the cluster is looked up. */
function fromEntity(entity: StoredEntity): Endpoint | undefined {
  return columns.safeParse({ ...entity, ca: joinColumns('ca', entity) }).data;
}

/**
 * The columns of table `Endpoints` that say where clusters are; back-offs keep theirs in the same rows. Rejects with
 * STATUS_UNAVAILABLE or TOKEN_UNAVAILABLE.
 */
export function createEndpoints(options: StorageOptions) {
  const table = openTable(options, 'Endpoints', 'STATUS_UNAVAILABLE');
  return {
    async read(cluster: string, signal: AbortSignal): Promise<Endpoint | undefined> {
      const entity = await readRow(table, ENDPOINTS, tableKey(cluster), signal);
      return entity && fromEntity(entity);
    },
    async save(cluster: string, endpoint: Endpoint, signal: AbortSignal): Promise<void> {
      const entity = toEntity(cluster, endpoint);
      await ask(table, signal, (abortSignal) => table.client.upsertEntity(entity, 'Merge', { abortSignal }));
    },
  };
}
