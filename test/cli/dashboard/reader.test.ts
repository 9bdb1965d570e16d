import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createReader } from '../../../shared/cli/dashboard/reader.ts';
import { clusterNames, type World } from '../../../shared/cli/dashboard/view/world.ts';
import { VaultcastError } from '../../../shared/errors.ts';
import { targetId } from '../../../shared/names.ts';
import type { Ports } from '../../../shared/ports.ts';
import { NO_CLUSTER, refOf, type TargetStatus } from '../../../shared/status/target.ts';
import { stored, writtenCluster } from '../../support/documents.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { aRun } from '../app.ts';
import { aRow } from '../rows.ts';
import { contextOf } from './visit.ts';

const signal = new AbortController().signal;
const MANY = 60;
const name = (at: number): string => `c-${String(at).padStart(2, '0')}`;

const rowsOfCluster = (cluster: string, targets: number): TargetStatus[] =>
  Array.from({ length: targets }, (_, at) =>
    aRow({ cluster, id: at === 0 ? 'app-1:pg' : `app-1:pg-${at}`, since: 1 }),
  );

/** Tables that count what is asked of them; `broken` clusters cannot be read. */
function tables(clusters: number, targets = 1) {
  const asked: string[] = [];
  const broken = new Set<string>();
  const run = new Map<string, string>();
  const read = <T>(what: string, cluster: string, found: T): Promise<T> => {
    asked.push(`${what} ${cluster}`);
    if (broken.has(cluster))
      return Promise.reject(new VaultcastError('STATUS_UNAVAILABLE', 'table Targets is away'));
    return Promise.resolve(found);
  };
  const changed = new Map<string, TargetStatus | undefined>();
  const status: Pick<Ports['status'], 'target' | 'targets' | 'runs' | 'backOffs'> = {
    target: (ref) => read(`target ${ref.namespace}/${ref.name} of`, ref.cluster, changed.get(targetId(ref))),
    targets: (cluster) =>
      read('targets', cluster, cluster === NO_CLUSTER ? [] : rowsOfCluster(cluster, targets)),
    runs: (cluster) =>
      read('runs', cluster, [aRun({ cluster, run: run.get(cluster) ?? '20261121T101500Z-3fa9c1aa' })]),
    backOffs: () => Promise.resolve(new Map()),
  };
  const registry = fakeRegistry(
    ...Array.from({ length: clusters }, (_, at) => stored(writtenCluster(name(at)))),
  );
  const connections = { openRegistry: async () => registry, openStatus: async () => status };
  const rowsOf = (): string[] =>
    asked
      .splice(0)
      .filter((one) => one.startsWith('targets c-'))
      .toSorted();
  return { connections, registry, broken, run, rowsOf, changed, asked };
}

const readerOf = ({ connections }: ReturnType<typeof tables>) => createReader({}, contextOf(connections));

