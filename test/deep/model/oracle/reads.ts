import type { SourceRead } from '../../../../shared/source/source.ts';
import type { Observer, Task } from '../world/shape.ts';
import { numberOf } from './secrets.ts';

interface Read {
  task: Task;
  version: number;
  atMs: number;
}

/** Which versions the vault answered with, to whom. */
export interface Reads extends Observer {
  /**
   * Since when (ms) everybody who looked at this Secret was answered, at least once, with a version of the source before this
   * one; Infinity: the last who looked was not.
   */
  olderSince(place: string, source: string, version: number): number;
}

export function createReads({ time }: { time: { now(): number } }): Reads {
  const bySource = new Map<string, Read[]>();
  const places = new WeakMap<Task, Set<string>>();

  return {
    answer({ port, method, place = '', secret = '' }, task, answer) {
      if (port === 'kubernetes' && method === 'secret')
        places.set(task, (places.get(task) ?? new Set<string>()).add(place));
      if (port !== 'vault' || method !== 'read') return;
      const read = answer as SourceRead;
      if (read.state !== 'readable') return;
      const known = bySource.get(secret) ?? [];
      known.push({ task, version: numberOf(read.version.version), atMs: time.now() });
      bySource.set(secret, known);
    },
    olderSince(place, source, version) {
      const mine = (bySource.get(source) ?? []).filter(({ task }) => places.get(task)?.has(place) === true);
      const metOlder = new Set(mine.filter((one) => one.version < version).map(({ task }) => task));
      const sinceNew = mine.slice(mine.findLastIndex(({ task }) => !metOlder.has(task)) + 1);
      return sinceNew.find((one) => one.version < version)?.atMs ?? Infinity;
    },
  };
}
