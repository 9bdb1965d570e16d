import type { Ports } from '../../../ports.ts';
import type { BackOff } from '../../../retry/back-off.ts';
import type { RunStatus } from '../../../status/run.ts';
import type { TargetStatus } from '../../../status/target.ts';
import { type Action, actAll } from '../actions.ts';
import type { StorageOptions } from '../connection.ts';
import { tableKey } from '../entity.ts';
import { groupedWrites } from '../grouped.ts';
import { storageErrorCode } from '../failure.ts';
import { openTable, type Table } from '../open-table.ts';
import {
  ask,
  digestOfRows,
  list,
  orAbsent,
  otherPartitions,
  partition,
  readRow,
  removeAll,
} from '../table.ts';
import { ENDPOINTS, fromBackOffEntity, isStill, toBackOffEntity } from './back-off-row.ts';
import {
  fromLookEntity,
  fromRunEntity,
  LOOK_COLUMNS,
  newestFirst,
  outdated,
  RUNS_KEPT,
  toRunEntity,
} from './run-row.ts';
import { etagOf, fromTargetEntity, toTargetEntity } from './target-row.ts';

/** Rows that cannot be read count, too: they are removed when their time has come. */
async function dropOldRuns(table: Table, cluster: string, abortSignal: AbortSignal): Promise<void> {
  const query = {
    filter: partition(cluster),
    select: ['PartitionKey', 'RowKey', 'kind', 'scope', 'state'],
  };
  const rows = await list(table, query, (row) => row, abortSignal);
  const keys = outdated(rows).map(({ partitionKey = '', rowKey = '' }) => ({ partitionKey, rowKey }));
  await removeAll(table, keys, abortSignal);
}

function targetCalls(
  table: Table,
): Pick<
  Ports['status'],
  'target' | 'targets' | 'targetsDigest' | 'saveTargets' | 'forgetTargets' | 'strangers'
> {
  const save = groupedWrites<{ at: number; action: Action }>(table);
  return {
    async target({ cluster, namespace, name }, signal) {
      const entity = await readRow(table, tableKey(cluster), tableKey(`${namespace}:${name}`), signal);
      return entity && fromTargetEntity(entity);
    },
    async targets(cluster, signal, digested) {
      const filter = partition(cluster);
      return ask(table, signal, (abortSignal) =>
        list(table, { filter }, fromTargetEntity, abortSignal, digested),
      );
    },
    async targetsDigest(cluster, signal) {
      const filter = partition(cluster);
      return ask(table, signal, (abortSignal) => digestOfRows(table, { filter }, abortSignal));
    },
    async saveTargets(writes, signal) {
      const asked = writes.map(({ row, over }, at) => ({ at, action: saveAction(row, over) }));
      const lost = new Set((await save(asked, signal)).map(({ at }) => at));
      return writes.filter((_, at) => lost.has(at));
    },
    async forgetTargets(rows: readonly TargetStatus[], signal) {
      const asked = rows.map((row) => ({ action: forgetAction(row) }));
      await ask(table, signal, (abortSignal) => actAll(table, asked, abortSignal));
    },
    async strangers(registered, signal) {
      return ask(table, signal, (abortSignal) => otherPartitions(table, registered, abortSignal));
    },
  };
}

function saveAction(row: TargetStatus, over: TargetStatus | undefined | 'any'): Action {
  const entity = toTargetEntity(row);
  if (over === undefined) return ['create', entity];
  const etag = over === 'any' ? undefined : etagOf(over);
  return etag === undefined ? ['upsert', entity, 'Replace'] : ['update', entity, 'Replace', { etag }];
}

function forgetAction(row: TargetStatus): Action {
  const entity = { partitionKey: tableKey(row.cluster), rowKey: tableKey(row.id) };
  return ['delete', entity, { etag: etagOf(row) ?? '*' }];
}

