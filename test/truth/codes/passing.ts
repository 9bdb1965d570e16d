import { TableClient } from '@azure/data-tables';
import type { Lab } from './lab.ts';

/** Lets the proofs of all removals be two hours older: what a person waits for. */
export async function twoHoursPass({ stack, cluster }: Pick<Lab, 'stack' | 'cluster'>): Promise<void> {
  const options = { allowInsecureConnection: true };
  const table = TableClient.fromConnectionString(stack.storage.connectionString, 'Targets', options);
  const rows = table.listEntities<{ removal?: string }>({
    queryOptions: { filter: `PartitionKey eq '${cluster}'` },
  });
  for await (const { partitionKey = '', rowKey = '', removal = '' } of rows) {
    const older = removal.replaceAll(/"at":(\d+)/g, (_, at: string) => `"at":${Number(at) - 7_200_000}`);
    await table.updateEntity({ partitionKey, rowKey, removal: older }, 'Merge');
  }
}
