import type { TableEntity } from '@azure/data-tables';
import { hash } from 'node:crypto';
import {
  fromBackOffEntity,
  ENDPOINTS,
  isStill,
  toBackOffEntity,
} from '../../../shared/adapters/storage/status/back-off-row.ts';
import { tableKey, type StoredEntity } from '../../../shared/adapters/storage/entity.ts';
import {
  fromLookEntity,
  fromRunEntity,
  newestFirst,
  outdated,
  RUNS_KEPT,
  toRunEntity,
} from '../../../shared/adapters/storage/status/run-row.ts';
import {
  etagOf,
  fromTargetEntity,
  toTargetEntity,
} from '../../../shared/adapters/storage/status/target-row.ts';
import type { Ports } from '../../../shared/ports.ts';
import type { TargetStatus } from '../../../shared/status/target.ts';
import { misreadByEarlier } from '../earlier/rows.ts';
import { createCalls, type Calls } from './calls.ts';
import type { Hook } from './hook.ts';

type Status = Ports['status'];

type StatusTableName = 'Targets' | 'Runs' | 'Endpoints';

export interface FakeStatus extends Status, Pick<Calls, 'log' | 'fail'> {
  /** Puts a row as another release, another adapter or a person could have. */
  put: (table: StatusTableName, entity: TableEntity) => Promise<void>;
  row: (table: StatusTableName, partitionKey: string, rowKey: string) => Promise<StoredEntity | undefined>;
}

type Rows = Map<string, Map<string, StoredEntity>>;

function table() {
  const rows: Rows = new Map();
  const of = (partitionKey: string): Map<string, StoredEntity> => {
    const found = rows.get(partitionKey) ?? new Map<string, StoredEntity>();
    rows.set(partitionKey, found);
    return found;
  };
  let writes = 0;
  const set = (entity: TableEntity): void => {
    writes += 1;
    of(entity.partitionKey).set(entity.rowKey, { ...entity, etag: `W/"${writes}"` } as StoredEntity);
  };
  return {
    partitions: () => [...rows].flatMap(([key, inside]) => (inside.size === 0 ? [] : [key])).toSorted(),
    get: (partitionKey: string, rowKey: string) => of(partitionKey).get(rowKey),
    put: set,
    merge: (entity: TableEntity) => set({ ...of(entity.partitionKey).get(entity.rowKey), ...entity }),
    remove: (partitionKey: string, rowKey: string) => void of(partitionKey).delete(rowKey),
    list: (partitionKey: string): StoredEntity[] =>
      [...of(partitionKey)].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entity]) => entity),
  };
}

type Table = ReturnType<typeof table>;
type Call = <T>(name: string, signal: AbortSignal, effect: () => T) => Promise<T>;

const understood = <T>(entities: StoredEntity[], read: (entity: StoredEntity) => T | undefined): T[] =>
  entities.map(read).filter((row) => row !== undefined);

/** Whether a row is still what was read of it. */
function isUnmoved(
  targets: Table,
  { partitionKey, rowKey }: TableEntity,
  over: Parameters<Status['saveTargets']>[0][number]['over'],
): boolean {
  const stored = targets.get(partitionKey, rowKey);
  if (over === undefined) return stored === undefined;
  const etag = over === 'any' ? undefined : etagOf(over);
  return etag === undefined || stored?.etag === etag;
}

/** After a way back, version 0.1.0 finds the row. */
function holdToEarlier(entity: TableEntity, row: TargetStatus): void {
  const misread = misreadByEarlier(entity as StoredEntity, row);
  if (misread !== undefined) throw new Error(`after a way back, ${misread}`);
}

const digestOf = (entities: readonly StoredEntity[]): string => hash('sha256', JSON.stringify(entities));

type TargetCalls = 'target' | 'targets' | 'targetsDigest' | 'saveTargets' | 'forgetTargets' | 'strangers';

