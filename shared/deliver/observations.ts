import { type Failure, failureOf } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { Target } from '../route/targets.ts';
import { type Outcome, unwritten } from '../status/outcome.ts';
import { within } from '../time.ts';
import { observe, type Observation } from './observe.ts';
import { turnsOf } from './turns.ts';

type KubernetesAndClock = Pick<Ports, 'kubernetes' | 'clock'>;

/** How long observations are waited for. */
export interface Pace {
  /** The first wave reads its sources when all have answered, or this long after the first answer. */
  gateMs: number;
  /** Targets that answer later than this fail for now. */
  observationMs: number;
}

/** Observations under way. */
interface Observations {
  /** Those made when all have answered, or a moment after the first answer. */
  prompt(): Promise<Observation[]>;
  /** All there will be. */
  all(): Promise<Observation[]>;
  /** Targets that failed or were late; complete after `all`. */
  failures(): Outcome[];
}

/** Observes every target; a target that fails or is late gets an outcome instead of an observation. */
export function startObservations(
  ports: KubernetesAndClock,
  targets: readonly Target[],
  { pace, concurrency }: { pace: Pace; concurrency: number },
  signal: AbortSignal,
): Observations {
  const look = looking(ports, pace, turnsOf(concurrency), signal);
  const answered: Observation[] = [];
  const failed: Outcome[] = [];
  const first = Promise.withResolvers<void>();
  const all = Promise.all(
    targets.map(async (target) => {
      const seen = await look(target);
      if ('code' in seen) return failed.push(unwritten(target, { at: 'nothing' }, seen));
      first.resolve();
      return answered.push(seen);
    }),
  );
  return {
    async prompt() {
      const enough = new AbortController();
      const gate = first.promise.then(() => ports.clock.sleep(pace.gateMs, enough.signal));
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
function looking(
  ports: KubernetesAndClock,
  { observationMs }: Pace,
  turns: ReturnType<typeof turnsOf>,
  signal: AbortSignal,
) {
  const heard = new Set<string>();
  const silent = new Set<string>();
  const late: Failure = {
    code: 'CLUSTER_TIMEOUT',
    message: `the API server did not answer within ${observationMs} ms`,
  };
  return async (target: Target): Promise<Observation | Failure> => {
    const { cluster } = target.ref;
    try {
      return await turns(cluster, async () => {
        if (silent.has(cluster) && !heard.has(cluster)) return late;
        const seen = await within(ports.clock, observationMs, signal, (inTime) =>
          observe(ports, target, inTime),
        );
        heard.add(cluster);
        return seen;
      });
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code !== 'OUT_OF_TIME' || signal.aborted) return failure;
      silent.add(cluster);
      return late;
    }
  };
}
