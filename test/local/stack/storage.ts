import { TableClient } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';
import type { LocalStorage } from '../azurite/storage.ts';

/** The five tables of a deployment. */
const TABLES = ['Clusters', 'Routes', 'Targets', 'Runs', 'Endpoints'] as const;

function openTable({ connectionString }: LocalStorage, name: (typeof TABLES)[number]): TableClient {
  return TableClient.fromConnectionString(connectionString, name, { allowInsecureConnection: true });
}

/** Its queues, and where the host puts what it gives up. */
export const QUEUES: readonly string[] = ['push', 'reconcile', 'vault-events'].flatMap((name) => [
  name,
  `${name}-poison`,
]);

/** Infra makes the tables; the app has no right to. */
export async function createTables(storage: LocalStorage): Promise<void> {
  await Promise.all(TABLES.map((name) => openTable(storage, name).createTable()));
}

/** Infra makes the queues: a listener that misses its queue makes none. */
export async function createQueues({ connectionString }: LocalStorage): Promise<void> {
  await Promise.all(QUEUES.map((name) => new QueueClient(connectionString, name).createIfNotExists()));
}

/** All rows of a table, as anybody with read access sees them. */
export async function rowsOf(
  storage: LocalStorage,
  table: (typeof TABLES)[number],
): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const row of openTable(storage, table).listEntities()) rows.push(row);
  return rows;
}

/** How many messages a queue holds, those included that are not visible yet. */
export async function queueLength({ connectionString }: LocalStorage, name: string): Promise<number> {
  const properties = await new QueueClient(connectionString, name).getProperties();
  return properties.approximateMessagesCount ?? 0;
}

/** Puts a text on a queue as it is; returns the id that the service gives it. */
export async function sendText(
  { connectionString }: LocalStorage,
  name: string,
  text: string,
): Promise<string> {
  const queue = new QueueClient(connectionString, name);
  await queue.createIfNotExists();
  return (await queue.sendMessage(text)).messageId;
}

/** Puts a message on a queue in the encoding that the functions expect. */
export async function sendMessage(storage: LocalStorage, name: string, message: object): Promise<void> {
  await sendText(storage, name, Buffer.from(JSON.stringify(message)).toString('base64'));
}

/** Forgets that a cluster kept failing: it is asked at once, as if for the first time. */
export async function closeBackOff(storage: LocalStorage, cluster: string): Promise<void> {
  const row = { partitionKey: 'endpoint', rowKey: cluster, failures: 0, nextProbe: new Date(0) };
  await openTable(storage, 'Endpoints').upsertEntity(row, 'Merge');
}
