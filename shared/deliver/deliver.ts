import { failureOf } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { unlessAborted } from '../time.ts';
import { type Gathering, gathering, latestOf } from './gather.ts';
import type { Observed } from './observe.ts';
import type { Result, Terms, Work } from './result.ts';
import { pushTarget } from './target.ts';
import { type Turns, turnsOf } from './turns.ts';
import { watchTargets } from './watch.ts';

type World = Pick<Ports, 'kubernetes' | 'vault' | 'registry' | 'clock'>;

/**
 * Brings targets up to date: observe all at once, then read, then write on condition of what was observed. Targets that
 * answer promptly share the first read of each source, later ones the second; the third confirms what was created and
 * serves those whose write met a conflict. So a source is read at most three times, however many clusters there are, and
 * no read is older than the observation its write depends on.
 */
export async function deliver(
  ports: World,
  works: readonly Work[],
  terms: Terms,
  signal: AbortSignal,
): Promise<Result[]> {
  const turns = turnsOf(terms.concurrency);
  const wave = (batch: readonly Observed[]): Promise<Result[]> => {
    const reads = gathering(ports, signal);
    const pushed = batch.map((observed) =>
      turns(observed.work.claim.target.cluster, () => push(ports, observed, reads, terms, signal)),
    );
    return Promise.all(pushed);
  };
  const watch = watchTargets(ports, works, terms, signal);
  const first = await watch.prompt();
  const firstResults = wave(first);
  const late = (await watch.all()).filter((observed) => !first.includes(observed));
  const lateResults = wave(late);
  const results = [...(await firstResults), ...(await lateResults), ...watch.failures()];
  return confirm(ports, results, terms, turns, signal);
}

/** Pushes one target; when the time budget ends first, that is its result, whatever the other side does. */
async function push(
  ports: World,
  observed: Observed,
  reads: Gathering,
  terms: Terms,
  signal: AbortSignal,
): Promise<Result> {
  const { work } = observed;
  return unlessAborted(signal, pushTarget(ports, observed, reads, terms, signal)).catch((error: unknown) => ({
    work,
    ...failureOf(error),
  }));
}

/**
 * Absence has no version to write against: a newer version may have been delivered, and the Secret deleted, while an older
 * one was being created. So the sources of what was created are read once more, and a target is pushed again when one
 * moved. Conflicts start again with an observation of their own and share this read.
 */
async function confirm(
  ports: World,
  results: readonly Result[],
  terms: Terms,
  turns: Turns,
  signal: AbortSignal,
): Promise<Result[]> {
  const conflicts = results.filter((result) => result.code === 'CONFLICT');
  const created = results.filter((result) => result.created === true);
  if (conflicts.length === 0 && created.length === 0) return [...results];
  const watch = watchTargets(
    ports,
    conflicts.map((result) => result.work),
    terms,
    signal,
  );
  const observed = await watch.all();
  const reads = gathering(ports, signal);
  const again = await Promise.all(
    observed.map((one) => turns(one.work.claim.target.cluster, () => push(ports, one, reads, terms, signal))),
  );
  const confirmed = await Promise.all(created.map((result) => unmoved(result, reads)));
  const rest = results.filter((result) => !conflicts.includes(result) && !created.includes(result));
  return [...rest, ...confirmed, ...again.map(unconfirmed), ...watch.failures()];
}

/** The result of a creation, unless a source moved meanwhile. */
async function unmoved(result: Result, reads: Gathering): Promise<Result> {
  const { vault } = result.work.claim.route.spec;
  for (const [name, before] of result.gathered ?? []) {
    const now = await reads.source({ vault, name });
    if (now.state === 'unreadable') return { ...result, ...now.failure };
    if (latestOf(now) !== latestOf(before))
      return {
        ...result,
        code: 'CONFLICT',
        message: `a newer version of ${name} appeared while the Secret was created`,
      };
  }
  return result;
}

/** A Secret created by the last wave has no confirming read left in this delivery: the queue looks once more. */
function unconfirmed(result: Result): Result {
  if (result.created !== true) return result;
  return {
    ...result,
    code: 'CONFLICT',
    message: 'the Secret was created after a conflict and is looked at once more',
  };
}
