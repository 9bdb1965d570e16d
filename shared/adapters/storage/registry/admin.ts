import { VaultcastError } from '../../../errors.ts';
import type { RegistryAdmin } from '../../../registry/admin.ts';
import type { Existing } from '../../../registry/plan.ts';
import { appliedOf, fromRow, toRow } from '../../../registry/row.ts';
import type { StorageOptions } from '../connection.ts';
import type { Table } from '../open-table.ts';
import { ask } from '../table.ts';
import { openTables, queryRows } from './tables.ts';
import { causeOf, storageErrorCode } from '../failure.ts';

/** A person waits, and may stand far away: longer than the functions have. */
const TIMEOUT_MS = 30_000;

/** The registry as `vaultcast apply`, `get` and `delete` see it. */
export function createRegistryAdmin(
  options: Pick<StorageOptions, 'connection'> & Partial<StorageOptions>,
): RegistryAdmin {
  const tables = openTables({ timeoutMs: TIMEOUT_MS, ...options });
  const both = ['Cluster', 'Route'] as const;
  return {
    async list(signal) {
      const lists = await Promise.all(both.map((kind) => listIfThere(kind, tables[kind], signal)));
      const missing = both.filter((_, index) => lists[index] === undefined);
      return {
        existing: lists.flatMap((rows) => rows ?? []),
        missing: missing.map((kind) => tables[kind].client.tableName),
      };
    },
    async createTables(signal) {
      const create = (table: Table): Promise<void> =>
        ask(table, signal, (abortSignal) => table.client.createTable({ abortSignal }));
      await Promise.all(both.map((kind) => create(tables[kind])));
    },
    async put(wanted, existing, signal) {
      const table = tables[wanted.document.kind];
      const row = toRow(wanted);
      await ask(table, signal, async (abortSignal) => {
        const call =
          existing === undefined
            ? table.client.createEntity(row, { abortSignal })
            : table.client.updateEntity(row, 'Replace', { etag: existing.etag, abortSignal });
        await orConflict(`${wanted.document.kind} ${row.rowKey}`, call);
      });
    },
    async remove({ kind, name, partition, etag }, signal) {
      const table = tables[kind];
      await ask(table, signal, async (abortSignal) => {
        const call = table.client.deleteEntity(partition, name, { etag, abortSignal });
        await orConflict(`${kind} ${name}`, orGone(call));
      });
    },
  };
}

/** undefined: the table does not exist. */
async function listIfThere(
  kind: Existing['kind'],
  table: Table,
  signal: AbortSignal,
): Promise<Existing[] | undefined> {
  try {
    return await listTable(kind, table, signal);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof VaultcastError && storageErrorCode(error.cause) === 'TableNotFound';

async function listTable(kind: Existing['kind'], table: Table, signal: AbortSignal): Promise<Existing[]> {
  const entities = await queryRows(table, undefined, signal);
  return entities.map(({ partitionKey, rowKey, etag, columns }) => ({
    kind,
    name: rowKey,
    partition: partitionKey,
    etag,
    row: fromRow(kind, columns),
    applied: appliedOf(columns),
  }));
}

const CONFLICTS: Readonly<Record<string, string>> = {
  EntityAlreadyExists: 'was created',
  UpdateConditionNotSatisfied: 'was changed',
  ResourceNotFound: 'was deleted',
};

/** Says of a failed write that somebody else was faster; anything else passes. */
async function orConflict<T>(what: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const verb = CONFLICTS[storageErrorCode(error) ?? ''];
    if (verb === undefined) throw error;
    const message = `${what} ${verb} by somebody else meanwhile; run the command again to see the plan anew`;
    throw new VaultcastError('CONFLICT', message, { cause: causeOf(error) });
  }
}

/** What is gone needs no deletion: perhaps the answer to our own first try got lost. */
async function orGone(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (storageErrorCode(error) !== 'ResourceNotFound') throw error;
  }
}
