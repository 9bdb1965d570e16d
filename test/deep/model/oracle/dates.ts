import type { Universe, Observer, Task } from '../world/shape.ts';
import { latestOf } from '../world/history.ts';
import { isAnyPatient, isUpToDate, standings } from './reference.ts';
import type { Accuse } from './rules.ts';

const MINUTE_MS = 60_000;
/** Two minutes, and what clocks differ by. */
export const LATE_MS = 6 * MINUTE_MS;

/** A run that a replica's late answer reached, its own or one that it shared, need not know of a date. */
const LATE_READ_MS = 15 * MINUTE_MS;

/** A run that went through a cluster, and how much had happened by then. */
interface CleanRun {
  ms: number;
  moments: number;
  struck: number;
}

const isAbout = (what: string, source: string): boolean =>
  what.includes(`not ${source}#`) || what.endsWith(` ${source}`);

/** Judges, while nothing runs, whether versions that waited for their date came in time by their message alone. */
export interface Dates extends Observer {
  judge(): void;
}

/** @param mishaps how often anything has gone wrong so far */
export function createDates(
  universe: Universe,
  behindMs: number,
  mishaps: () => number,
  accuse: Accuse,
): Dates {
  const { time, history } = universe;
  const runs = new Map<string, CleanRun>();
  /** Clusters at which something of an invocation failed; of what is no cluster's, ''. */
  const hampered = new WeakMap<Task, Set<string>>();
  // What a run could not look into waits for the next run, and so does a date that it did not learn of.
  const isHampered = (task: Task | undefined, cluster: string): boolean => {
    const where = task && hampered.get(task);
    return where !== undefined && (where.has('') || where.has(cluster));
  };
  let lateReadMs = -Infinity;
  return {
    effect({ port }) {
      return () => {
        if (port === 'vault' && universe.vault.wasLate) lateReadMs = time.now();
      };
    },
    fault({ cluster = '' }, task) {
      hampered.set(task, (hampered.get(task) ?? new Set<string>()).add(cluster));
    },
    line({ code, cluster }, task) {
      const isLate = time.now() - lateReadMs < LATE_READ_MS;
      if (code === 'RUN_DONE' && cluster !== undefined && !isLate && !isHampered(task, cluster))
        runs.set(cluster, { ms: time.now(), moments: history.moments.length, struck: mishaps() });
    },
    judge() {
      for (const target of standings(universe, { behindMs })) {
        const run = runs.get(target.cluster);
        const isUndisturbed = run?.moments === history.moments.length && run.struck === mishaps();
        if (run === undefined || !isUndisturbed || target.live === undefined) continue;
        // What a restored vault keeps from being whole has no message of its own: every run looks into it.
        if (isAnyPatient(target)) continue;
        const due = [...target.moment.vault.keys()].filter((source) => {
          const dueMs = (latestOf(target.moment, source)?.nbf ?? 0) * 1000;
          return dueMs > run.ms - behindMs && dueMs + LATE_MS < target.now;
        });
        for (const what of isUpToDate(target).filter((one) => due.some((source) => isAbout(one, source))))
          accuse('dates', `${target.place} ${what}, whose date has come`, [target.place]);
      }
    },
  };
}
