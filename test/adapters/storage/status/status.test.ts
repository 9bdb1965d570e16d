import { TableClient, TableTransaction } from '@azure/data-tables';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { StoredEntity } from '../../../../shared/adapters/storage/entity.ts';
import { createStatus } from '../../../../shared/adapters/storage/status/status.ts';
import type { LocalStorage } from '../../../local/azurite/storage.ts';
import { startAzurite } from '../../../local/azurite/storage.ts';
import { aTargetRow, statusContract } from '../../../support/contracts/status.ts';
import { aRunRow } from '../../../support/contracts/runs.ts';
import type { StatusHarness } from '../../../support/contracts/tables.ts';
import { createFakeStatus } from '../../../support/fakes/status.ts';
import { anyway } from '../../../support/anyway.ts';

const { signal } = new AbortController();
const TABLES = ['Targets', 'Runs', 'Endpoints'] as const;

let storage: LocalStorage;
beforeAll(async () => {
  storage = await startAzurite();
});
afterAll(() => storage.stop());

const client = (name: string): TableClient =>
  TableClient.fromConnectionString(storage.connectionString, name, { allowInsecureConnection: true });
const open = (timeoutMs = 10_000) =>
  createStatus({ connection: { connectionString: storage.connectionString }, timeoutMs });

/** Changes of a transaction of Azure Tables. */
const MOST_AT_ONCE = 100;

async function empty(name: string): Promise<void> {
  await client(name).createTable();
  const transactions = new Map<string, TableTransaction[]>();
  for await (const { partitionKey = '', rowKey = '' } of client(name).listEntities()) {
    const known = transactions.get(partitionKey) ?? [];
    if ((known.at(-1)?.actions.length ?? MOST_AT_ONCE) === MOST_AT_ONCE) known.push(new TableTransaction());
    known.at(-1)?.deleteEntity(partitionKey, rowKey);
    transactions.set(partitionKey, known);
  }
  for (const { actions } of [...transactions.values()].flat()) await client(name).submitTransaction(actions);
}

async function onAzurite(): Promise<StatusHarness> {
  for (const name of TABLES) await empty(name);
  return {
    status: open(),
    put: async (table, entity) => void (await client(table).upsertEntity(entity, 'Replace')),
    row: (table, partition, row): Promise<StoredEntity | undefined> =>
      client(table)
        .getEntity<Record<string, unknown>>(partition, row)
        .catch(() => undefined),
  };
}

async function inMemory(): Promise<StatusHarness> {
  const status = createFakeStatus();
  return { status, put: status.put, row: status.row };
}

statusContract('Azure Tables', onAzurite);
statusContract('the fake', inMemory);

describe('the status tables adapter', () => {
  afterEach(async () => {
    storage.tables.clearFaults();
    await storage.tables.up();
  });

  it('saves in transactions of at most a hundred rows', async () => {
    await empty('Targets');
    const before = storage.tables.requests.length;
    const rows = Array.from({ length: 202 }, (_, n) => aTargetRow({ id: `app-1:s${n}` }));
    await open().saveTargets(anyway(rows), signal);
    const sent = storage.tables.requests.slice(before);
    expect(sent.map(({ path }) => path.endsWith('$batch'))).toEqual([true, true, true]);
  });

  it('saves one row alone without the envelope of a transaction', async () => {
    await empty('Targets');
    const before = storage.tables.requests.length;
    await open().saveTargets(anyway([aTargetRow()]), signal);
    expect(storage.tables.requests.slice(before).map(({ method }) => method)).toEqual(['PUT']);
  });

  it.each([1, 2])('takes the login page of a proxy for no saved row: of %i', async (count) => {
    await empty('Targets');
    storage.tables.inject({ fault: { kind: 'html' } });
    const rows = Array.from({ length: count }, (_, n) => aTargetRow({ id: `app-1:s${n}` }));

    await expect(open().saveTargets(anyway(rows), signal)).rejects.toMatchObject({
      code: 'STATUS_UNAVAILABLE',
      message: expect.stringMatching(/no (?:table|storage) service/),
    });
  });

  it('saves what several callers have for one cluster as one transaction, and for two as two', async () => {
    await empty('Targets');
    const before = storage.tables.requests.length;
    const status = open();
    const rows = Array.from({ length: 40 }, (_, n) =>
      aTargetRow({ id: `app-1:s${n}`, cluster: n % 2 === 0 ? 'weu-1' : 'weu-2' }),
    );
    await Promise.all(rows.map((row) => status.saveTargets(anyway([row]), signal)));
    expect(storage.tables.requests.slice(before).map(({ path }) => path.endsWith('$batch'))).toEqual([
      true,
      true,
    ]);
  });

  it("saves others' rows although one of them is refused, and tells its own caller", async () => {
    await empty('Targets');
    const status = open();
    const refused = 'x'.repeat(40_000);
    const save = (id: string, uid: string) => status.saveTargets(anyway([aTargetRow({ id, uid })]), signal);
    const ends = await Promise.allSettled([
      save('app-1:a', 'u'),
      save('app-1:b', refused),
      save('app-1:c', 'u'),
    ]);
    expect(ends.map((end) => end.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await status.targets('weu-1', signal)).map(({ id }) => id)).toEqual(['app-1:a', 'app-1:c']);
  });

  it('tells everybody when the tables are away', async () => {
    await storage.tables.down();
    const status = open(500);
    const saves = ['app-1:a', 'app-1:b'].map((id) =>
      status.saveTargets(anyway([aTargetRow({ id })]), signal),
    );
    for (const end of await Promise.allSettled(saves))
      expect(end).toMatchObject({ status: 'rejected', reason: { code: 'STATUS_UNAVAILABLE' } });
  });

  it('splits rows that are large together', async () => {
    await empty('Targets');
    const sources = 's'.repeat(200_000);
    const rows = Array.from({ length: 30 }, (_, n) => aTargetRow({ id: `app-1:s${n}`, sources }));
    await open().saveTargets(anyway(rows), signal);
    expect(await open().targets('weu-1', signal)).toHaveLength(30);
  });

  it('takes a missing table for a fault of the deployment, not for an absent row', async () => {
    await client('Targets').deleteTable();
    const asked = open().target({ cluster: 'weu-1', namespace: 'app-1', name: 'pg' }, signal);
    await expect(asked).rejects.toMatchObject({ code: 'STATUS_UNAVAILABLE' });
  });

  it('tries again a little when storage is busy, then says so', async () => {
    storage.tables.inject({ fault: { kind: 'status', status: 503 } });
    const before = storage.tables.requests.length;
    await expect(open().saveRun(aRunRow(), signal)).rejects.toMatchObject({
      code: 'STATUS_UNAVAILABLE',
      message: expect.stringContaining('table Runs is not available: it answered 503'),
    });
    expect(storage.tables.requests.length - before).toBe(3);
  });

  it('gives up tables that do not answer within its timeout', async () => {
    storage.tables.inject({ fault: { kind: 'hang' } });
    await expect(open(300).backOffs(signal)).rejects.toMatchObject({
      code: 'STATUS_UNAVAILABLE',
      message: 'table Endpoints is not available: it did not answer in time',
    });
  });

  it('names a service that is down, never its key', async () => {
    await storage.tables.down();
    const error: unknown = await open(3000)
      .targets('weu-1', signal)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'STATUS_UNAVAILABLE' });
    expect(String((error as Error).message)).not.toMatch(/AccountKey|devstoreaccount1|127\.0\.0\.1/);
  });
});
