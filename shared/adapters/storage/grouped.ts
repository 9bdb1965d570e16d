import { setTimeout as sleep } from 'node:timers/promises';
import type { VaultcastError } from '../../errors.ts';
import { unlessAborted } from '../../time.ts';
import { type Action, actAll, BATCH_ROWS } from './actions.ts';
import { storageFailure, storageStatus } from './failure.ts';
import type { Table } from './open-table.ts';

/** What one caller wants done to rows of one partition. */
interface Wish<T> {
  asked: readonly T[];
  signal: AbortSignal;
  lost: PromiseWithResolvers<T[]>;
}

/** Long enough for what runs together, such as the targets of a storm, to meet; too short for anybody to notice. */
const COMPANY_MS = 5;

/**
 * Rows that several callers write at about the same time go as one transaction: a request for each would cost more than all
 * else of an event. Each caller learns which of its own rows were not saved, because somebody else had written them; a
 * failure of a transaction is told to those who were in it. Reads stay single: the service looks through a whole partition
 * where a filter names several rows, https://learn.microsoft.com/azure/storage/tables/table-storage-design-for-query
 */
export function groupedWrites<T extends { action: Action }>(
  table: Table,
): (asked: readonly T[], signal: AbortSignal) => Promise<T[]> {
  const waiting = new Map<string, Wish<T>[]>();

  const depart = async (partition: string): Promise<void> => {
    await sleep(COMPANY_MS);
    const wishes = (waiting.get(partition) ?? []).filter(({ signal }) => !signal.aborted);
    waiting.delete(partition);
    await Promise.all(groupsOf(wishes).map((group) => carryOut(table, group)));
  };
  const join = async (partition: string, asked: readonly T[], signal: AbortSignal): Promise<T[]> => {
    const lost = Promise.withResolvers<T[]>();
    const company = waiting.get(partition);
    if (company === undefined) {
      waiting.set(partition, [{ asked, signal, lost }]);
      void depart(partition);
    } else company.push({ asked, signal, lost });
    const late = () => failureOf(new DOMException('given up', 'AbortError'), table);
    return unlessAborted(signal, lost.promise, late);
  };

  return async (asked, signal) => {
    const byPartition = Map.groupBy(asked, ({ action }) => action[1].partitionKey);
    const lost = [...byPartition].map(([partition, rows]) => join(partition, rows, signal));
    return (await Promise.all(lost)).flat();
  };
}

/** As few as hold them: none larger than a transaction unless one caller's rows are, and no row twice in one. */
function groupsOf<T extends { action: Action }>(wishes: readonly Wish<T>[]): Wish<T>[][] {
  const groups: { wishes: Wish<T>[]; rows: Set<string> }[] = [];
  for (const wish of wishes) {
    const rows = wish.asked.map(({ action }) => action[1].rowKey);
    const fitting = groups.find(
      (group) => group.rows.size + rows.length <= BATCH_ROWS && !rows.some((row) => group.rows.has(row)),
    );
    if (fitting === undefined) groups.push({ wishes: [wish], rows: new Set(rows) });
    else {
      fitting.wishes.push(wish);
      for (const row of rows) fitting.rows.add(row);
    }
  }
  return groups.map((group) => group.wishes);
}

/** Given up once nobody waits for it any more. Never rejects: whoever is in it is told. */
async function carryOut<T extends { action: Action }>(
  table: Table,
  group: readonly Wish<T>[],
): Promise<unknown> {
  const nobody = new AbortController();
  const leave = (): void => {
    if (group.every(({ signal }) => signal.aborted)) nobody.abort();
  };
  for (const { signal } of group) signal.addEventListener('abort', leave, { once: true });
  try {
    const all = group.flatMap(({ asked }) => asked);
    const lost = new Set(await actAll(table, all, nobody.signal));
    for (const wish of group) wish.lost.resolve(wish.asked.filter((one) => lost.has(one)));
  } catch (error) {
    // One row that is refused must not keep others' from being saved.
    if (group.length > 1 && isRefusal(error))
      return await Promise.all(group.map((wish) => carryOut(table, [wish])));
    for (const wish of group) wish.lost.reject(failureOf(error, table));
  } finally {
    for (const { signal } of group) signal.removeEventListener('abort', leave);
  }
  return undefined;
}

const isRefusal = (error: unknown): boolean => [400, 413].includes(storageStatus(error) ?? 0);

const failureOf = (error: unknown, { code, client }: Table): VaultcastError =>
  storageFailure(error, code, `table ${client.tableName}`);
