import { perObject } from '../../../remember.ts';
import type { BackOff } from '../../../retry/back-off.ts';
import type { RunStatus } from '../../../status/run.ts';
import { NO_CLUSTER, type TargetStatus } from '../../../status/target.ts';
import type { RegistryView } from '../../connect/registry.ts';
import { mergedOnce } from './once.ts';

/**
 * Everything that views are made from, as it was read last. Rows and runs stand by their cluster, and by `-` where they belong
 * to none; a cluster that was not read yet is in neither.
 */
export interface World {
  /** The same object while nothing in it changed. */
  registry: RegistryView;
  /** The same array as long as nothing in it changed, so that what is computed from it can be kept. */
  rows: ReadonlyMap<string, readonly TargetStatus[]>;
  /** Newest first; the same array while nothing changed, too. */
  runs: ReadonlyMap<string, readonly RunStatus[]>;
  /** Clusters that keep failing. */
  backOffs: ReadonlyMap<string, BackOff>;
  /** What could not be read, for people. */
  notSeen: readonly string[];
}

const NOTHING: readonly never[] = [];

export function rowsOf({ rows }: World, cluster: string): readonly TargetStatus[] {
  return rows.get(cluster) ?? NOTHING;
}

export function runsOf({ runs }: World, cluster: string): readonly RunStatus[] {
  return runs.get(cluster) ?? NOTHING;
}

/** Names of all clusters that are registered, invalid ones included, in the order of the alphabet. */
export function clusterNames({ registry }: Pick<World, 'registry'>): readonly string[] {
  return namesIn(registry);
}

const namesIn = perObject(({ clusters, bad }: RegistryView): readonly string[] => {
  const invalid = bad.flatMap(({ kind, name }) => (kind === 'Cluster' ? [name] : []));
  return [...new Set([...clusters.map(({ metadata }) => metadata.name), ...invalid])].sort();
});

/** Problems that have no target. */
export function problemRows(world: World): readonly TargetStatus[] {
  return rowsOf(world, NO_CLUSTER);
}

/** Something of the targets of all clusters, and of those of one. */
interface OverClusters<T> {
  (world: World): T;
  part: (rows: readonly TargetStatus[]) => T;
}

/**
 * What the targets of all clusters come to: computed for each cluster whose rows changed, and of the others taken over. A
 * fleet of a thousand clusters costs no more than what happened in it.
 */
export function overClusters<T extends object>(
  partOf: (rows: readonly TargetStatus[]) => T,
  merge: (parts: readonly T[]) => T,
): OverClusters<T> {
  const part = perObject(partOf);
  const merged = mergedOnce(merge);
  const all = perObject((world: World) =>
    merged(clusterNames(world).map((cluster) => part(rowsOf(world, cluster)))),
  );
  return Object.assign(all, { part });
}
