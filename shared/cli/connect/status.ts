import pLimit from 'p-limit';
import { NO_CLUSTER } from '../../status/target.ts';
import type { RegistryView } from './registry.ts';

const PARALLEL = 8;

/** A partition of the status tables per cluster, and one for what has none; or the clusters asked for. */
export function partitionsOf(asked: readonly string[] | undefined, { clusters }: RegistryView): string[] {
  return [...(asked ?? [...clusters.map(({ metadata }) => metadata.name), NO_CLUSTER])];
}

/** One query per partition, a few at a time. */
export async function fromAll<T>(
  partitions: readonly string[],
  query: (partition: string) => Promise<readonly T[]>,
): Promise<T[]> {
  return (await pLimit(PARALLEL).map([...partitions], query)).flat();
}
