import type { TableEntity } from '@azure/data-tables';
import type { StoredEntity } from '../../../shared/adapters/storage/entity.ts';
import type { Ports } from '../../../shared/ports.ts';

type TableName = 'Targets' | 'Runs' | 'Endpoints';

/** A Status, and its tables as another release or a person may find and leave them. */
export interface StatusHarness {
  status: Ports['status'];
  put(table: TableName, entity: TableEntity): Promise<void>;
  row(...keys: [TableName, partition: string, row: string]): Promise<StoredEntity | undefined>;
}