function targetCalls(targets: Table, call: Call) {
  const calls: Pick<Status, TargetCalls> = {
    async target({ cluster, namespace, name }, signal) {
      const keys = [tableKey(cluster), tableKey(`${namespace}:${name}`)] as const;
      return call('target', signal, () => {
        const entity = targets.get(...keys);
        return entity && fromTargetEntity(entity);
      });
    },
    async targets(cluster, signal, digested) {
      const key = tableKey(cluster);
      return call('targets', signal, () => {
        const entities = targets.list(key);
        digested?.(digestOf(entities));
        return understood(entities, fromTargetEntity);
      });
    },
    async targetsDigest(cluster, signal) {
      const key = tableKey(cluster);
      return call('targetsDigest', signal, () => digestOf(targets.list(key)));
    },
    async saveTargets(writes, signal) {
      const asked = writes.map((write) => ({ write, entity: toTargetEntity(write.row) }));
      for (const { write, entity } of asked) holdToEarlier(entity, write.row);
      return call('saveTargets', signal, () => {
        const lost = asked.filter(({ write, entity }) => !isUnmoved(targets, entity, write.over));
        for (const one of asked) if (!lost.includes(one)) targets.put(one.entity);
        return lost.map(({ write }) => write);
      });
    },
    async forgetTargets(rows, signal) {
      const asked = rows.map((row) => ({ row, keys: [tableKey(row.cluster), tableKey(row.id)] as const }));
      await call('forgetTargets', signal, () => {
        for (const { row, keys } of asked) {
          const etag = etagOf(row);
          if (etag === undefined || targets.get(...keys)?.etag === etag) targets.remove(...keys);
        }
      });
    },
    async strangers(registered, signal) {
      const known = new Set(registered.map(tableKey));
      return call('strangers', signal, () => targets.partitions().filter((key) => !known.has(key)));
    },
  };
  return calls;
}

function runCalls(runs: Table, call: Call) {
  const looksOf = (cluster: string, ...states: string[]) =>
    runs
      .list(tableKey(cluster))
      .filter(
        ({ kind, scope, state }) => kind === 'reconcile' && scope === '' && states.includes(String(state)),
      )
      .flatMap((entity) => fromLookEntity(entity) ?? [])[0];
  const calls: Pick<Status, 'runs' | 'lastLooks' | 'saveRun'> = {
    async lastLooks(cluster, signal) {
      return call('lastLooks', signal, () => ({
        newest: looksOf(cluster, 'done', 'incomplete'),
        complete: looksOf(cluster, 'done'),
      }));
    },
    async runs(cluster, signal) {
      const key = tableKey(cluster);
      return call('runs', signal, () =>
        newestFirst(understood(runs.list(key), fromRunEntity).slice(0, RUNS_KEPT)),
      );
    },
    async saveRun(row, signal) {
      const entity = toRunEntity(row);
      await call('saveRun', signal, () => {
        runs.put(entity);
        if (row.state === 'running') return;
        for (const { rowKey = '' } of outdated(runs.list(row.cluster))) runs.remove(row.cluster, rowKey);
      });
    },
  };
  return calls;
}

/** The status tables in memory: rows are kept as the real adapter shapes them. */
export function createFakeStatus(hook?: Hook): FakeStatus {
  const tables = { Targets: table(), Runs: table(), Endpoints: table() };
  const calls = createCalls('STATUS_UNAVAILABLE', hook);
  const call: Call = (name, signal, effect) => calls.run(`status.${name}`, signal, effect);
  return {
    log: calls.log,
    fail: (fault) => calls.fail(fault),
    ...targetCalls(tables.Targets, call),
    ...runCalls(tables.Runs, call),
    backOffs: async (signal) =>
      call(
        'backOffs',
        signal,
        () => new Map(understood(tables.Endpoints.list(ENDPOINTS), fromBackOffEntity)),
      ),
    async saveBackOff(cluster, backOff, signal) {
      const entity = toBackOffEntity(cluster, backOff);
      await call('saveBackOff', signal, () => tables.Endpoints.merge(entity));
    },
    async claimTry(cluster, seen, next, signal) {
      const entity = toBackOffEntity(cluster, next);
      return call('claimTry', signal, () => {
        const row = tables.Endpoints.get(ENDPOINTS, entity.rowKey);
        const mine = row !== undefined && isStill(row, seen);
        if (mine) tables.Endpoints.merge(entity);
        return mine;
      });
    },
    put: async (name, entity) => tables[name].put(entity),
    row: async (name, partitionKey, rowKey) => tables[name].get(partitionKey, rowKey),
  };
}
