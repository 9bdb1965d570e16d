import { type Failure, failureOf, VaultcastError } from '../errors.ts';
import type { Ports, Settings } from '../ports.ts';
import type { Target } from '../route/targets.ts';
import { type Outcome, unwritten } from '../status/outcome.ts';
import { whileListening } from '../time.ts';
import { observe, type Observation } from './observe.ts';

type KubernetesAndClock = Pick<Ports, 'kubernetes' | 'clock'>;

/** How long observations are waited for. */
interface Pace {
  /** The first wave reads its sources when all have answered, or this long after the first answer. */
  gateMs: number;
  /** The second wave, of those that answered later: this long after the first answer, whoever is still missing. */
  lateMs: number;
  /** The last one, of those that answered even later. */
  lastMs: number;
  /** Targets that answer later than this, counted from their own request, fail for now. */
  observationMs: number;
}

/** Who is in what a hurry. */
export const PACES = {
  /** Fast clusters do not wait for slow ones, and what is late goes to the queue. */
  event: { gateMs: 200, lateMs: 450, lastMs: 2000, observationMs: 2000 },
  /** Everything that answers shares its reads. */
  run: { gateMs: 15_000, lateMs: 15_000, lastMs: 15_000, observationMs: 15_000 },
} satisfies Record<string, Pace>;

/** Observations under way. */
interface Observations {
  /** Those made when all have answered, or a moment after the first answer. */
  prompt(): Promise<Observation[]>;
  /** Those made since, when all have answered or a fixed time after the first answer: nobody waits for the slowest. */
  late(): Promise<Observation[]>;
  /** Those made since; what answers later than this has failed. */
  last(): Promise<Observation[]>;
  /** What became of those that failed or were too late; waits for what was asked. */
  missing(): Promise<Outcome[]>;
}

/** Observes every target; a target that fails or is late gets an outcome instead of an observation. */
export function startObservations(
  ports: KubernetesAndClock,
  targets: readonly Target[],
  { pace: hurry, process }: { pace: keyof typeof PACES; process: Pick<Settings['process'], 'turns'> },
  signal: AbortSignal,
): Observations {
  const pace = PACES[hurry];
  const closing = new AbortController();
  const look = looking(ports, pace, process.turns, { signal, closed: closing.signal });
  const answered: Observation[] = [];
  const failed: Outcome[] = [];
  const first = Promise.withResolvers<void>();
  const all = Promise.all(
    targets.map(async (target) => {
      const seen = await look(target);
      if ('code' in seen) return failed.push(unwritten(target, { at: 'nothing' }, seen));
      first.resolve();
      if (closing.signal.aborted) return failed.push(unwritten(target, { at: 'nothing' }, TOO_LATE));
      return answered.push(seen);
    }),
  );
  const take = taking(answered, all, first.promise, ports.clock);
  return {
    prompt: () => take(pace.gateMs),
    late: () => take(pace.lateMs - pace.gateMs),
    last: () => take(pace.lastMs - pace.lateMs).finally(() => closing.abort(ENOUGH)),
    missing: async () => {
      await all;
      return failed;
    },
  };
}

/** Why a wait ends, where nobody asks: an abort without a reason makes an error with its stack. */
const ENOUGH = 'enough was answered';

/** Takes what was answered since it last did, when all have, or so long after the first answer. */
function taking(
  answered: readonly Observation[],
  all: Promise<unknown>,
  first: Promise<void>,
  clock: Ports['clock'],
): (ms: number) => Promise<Observation[]> {
  let taken = 0;
  return async (ms) => {
    const enough = new AbortController();
    const gate = first.then(() => clock.sleep(ms, enough.signal));
    await Promise.race([all, gate.catch(() => undefined)]);
    enough.abort(ENOUGH);
    const since = taken;
    taken = answered.length;
    return answered.slice(since);
  };
}

/** No blame: it answered, or was not even asked, while others were served. */
const TOO_LATE: Failure = { code: 'OUT_OF_TIME', message: 'the cluster answered too late for this event' };
const NO_TIME: Failure = { code: 'OUT_OF_TIME', message: 'the time budget ended' };
const NOT_ASKED: Failure = { code: 'OUT_OF_TIME', message: 'there was no time to ask the cluster for it' };

/**
 * A target's time begins with its turn: it is not late because others are, nor is its cluster that was not asked, because
 * there was no token or no connection of ours was free: the port tells. Once a cluster was too late and has never
 * answered, its other targets are not asked any more; nor is anything once the last wave is closed.
 */
function looking(
  ports: KubernetesAndClock,
  { observationMs }: Pace,
  turns: Settings['process']['turns'],
  { signal, closed }: { signal: AbortSignal; closed: AbortSignal },
) {
  const heard = new Set<string>();
  const silent = new Set<string>();
  const late: Failure = {
    code: 'CLUSTER_TIMEOUT',
    message: `the API server did not answer within ${observationMs} ms`,
  };
  const tooLate = (): VaultcastError => new VaultcastError(late.code, late.message);
  return async (target: Target): Promise<Observation | Failure> => {
    const { cluster } = target.ref;
    try {
      return await turns(cluster, async () => {
        if (closed.aborted) return NOT_ASKED;
        if (silent.has(cluster) && !heard.has(cluster)) return late;
        const seen = await whileListening(
          ports.clock,
          observationMs,
          signal,
          (inTime) => observe(ports, target, inTime),
          tooLate,
        );
        heard.add(cluster);
        return seen;
      });
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code !== 'CLUSTER_TIMEOUT') return failure;
      if (signal.aborted) return NO_TIME;
      silent.add(cluster);
      return failure;
    }
  };
}