const COMPLETE = "kind eq 'reconcile' and scope eq '' and state eq 'done'";
const LOOKED = "kind eq 'reconcile' and scope eq '' and (state eq 'done' or state eq 'incomplete')";

/** The row keys of newer runs come first. */
async function newestLook(table: Table, cluster: string, which: string, abortSignal: AbortSignal) {
  const filter = `${partition(cluster)} and ${which}`;
  const [look] = await list(table, { filter, select: LOOK_COLUMNS, top: 1 }, fromLookEntity, abortSignal);
  return look;
}

function runCalls(table: Table): Pick<Ports['status'], 'runs' | 'lastLooks' | 'saveRun'> {
  return {
    async lastLooks(cluster, signal) {
      return ask(table, signal, async (abortSignal) => {
        const newest = await newestLook(table, cluster, LOOKED, abortSignal);
        if (newest === undefined || newest.state === 'done') return { newest, complete: newest };
        return { newest, complete: await newestLook(table, cluster, COMPLETE, abortSignal) };
      });
    },
    async runs(cluster, signal) {
      const query = { filter: partition(cluster), top: RUNS_KEPT };
      const rows = await ask(table, signal, (abortSignal) => list(table, query, fromRunEntity, abortSignal));
      return newestFirst(rows);
    },
    async saveRun(row: RunStatus, signal) {
      const entity = toRunEntity(row);
      await ask(table, signal, async (abortSignal) => {
        await table.client.upsertEntity(entity, 'Replace', { abortSignal });
        // Progress is saved often, and adds no row.
        if (row.state !== 'running') await dropOldRuns(table, row.cluster, abortSignal);
      });
    },
  };
}

/** Whoever looked at the row first and writes it first has the probe; the ETag tells the others that they came too late. */
async function putOff(
  { client }: Table,
  cluster: string,
  seen: BackOff,
  next: BackOff,
  abortSignal: AbortSignal,
): Promise<boolean> {
  const key = tableKey(cluster);
  const row = await orAbsent(client.getEntity<Record<string, unknown>>(ENDPOINTS, key, { abortSignal }));
  if (row === undefined || !isStill(row, seen)) return false;
  try {
    await client.updateEntity(toBackOffEntity(cluster, next), 'Merge', { etag: row.etag, abortSignal });
    return true;
  } catch (error) {
    if (storageErrorCode(error) === 'UpdateConditionNotSatisfied') return false;
    throw error;
  }
}

function backOffCalls(table: Table): Pick<Ports['status'], 'backOffs' | 'saveBackOff' | 'claimTry'> {
  return {
    async backOffs(signal) {
      const filter = `${partition(ENDPOINTS)} and failures gt 0`;
      const query = (abortSignal: AbortSignal) => list(table, { filter }, fromBackOffEntity, abortSignal);
      return new Map(await ask(table, signal, query));
    },
    async saveBackOff(cluster: string, backOff: BackOff | undefined, signal) {
      const entity = toBackOffEntity(cluster, backOff);
      // Merge: the row's other columns say where the cluster is and are not ours to drop.
      await ask(table, signal, (abortSignal) => table.client.upsertEntity(entity, 'Merge', { abortSignal }));
    },
    async claimTry(cluster: string, seen: BackOff, next: BackOff, signal) {
      return ask(table, signal, (abortSignal) => putOff(table, cluster, seen, next, abortSignal));
    },
  };
}

/**
 * The tables `Targets`, `Runs` and `Endpoints`, which the deployment makes.
 * Rejects with STATUS_UNAVAILABLE or TOKEN_UNAVAILABLE; with INTERNAL, before anything is sent, for an impossible key.
 */
export function createStatus(options: StorageOptions): Ports['status'] {
  const open = (name: string): Table => openTable(options, name, 'STATUS_UNAVAILABLE');
  return {
    ...targetCalls(open('Targets')),
    ...runCalls(open('Runs')),
    ...backOffCalls(open('Endpoints')),
  };
}
