import { problemsOf } from '../../../output/problem.ts';
import type { ProblemDocument } from '../../../output/schema.ts';
import type { BackOff } from '../../../retry/back-off.ts';
import type { RunStatus } from '../../../status/run.ts';
import { NO_CLUSTER, type TargetStatus } from '../../../status/target.ts';
import type { RegistryView } from '../../connect/registry.ts';

/** What the tables say of one cluster, or in partition `-` of what belongs to none. */
export interface Partition {
  /** The same array as long as nothing in it changed, so that what is computed from it can be kept. */
  rows: readonly TargetStatus[];
  /** Newest first. */
  runs: readonly RunStatus[];
}

/** Everything that views are made from, as it was read last. */
export interface World {
  registry: RegistryView;
  /** By cluster; one that was not read yet is missing. */
  partitions: ReadonlyMap<string, Partition>;
  /** Clusters that keep failing. */
  backOffs: ReadonlyMap<string, BackOff>;
  /** What could not be read, for people. */
  notSeen: readonly string[];
}

const NOTHING: Partition = { rows: [], runs: [] };

export function partitionOf(world: World, cluster: string): Partition {
  return world.partitions.get(cluster) ?? NOTHING;
}

/** Names of all clusters that are registered, invalid ones included, in the order of the alphabet. */
export function clusterNames({ registry: { clusters, bad } }: Pick<World, 'registry'>): string[] {
  const invalid = bad.flatMap(({ kind, name }) => (kind === 'Cluster' ? [name] : []));
  return [...new Set([...clusters.map(({ metadata }) => metadata.name), ...invalid])].sort();
}

/** Rows of targets, cluster by cluster; what belongs to no cluster is left out. */
export function targetRows(world: World): readonly TargetStatus[] {
  return clusterNames(world).flatMap((cluster) => partitionOf(world, cluster).rows);
}

/** Problems that have no target. */
export function problemRows(world: World): readonly TargetStatus[] {
  return partitionOf(world, NO_CLUSTER).rows;
}

/** Computes something of each version of a world, or of a part of it, once. */
export function once<K extends object, V>(compute: (of: K) => V): (of: K) => V {
  const known = new WeakMap<K, V>();
  return (of) => {
    const found = known.get(of);
    if (found !== undefined) return found;
    const made = compute(of);
    known.set(of, made);
    return made;
  };
}

/** Everything that is wrong anywhere, but for the runs that help. */
export const foundIn = once((world: World): readonly ProblemDocument[] =>
  problemsOf({
    rows: [...targetRows(world), ...problemRows(world)],
    bad: world.registry.bad,
    backOffs: world.backOffs,
  }),
);