const drained = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Until the rounds in the background have read all that they read. */
async function settled(reader: Awaited<ReturnType<typeof createReader>>): Promise<World> {
  await drained();
  const world = await reader.look([]);
  await drained();
  return world;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('what the dashboard reads', () => {
  it('of a few clusters is all of them, at most once in four seconds, however many ask', async () => {
    const world = tables(2);
    const reader = await readerOf(world);
    await Promise.all([reader.look([]), reader.look([]), reader.look([])]);
    expect(world.rowsOf()).toEqual(['targets c-00', 'targets c-01']);

    await reader.look([]);
    expect(world.rowsOf()).toEqual([]);

    vi.setSystemTime(Date.now() + 4001);
    await reader.look([]);
    expect(world.rowsOf()).toEqual(['targets c-00', 'targets c-01']);
  });

  it('of many clusters is what is open at once, and the others meanwhile', async () => {
    const world = tables(MANY);
    const reader = await readerOf(world);
    const first = await reader.look([name(7)]);
    const all = await settled(reader);

    expect(first.rows.has(name(7))).toBe(true);
    expect(first.rows.size).toBeLessThan(MANY);
    expect(all.rows.size).toBe(MANY + 1);
    expect(clusterNames(all).length).toBe(MANY);
  });

  it('of clusters that nobody looks at is their runs, and their rows after one, or after a minute', async () => {
    const world = tables(MANY);
    const reader = await readerOf(world);
    await reader.look([]);
    await settled(reader);
    world.rowsOf();

    vi.setSystemTime(Date.now() + 5000);
    world.run.set(name(3), '20261121T103000Z-3fa9c1aa');
    await reader.look([name(9)]);
    await settled(reader);
    expect(world.rowsOf()).toEqual(['targets c-03', 'targets c-09']);

    vi.setSystemTime(Date.now() + 60_000);
    await reader.look([]);
    await settled(reader);
    expect(world.rowsOf()).toHaveLength(MANY);
  });

  it('is the same object while nothing changed, so that nothing is computed twice', async () => {
    const world = tables(2);
    const reader = await readerOf(world);
    const before = await reader.look([]);
    world.rowsOf();
    vi.setSystemTime(Date.now() + 5000);
    const after = await reader.look([]);

    expect(world.rowsOf()).toHaveLength(2);
    expect(after).toBe(before);
  });

  it('is another object once the registry says something else', async () => {
    const world = tables(2);
    const reader = await readerOf(world);
    const before = await reader.look([]);
    const { existing } = await world.registry.list(signal);
    for (const row of existing.filter((one) => one.name === name(1)))
      await world.registry.remove(row, signal);
    vi.setSystemTime(Date.now() + 5000);

    expect(clusterNames(await reader.look([]))).toEqual(['c-00']);
    expect(clusterNames(before)).toEqual(['c-00', 'c-01']);
  });

  it('of a few clusters with many thousands of targets is what is open, too', async () => {
    const world = tables(2, 3000);
    const reader = await readerOf(world);
    await reader.look([]);
    world.rowsOf();
    vi.setSystemTime(Date.now() + 5000);
    await reader.look([name(1)]);
    await settled(reader);

    expect(world.rowsOf()).toEqual(['targets c-01']);
  });

  describe('of the targets that a page shows', () => {
    const ref = (at: number) => refOf(aRow({ cluster: name(at), since: 1 }));
    const rotated = aRow({ cluster: name(1), since: 1, message: 'the Secret was updated again' });
    const rowsNow = (world: World) => world.rows.get(name(1));

    async function read() {
      const world = tables(MANY, 3);
      const reader = await readerOf(world);
      await reader.look([]);
      await settled(reader);
      vi.setSystemTime(Date.now() + 5000);
      world.asked.length = 0;
      return { world, reader };
    }

    it('is each of them and nothing else of its cluster, once in four seconds', async () => {
      const { world, reader } = await read();
      world.changed.set(targetId(ref(1)), rotated);
      const seen = await reader.lookAt([ref(1), ref(2)]);
      await reader.lookAt([ref(1), ref(2)]);

      const asked = world.asked.filter((one) => one.endsWith('c-01') || one.endsWith('c-02'));
      expect(asked).toEqual(['target app-1/pg of c-01', 'target app-1/pg of c-02']);
      expect(rowsNow(seen)).toContain(rotated);
      expect(rowsNow(seen)).toHaveLength(3);
    });

    it('is the same object while none of them changed, and another without one that is gone', async () => {
      const { world, reader } = await read();
      world.changed.set(targetId(ref(1)), aRow({ cluster: name(1), since: 1 }));
      const before = await reader.lookAt([ref(1)]);
      vi.setSystemTime(Date.now() + 5000);
      expect(await reader.lookAt([ref(1)])).toBe(before);

      vi.setSystemTime(Date.now() + 5000);
      world.changed.delete(targetId(ref(1)));
      expect(rowsNow(await reader.lookAt([ref(1)]))).toHaveLength(2);
    });

    it('is nothing of clusters that were read whole a moment ago', async () => {
      const world = tables(2, 3);
      const reader = await readerOf(world);
      await reader.look([]);
      await reader.lookAt([ref(0), ref(1)]);

      expect(world.asked.filter((one) => one.startsWith('target '))).toEqual([]);
    });

    it('is nothing of a cluster that is registered nowhere', async () => {
      const { world, reader } = await read();
      await reader.lookAt([{ ...ref(1), cluster: 'c-99' }]);

      expect(world.asked.filter((one) => one.startsWith('target '))).toEqual([]);
    });

    it('stays as it was where a row cannot be read, and says so until it can', async () => {
      const { world, reader } = await read();
      world.broken.add(name(1));
      const seen = await reader.lookAt([ref(1)]);

      expect(rowsNow(seen)).toHaveLength(3);
      expect(seen.notSeen).toEqual(['cluster c-01: table Targets is away']);
      world.broken.clear();
      world.changed.set(targetId(ref(1)), rotated);
      vi.setSystemTime(Date.now() + 5000);
      expect((await reader.lookAt([ref(1)])).notSeen).toEqual([]);
    });
  });

  it('of a name that is registered nowhere is nothing', async () => {
    const world = tables(MANY);
    const reader = await readerOf(world);
    await reader.look(['c-99', "' or PartitionKey gt '"]);
    await settled(reader);

    expect(world.rowsOf()).toHaveLength(MANY);
  });

  it('in the background is a round of fifty questions a second at most', async () => {
    const world = tables(600);
    const reader = await readerOf(world);
    await reader.look([]);
    await settled(reader);
    world.rowsOf();
    for (const [seconds, rounds] of [
      [5, 0],
      [5, 0],
      [5, 1],
    ] as const) {
      vi.setSystemTime(Date.now() + seconds * 1000);
      world.run.set(name(3), String(Date.now()));
      await settled(reader);
      expect(world.rowsOf()).toHaveLength(rounds);
    }
  });

  it('stays as it was where a table cannot be read, and says so', async () => {
    const world = tables(2);
    const reader = await readerOf(world);
    await reader.look([]);
    world.broken.add(name(1));
    vi.setSystemTime(Date.now() + 5000);
    const seen = await reader.look([]);

    expect(seen.rows.get(name(1))).toHaveLength(1);
    expect(seen.notSeen).toEqual(['cluster c-01: table Targets is away']);
    world.broken.clear();
    vi.setSystemTime(Date.now() + 5000);
    expect((await reader.look([])).notSeen).toEqual([]);
  });

  it('says nothing of a cluster that could not be read once it is registered no more', async () => {
    const world = tables(2);
    const reader = await readerOf(world);
    world.broken.add(name(1));
    expect((await reader.look([])).notSeen).toHaveLength(1);
    const { existing } = await world.registry.list(signal);
    for (const row of existing.filter((one) => one.name === name(1)))
      await world.registry.remove(row, signal);
    vi.setSystemTime(Date.now() + 5000);
    await reader.look([]);

    expect((await reader.look([])).notSeen).toEqual([]);
  });

  it('is nothing at all when the registry cannot be read, and what it was when it could be before', async () => {
    const world = tables(2);
    const reader = await readerOf(world);
    const away = () => Promise.reject(new VaultcastError('REGISTRY_UNAVAILABLE', 'table Clusters is away'));
    world.registry.before = away;
    await expect(reader.look([])).rejects.toThrow('table Clusters is away');
    world.registry.before = async () => {};
    await reader.look([]);
    world.registry.before = away;
    vi.setSystemTime(Date.now() + 5000);

    const seen = await reader.look([]);
    expect(clusterNames(seen)).toEqual(['c-00', 'c-01']);
    expect(seen.notSeen).toEqual(['table Clusters is away']);
  });

  it('forgets a cluster that is registered no more', async () => {
    const world = tables(2);
    const reader = await readerOf(world);
    await reader.look([]);
    const { existing } = await world.registry.list(signal);
    for (const row of existing.filter((one) => one.name === name(1)))
      await world.registry.remove(row, signal);
    vi.setSystemTime(Date.now() + 5000);
    await reader.look([]);

    expect([...(await reader.look([])).rows.keys()].toSorted()).toEqual([NO_CLUSTER, name(0)]);
  });
});
