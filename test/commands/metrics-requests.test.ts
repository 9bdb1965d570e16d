import { afterAll, beforeAll, expect, it } from 'vitest';
import { createQueue } from '../../shared/adapters/storage/queue.ts';
import { createRegistry } from '../../shared/adapters/storage/registry/registry.ts';
import { createRegistryAdmin } from '../../shared/adapters/storage/registry/admin.ts';
import { createStatus } from '../../shared/adapters/storage/status/status.ts';
import { metricsOf } from '../../shared/commands/metrics.ts';
import { aRun } from '../cli/app.ts';
import { aRow } from '../cli/rows.ts';
import { type LocalStorage, startAzurite } from '../local/azurite/storage.ts';
import { createQueues, createTables } from '../local/stack/storage.ts';
import { anyway } from '../support/anyway.ts';
import { stored, writtenCluster } from '../support/documents.ts';
import { createWorld } from '../support/world.ts';

const signal = new AbortController().signal;

let storage: LocalStorage;

beforeAll(async () => {
  storage = await startAzurite();
  await createTables(storage);
  await createQueues(storage);
});
afterAll(() => storage.stop());

function ports() {
  const options = { connection: { connectionString: storage.connectionString }, timeoutMs: 30_000 };
  const registry = createRegistry(options);
  const { clock } = createWorld().ports;
  return { registry, status: createStatus(options), queue: createQueue(options), clock, options };
}

/** What tables and queues are asked for one scrape. */
async function requests(): Promise<{ tables: string[]; queues: number }> {
  for (const { requests: log } of [storage.tables, storage.queues]) log.length = 0;
  await metricsOf(ports());
  const tables = storage.tables.requests.map(({ path }) => path.replace(/^\/devstoreaccount1\//, ''));
  return { tables: tables.toSorted(), queues: storage.queues.requests.length };
}

it('a scrape asks tables the same with one target and with three hundred, and once more for each cluster', async () => {
  const { status, options } = ports();
  const registry = createRegistryAdmin(options);
  const summary = { targets: { synced: 1 }, failingSince: 0, expires: 0 };
  const look = async (cluster: string): Promise<void> => {
    await registry.put(stored(writtenCluster(cluster)), undefined, signal);
    await status.saveRun(aRun({ cluster, summary }), signal);
  };
  await look('weu-1');
  await status.saveTargets(anyway([aRow()]), signal);
  const one = await requests();
  const rows = Array.from({ length: 300 }, (_, at) => aRow({ id: `app-1:s-${at}` }));
  await status.saveTargets(anyway(rows), signal);
  const many = await requests();
  await look('neu-1');
  const two = await requests();

  expect(one.tables).toEqual(['Clusters()', 'Endpoints()', 'Routes()', 'Runs()', 'Targets()']);
  expect(many).toEqual(one);
  expect(two).toEqual({ ...one, tables: [...one.tables.slice(0, 3), 'Runs()', ...one.tables.slice(3)] });
});
