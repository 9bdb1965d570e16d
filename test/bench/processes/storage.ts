// Tables and queues in a process of their own, and the person who applies documents to them.
import { AzureNamedKeyCredential, generateAccountSas, TableClient } from '@azure/data-tables';
import type { TransactionAction } from '@azure/data-tables';
import { startAzurite } from '../../local/azurite/storage.ts';
import { createPerson } from '../../local/stack/person.ts';
import { closeBackOff, createQueues, createTables, queueLength } from '../../local/stack/storage.ts';
import { drained } from '../world/drained.ts';
import { watchLateness } from '../world/lateness.ts';
import { offer } from '../world/remote.ts';

const BATCH_ROWS = 100;

const lateness = watchLateness();
const storage = await startAzurite();
await Promise.all([createTables(storage), createQueues(storage)]);
const person = createPerson(storage);
const { connectionString } = storage;
const table = (name: string): TableClient =>
  TableClient.fromConnectionString(connectionString, name, { allowInsecureConnection: true });
const part = (name: string): string => new RegExp(`${name}=([^;]+)`).exec(connectionString)?.[1] ?? '';

/** `GET Targets`, `POST $batch`, `POST queue push`: keys and parameters left out. */
const tables = drained(storage.tables, ({ method, path }) => `${method} ${tableIn(path)}`);
const queues = drained(storage.queues, ({ method, path }) => `${method} queue ${path.split('/')[2]}`);
const tableIn = (path: string): string => /^\/[^/]+\/([$\w]+)/.exec(path)?.[1] ?? path;

type Row = Record<string, unknown> & { partitionKey: string; rowKey: string };

async function rowsOf(cluster: string): Promise<Row[]> {
  const rows: Row[] = [];
  const found = table('Targets').listEntities<Row>({
    queryOptions: { filter: `PartitionKey eq '${cluster}'` },
  });
  for await (const { etag: _etag, timestamp: _timestamp, ...row } of found) rows.push(row as Row);
  return rows;
}

async function put(rows: readonly Row[]): Promise<void> {
  for (let at = 0; at < rows.length; at += BATCH_ROWS) {
    const batch = rows.slice(at, at + BATCH_ROWS);
    await table('Targets').submitTransaction(batch.map((row): TransactionAction => ['create', row]));
  }
}

const api = {
  connectionString: () => connectionString,
  /** Tables as a plain client may use them. */
  access(): { url: string; sas: string } {
    const credential = new AzureNamedKeyCredential(part('AccountName'), part('AccountKey'));
    const permissions = { query: true, list: true, add: true, update: true };
    return { url: part('TableEndpoint'), sas: generateAccountSas(credential, { permissions }) };
  },
  lateness,
  apply: (yaml: string) => person.apply(yaml),
  /** What the app asked since the last look. */
  counted: () => ({ ...tables(), ...queues() }),
  /** The rows of one cluster as if others had them, too. */
  async copyRows(from: string, to: readonly string[]) {
    const rows = await rowsOf(from);
    for (const cluster of to) await put(rows.map((row) => ({ ...row, partitionKey: cluster })));
    return rows.length;
  },
  /** Cluster -> how its last run ended, of those that ended since then. */
  async runsEnded(since: number): Promise<Record<string, string>> {
    const ended: Record<string, string> = {};
    const filter = `PartitionKey ne '-' and finishedAt ge datetime'${new Date(since).toISOString()}'`;
    for await (const { partitionKey = '', state } of table('Runs').listEntities<{ state: string }>({
      queryOptions: { filter },
    }))
      ended[partitionKey] = state;
    return ended;
  },
  messages: (queue: string) => queueLength(storage, queue),
  closeBackOff: (cluster: string) => closeBackOff(storage, cluster),
};

export type StorageApi = typeof api;

offer(api);
