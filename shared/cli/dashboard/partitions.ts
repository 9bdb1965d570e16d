import pLimit from 'p-limit';
import { type TargetRef, targetId } from '../../names.ts';
import type { Ports } from '../../ports.ts';
import type { RunStatus } from '../../status/run.ts';
import { NO_CLUSTER, rowId, type TargetStatus } from '../../status/target.ts';
import { reasonOf } from '../terminal/failure.ts';
import { prepare } from './view/prepare.ts';
import type { World } from './view/world.ts';

/** A page asks every five seconds. */
export const FRESH_MS = 4000;
/** Rows that nobody looks at are read again after a run, or after this: events change them, too. */
const REST_MS = 60_000;
const PARALLEL = 8;
/** A question for each cluster, and no faster than that: a thousand of them are a round of twenty seconds. */
const PACE_MS = 20;

interface Known {
  rows: readonly TargetStatus[];
  rowsAt: number;
  runs: readonly RunStatus[];
}

/** What the status tables say, partition by partition; each is read by one at a time, whoever asks. */
interface Partitions {
  /** Reads these again, unless they were a moment ago. Never rejects: what cannot be read stays as it was. */
  readNow(names: readonly string[]): Promise<void>;
  /** Likewise the rows of these targets alone, in partitions that were read: a partition may hold thousands of others. */
  readRows(targets: readonly TargetRef[]): Promise<void>;
  /** Reads all of these in the background, one round at a time, and forgets others. */
  readSometime(names: readonly string[]): void;
  seen(): Pick<World, 'rows' | 'runs'>;
  failures(): string[];
  /** How many rows were read. */
  targets(): number;
}

export function createPartitions(
  status: Pick<Ports['status'], 'target' | 'targets' | 'runs'>,
  signal: AbortSignal,
): Partitions {
  const known = new Map<string, Known>();
  const failed = new Map<string, string>();
  const readOne = nowAndThen(async (name, isOpen) => {
    try {
      const found = await readPartition(status, signal, { name, isOpen, before: known.get(name) });
      if (found !== undefined) known.set(name, found);
      failed.delete(name);
    } catch (error) {
      failed.set(name, `${name === NO_CLUSTER ? 'problems' : `cluster ${name}`}: ${reasonOf(error)}`);
    }
  });
  // What is open does not wait behind a thousand others.
  const [open, rest] = [pLimit(PARALLEL), pLimit(PARALLEL)];
  let sweepAgainAt = 0;
  let isSweeping = false;

  const readOpenRows = rowsReader(status, known, failed, signal);

  return {
    async readNow(names) {
      await open.map([...names], (name) => readOne(name, true));
    },
    async readRows(targets) {
      await open.map(readOpenRows.old(targets), (target) => readOpenRows.read(target));
    },
    readSometime(names) {
      if (isSweeping || Date.now() < sweepAgainAt) return;
      isSweeping = true;
      sweepAgainAt = Date.now() + names.length * PACE_MS;
      for (const all of [known, failed]) keepOnly(all, new Set([...names, NO_CLUSTER]));
      const round = rest.map([...names], (name) => readOne(name, false));
      void round.finally(() => (isSweeping = false));
    },
    seen: () => seenIn([...known]),
    failures: () => [...failed.values()],
    targets: () => [...known.values()].reduce((sum, { rows }) => sum + rows.length, 0),
  };
}

function seenIn(known: readonly (readonly [string, Known])[]): Pick<World, 'rows' | 'runs'> {
  return {
    rows: new Map(known.map(([name, { rows }]) => [name, rows])),
    runs: new Map(known.map(([name, { runs }]) => [name, runs])),
  };
}

interface Reading {
  name: string;
  isOpen: boolean;
  before: Known | undefined;
}

/** Runs tell whether rows can have changed much; of what nobody looks at only they are read. Undefined: nothing is new. */
async function readPartition(
  status: Pick<Ports['status'], 'targets' | 'runs'>,
  signal: AbortSignal,
  { name, isOpen, before }: Reading,
): Promise<Known | undefined> {
  const runs = sameOr(before?.runs, await status.runs(name, signal));
  const now = Date.now();
  if (!isOpen && before !== undefined && runs === before.runs && now - before.rowsAt < REST_MS)
    return undefined;
  const rows = sameOr(before?.rows, await status.targets(name, signal));
  if (name !== NO_CLUSTER) prepare(rows);
  return { runs, rows, rowsAt: now };
}

/** Reads rows one by one into the partitions that are known. */
function rowsReader(
  status: Pick<Ports['status'], 'target'>,
  known: Map<string, Known>,
  failed: Map<string, string>,
  signal: AbortSignal,
) {
  const readAt = new Map<string, number>();
  return {
    /** Those of them that were not read a moment ago, alone or with their whole partition. */
    old(targets: readonly TargetRef[]): TargetRef[] {
      const now = Date.now();
      for (const [id, at] of readAt) if (now - at >= FRESH_MS) readAt.delete(id);
      return targets.filter((one) => {
        const partition = known.get(one.cluster);
        return partition !== undefined && now - partition.rowsAt >= FRESH_MS && !readAt.has(targetId(one));
      });
    },
    async read(target: TargetRef): Promise<void> {
      const { cluster } = target;
      readAt.set(targetId(target), Date.now());
      try {
        const row = await status.target(target, signal);
        failed.delete(cluster);
        const before = known.get(cluster);
        const rows = before && withRow(before.rows, rowId(target), row);
        if (before === undefined || rows === undefined || rows === before.rows) return;
        prepare(rows);
        known.set(cluster, { ...before, rows });
      } catch (error) {
        failed.set(cluster, `cluster ${cluster}: ${reasonOf(error)}`);
      }
    },
  };
}

/** The same array where the row is as it was. */
function withRow(
  rows: readonly TargetStatus[],
  id: string,
  row: TargetStatus | undefined,
): readonly TargetStatus[] {
  const before = rows.find((one) => one.id === id);
  if (JSON.stringify(before) === JSON.stringify(row)) return rows;
  if (row === undefined) return rows.filter((one) => one !== before);
  return before === undefined ? [...rows, row] : rows.map((one) => (one === before ? row : one));
}

function keepOnly(all: Map<string, unknown>, names: ReadonlySet<string>): void {
  for (const name of all.keys()) if (!names.has(name)) all.delete(name);
}

type Read = (name: string, isOpen: boolean) => Promise<void>;

/** Whoever asks for what is being read waits for that, and for what was read a moment ago for nothing. */
function nowAndThen(read: Read): Read {
  const pending = new Map<string, Promise<void>>();
  const readAt = new Map<string, number>();
  return (name, isOpen) => {
    // A look in the background may leave out the rows, which are asked for here.
    const key = `${isOpen ? 'open' : 'rest'} ${name}`;
    const last = Math.max(readAt.get(key) ?? 0, readAt.get(`open ${name}`) ?? 0);
    if (Date.now() - last < FRESH_MS) return Promise.resolve();
    const end = (): void => {
      pending.delete(key);
      readAt.set(key, Date.now());
    };
    const running = pending.get(key) ?? read(name, isOpen).finally(end);
    pending.set(key, running);
    return running;
  };
}

/** What was read before, where nothing changed. */
function sameOr<T>(before: readonly T[] | undefined, now: readonly T[]): readonly T[] {
  if (before === undefined || before.length !== now.length) return now;
  return JSON.stringify(before) === JSON.stringify(now) ? before : now;
}
