import { type Failure, failureOf } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { within } from '../time.ts';
import { observe, type Observed } from './observe.ts';
import type { Result, Terms, Work } from './result.ts';
import { type Turns, turnsOf } from './turns.ts';

type World = Pick<Ports, 'kubernetes' | 'clock'>;

/** Observations under way. */
export interface Watch {
  /** Those made when all have answered, or a moment after the first answer. */
  prompt(): Promise<Observed[]>;
  /** All there will be. */
  all(): Promise<Observed[]>;
  /** Targets that failed or were late; complete after `all`. */
  failures(): Result[];
}

/** Observes every target; a target that fails or is late gets a result instead of an observation. */
export function watchTargets(ports: World, works: readonly Work[], terms: Terms, signal: AbortSignal): Watch {
  const look = looking(ports, terms, turnsOf(terms.concurrency), signal);
  const answered: Observed[] = [];
  const failed: Result[] = [];
  const first = Promise.withResolvers<void>();
  const all = Promise.all(
    works.map(async (work) => {
      const seen = await look(work);
      if ('failure' in seen) return failed.push({ work, ...seen.failure });
      first.resolve();
      return answered.push(seen);
    }),
  );
  return {
    async prompt() {
      const enough = new AbortController();
      const gate = first.promise.then(() => ports.clock.sleep(terms.pace.gateMs, enough.signal));
      await Promise.race([all, gate.catch(() => undefined)]);
      enough.abort();
      return [...answered];
    },
    async all() {
      await all;
      return answered;
    },
    failures: () => failed,
  };
}

/**
 * A target's time begins with its turn: it is not late because others are. Once a cluster was too late and has never
 * answered, its other targets are not asked any more.
 */
function looking(ports: World, { pace: { observationMs } }: Terms, turns: Turns, signal: AbortSignal) {
  const heard = new Set<string>();
  const silent = new Set<string>();
  const late: Failure = {
    code: 'CLUSTER_TIMEOUT',
    message: `the API server did not answer within ${observationMs} ms`,
  };
  return async (work: Work): Promise<Observed | { failure: Failure }> => {
    const { cluster } = work.claim.target;
    try {
      return await turns(cluster, async () => {
        if (silent.has(cluster) && !heard.has(cluster)) return { failure: late };
        const seen = await within(ports.clock, observationMs, signal, (inTime) =>
          observe(ports, work, inTime),
        );
        heard.add(cluster);
        return seen;
      });
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code !== 'OUT_OF_TIME' || signal.aborted) return { failure };
      silent.add(cluster);
      return { failure: late };
    }
  };
}
