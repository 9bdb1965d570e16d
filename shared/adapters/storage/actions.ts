import type { TableClient, TableEntity, TransactionAction } from '@azure/data-tables';
import pLimit from 'p-limit';
import { storageErrorCode } from './failure.ts';
import type { Table } from './open-table.ts';
import { noTableService } from './table.ts';

/** What is done to one row, on condition of its ETag where it has one. */
export type Action =
  | ['create', TableEntity]
  | ['upsert', TableEntity, 'Replace']
  | ['update', TableEntity, 'Replace', { etag: string }]
  | ['delete', { partitionKey: string; rowKey: string }, { etag: string }];

interface Asked {
  action: Action;
}

const PARALLEL_CALLS = 8;
/** A transaction takes 100 operations of one partition and 4 MiB; half of that leaves room for its envelope. */
export const BATCH_ROWS = 100;
const BATCH_CHARACTERS = 2 * 1024 * 1024;

function cut<T extends Asked>(asked: Iterable<T>): T[][] {
  const done: T[][] = [];
  let batch: T[] = [];
  let size = 0;
  for (const one of asked) {
    const { length } = JSON.stringify(one.action[1]);
    if (batch.length === BATCH_ROWS || (batch.length > 0 && size + length > BATCH_CHARACTERS)) {
      done.push(batch);
      [batch, size] = [[], 0];
    }
    batch.push(one);
    size += length;
  }
  return batch.length === 0 ? done : [...done, batch];
}

/** Of two with the same keys the later counts: twice in one transaction would be refused whole. */
function batchesOf<T extends Asked>(asked: readonly T[]): T[][] {
  const byPartition = Map.groupBy(asked, ({ action }) => action[1].partitionKey);
  return [...byPartition.values()].flatMap((rows) =>
    cut(new Map(rows.map((one) => [one.action[1].rowKey, one])).values()),
  );
}

/**
 * Carries all of them out, in transactions where that goes; returns those whose condition no longer held. One alone needs
 * none: its envelope costs twice what its row does.
 */
export async function actAll<T extends Asked>(
  table: Table,
  asked: readonly T[],
  abortSignal: AbortSignal,
): Promise<T[]> {
  const limit = pLimit(PARALLEL_CALLS);
  const lost = await limit.map(batchesOf(asked), async (batch) =>
    batch.length > 1 && (await inOneTransaction(table, batch, abortSignal))
      ? []
      : oneByOne(table.client, batch, abortSignal),
  );
  return lost.flat();
}

/** False when a condition of one of them failed, and so the whole transaction. */
async function inOneTransaction(
  table: Table,
  batch: readonly Asked[],
  abortSignal: AbortSignal,
): Promise<boolean> {
  const actions = batch.map(({ action }): TransactionAction => {
    // A deletion takes no condition in the SDK's types of a transaction: it is done one by one.
    return action[0] === 'delete' ? ['delete', action[1]] : action;
  });
  if (batch.some(({ action }) => action[0] === 'delete' && action[2].etag !== '*')) return false;
  try {
    const { subResponses } = await table.client.submitTransaction(actions, { abortSignal });
    // The SDK takes any 2xx for a transaction that was done, the login page of a proxy included.
    if (subResponses.length === batch.length && subResponses.every(({ status }) => status < 300)) return true;
  } catch (error) {
    if (isLost(error)) return false;
    throw error;
  }
  throw noTableService(table);
}

async function oneByOne<T extends Asked>(
  client: TableClient,
  batch: readonly T[],
  abortSignal: AbortSignal,
): Promise<T[]> {
  const lost = await pLimit(PARALLEL_CALLS).map(batch, async (one) => {
    try {
      await act(client, one.action, abortSignal);
      return [];
    } catch (error) {
      if (isLost(error)) return [one];
      throw error;
    }
  });
  return lost.flat();
}

async function act(client: TableClient, action: Action, abortSignal: AbortSignal): Promise<unknown> {
  switch (action[0]) {
    case 'create':
      return client.createEntity(action[1], { abortSignal });
    case 'upsert':
      return client.upsertEntity(action[1], action[2], { abortSignal });
    case 'update':
      return client.updateEntity(action[1], action[2], { ...action[3], abortSignal });
    case 'delete':
      return client.deleteEntity(action[1].partitionKey, action[1].rowKey, { ...action[2], abortSignal });
  }
}

/** Somebody else wrote the row, or removed it, since it was read. */
function isLost(error: unknown): boolean {
  const code = storageErrorCode(error);
  return (
    code === 'UpdateConditionNotSatisfied' || code === 'EntityAlreadyExists' || code === 'ResourceNotFound'
  );
}
