import { type BackOff, backingOff } from '../../retry/back-off.ts';
import type { TargetRef } from '../../names.ts';
import { NO_CLUSTER } from '../../status/target.ts';
import type { Context } from '../command.ts';
import type { RegistryOptions } from '../connect/flags.ts';
import { type RegistryView, viewOf } from '../connect/registry.ts';
import { reasonOf } from '../terminal/failure.ts';
import { createPartitions, FRESH_MS } from './partitions.ts';
import { clusterNames, runsOf, type World } from './view/world.ts';

/** Reads the tables for whoever looks, and no more often than that. */
interface Reader {
  /**
   * The world, with these clusters as they are now and the others as they were read last. Few clusters are all read.
   * Rejects when the registry cannot be read, and never was.
   */
  look(open: readonly string[]): Promise<World>;
  /** The same with these targets as they are now: what one page shows, in however many clusters and however large. */
  lookAt(targets: readonly TargetRef[]): Promise<World>;
}

/** So many clusters are read for one answer; of more, those that are open. */
const FEW = 50;
/** Likewise few clusters that have more targets than this: each thousand of them is a request. */
const FEW_TARGETS = 5000;

/** So many rows are read one by one for one answer. */
const FEW_ROWS = 200;

interface Core {
  registry: RegistryView;
  backOffs: ReadonlyMap<string, BackOff>;
}

/** Throws CliError when settings do not say where the tables are. */
export async function createReader(options: RegistryOptions, context: Context): Promise<Reader> {
  const { io } = context;
  const [registry, status] = [await context.openRegistry(options, io), await context.openStatus(options, io)];
  const partitions = createPartitions(status, io.signal);
  const sameRegistry = keptWhile<RegistryView>();
  const sameBackOffs = keptWhile<Core['backOffs']>();
  const core = refreshed(async (): Promise<Core> => {
    const read = [registry.list(io.signal), status.backOffs(io.signal)] as const;
    const [{ existing }, backOffs] = await Promise.all(read);
    const rows = existing.map(({ kind, partition, name, etag }) => [kind, partition, name, etag]);
    return {
      registry: sameRegistry(JSON.stringify(rows), viewOf(existing)),
      backOffs: sameBackOffs(JSON.stringify([...backOffs]), backingOff(backOffs)),
    };
  });
  const versions = createVersions();
  const seen = ({ known, failure }: { known: Core; failure?: string }): World => {
    const notSeen = [...(failure === undefined ? [] : [failure]), ...partitions.failures()];
    return versions({ ...known, ...partitions.seen(), notSeen });
  };
  return {
    async lookAt(targets) {
      const found = await core();
      const names = new Set(clusterNames(found.known));
      const asked = targets.filter(({ cluster }) => names.has(cluster)).slice(0, FEW_ROWS);
      await Promise.all([partitions.readNow([NO_CLUSTER]), partitions.readRows(asked)]);
      return seen(found);
    },
    async look(open) {
      const found = await core();
      const names = clusterNames(found.known);
      const isFew = names.length <= FEW && partitions.targets() <= FEW_TARGETS;
      const asked = open.filter((name) => name === NO_CLUSTER || names.includes(name)).slice(0, FEW);
      await partitions.readNow([NO_CLUSTER, ...(isFew ? names : asked)]);
      partitions.readSometime(names);
      return seen(found);
    },
  };
}

/** What was made of the same before, so that what was computed of it is found again. */
function keptWhile<T>(): (key: string, made: T) => T {
  let last: { key: string; made: T } | undefined;
  return (key, made) => {
    if (last?.key !== key) last = { key, made };
    return last.made;
  };
}

/** Reads again what is older than a page's interval; once for all who ask meanwhile. What was read once is kept when that fails. */
function refreshed<T>(read: () => Promise<T>): () => Promise<{ known: T; failure?: string }> {
  let last: { known: T; at: number } | undefined;
  let pending: Promise<T> | undefined;
  return async () => {
    if (last !== undefined && Date.now() - last.at < FRESH_MS) return { known: last.known };
    pending ??= read().finally(() => (pending = undefined));
    try {
      last = { known: await pending, at: Date.now() };
      return { known: last.known };
    } catch (error) {
      if (last === undefined) throw error;
      return { known: last.known, failure: reasonOf(error) };
    }
  };
}

/** The same object for the same content. */
function createVersions(): (world: World) => World {
  const kept = keptWhile<World>();
  const ids = new WeakMap<object, number>();
  let count = 0;
  const idOf = (part: object): number => {
    const id = ids.get(part) ?? (count += 1);
    ids.set(part, id);
    return id;
  };
  return (world) => {
    const parts = [...world.rows].map(([name, rows]) => `${name} ${idOf(rows)} ${idOf(runsOf(world, name))}`);
    const [registry, backOffs] = [idOf(world.registry), idOf(world.backOffs)];
    return kept([registry, backOffs, world.notSeen.join('|'), ...parts].join('\n'), world);
  };
}
