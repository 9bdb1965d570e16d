import { getHeapStatistics } from 'node:v8';
import { commit, version } from '../version.ts';

const MIB = 1024 * 1024;

/**
 * Which build a process runs and how much memory it may take: the deployment sets a heap limit as an argument of the worker,
 * and whether a worker that the platform started beforehand has it is seen here alone.
 */
export function startLine(): string {
  const limit = Math.round(getHeapStatistics().heap_size_limit / MIB);
  return `vaultcast ${version()} (${commit()}) started; its heap may take ${limit} MiB`;
}
