import { failureOf } from '../../errors.ts';
import type { StorageOptions } from './connection.ts';
import { callStorage, storageStatus } from './failure.ts';
import { clientFor, QUEUES } from './queue.ts';
import { openTable } from './open-table.ts';
import { ask } from './table.ts';

export const TABLES = ['Clusters', 'Routes', 'Targets', 'Runs', 'Endpoints'];

/** `ok`, or our own words for what keeps it from being read. */
async function judged(reading: Promise<unknown>): Promise<string> {
  return reading.then(
    () => 'ok',
    (error: unknown) => failureOf(error).message,
  );
}

/** Asks each of the app's queues and tables for as little as it may: roles take minutes to reach all of them. */
export function createReadiness(tables: StorageOptions, queues: StorageOptions) {
  const readTable = (name: string, signal: AbortSignal): Promise<unknown> => {
    const table = openTable(tables, name, 'STATUS_UNAVAILABLE');
    return ask(table, signal, (abortSignal) =>
      table.client.listEntities({ abortSignal }).byPage({ maxPageSize: 1 }).next(),
    );
  };
  const readQueue = (name: string, signal: AbortSignal): Promise<unknown> =>
    callStorage(`queue ${name}`, 'QUEUE_UNAVAILABLE', signal, async (abortSignal) => {
      try {
        await clientFor(queues, name).peekMessages({ numberOfMessages: 1, abortSignal });
      } catch (error) {
        // Nobody is refused by a queue that there is not: it is made by the first message, or not used here.
        if (storageStatus(error) !== 404) throw error;
      }
    });
  const all = async (names: readonly string[], read: (name: string) => Promise<unknown>) =>
    Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await judged(read(name))] as const)),
    );
  return async (signal: AbortSignal) => {
    const [ofQueues, ofTables] = await Promise.all([
      all(QUEUES, (name) => readQueue(name, signal)),
      all(TABLES, (name) => readTable(name, signal)),
    ]);
    return { queues: ofQueues, tables: ofTables };
  };
}
