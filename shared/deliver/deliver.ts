import { type Failure, failureOf } from '../errors.ts';
import type { Ports, Settings } from '../ports.ts';
import type { Target } from '../route/targets.ts';
import { latestOf } from '../source/source.ts';
import { type Outcome, unwritten } from '../status/outcome.ts';
import { unlessAborted } from '../time.ts';
import { type PACES, startObservations } from './observations.ts';
import type { Observation } from './observe.ts';
import { listingsOf, type Reads, startReads } from './reads.ts';
import { standingProof } from './standing-proof.ts';
import { syncTarget } from './sync-target.ts';

type World = Pick<Ports, 'kubernetes' | 'clock' | 'vault' | 'registry' | 'status'>;

/** How a delivery goes about its targets. */
interface Delivery extends Pick<Settings, 'instance' | 'process'> {
  pace: keyof typeof PACES;
  /** Decide everything, write nothing. */
  dryRun: boolean;
  /** Queues a look at the target that outlives this process; rejects when the queue takes nothing. */
  safeguard: (target: Target) => Promise<void>;
}

/** Later than any delivery of an event ends: a message that looks whether what was deleted is back. */
export const SAFEGUARD_MS = 60_000;

/** Syncs observed targets with reads of their own. */
type Sync = (observed: readonly Observation[], reads: Reads) => Promise<Outcome[]>;

/**
 * Brings targets up to date: observe all at once, then read, then write on condition of what was observed. Targets that
 * answer promptly share the first read of each source, later ones the second; the third confirms what was created, and
 * serves those that answered last and those whose write met a conflict. So a source is read at most three times, however many clusters there are, and
 * no read is older than the observation its write depends on.
 */
export async function deliver(
  ports: World,
  targets: readonly Target[],
  delivery: Delivery,
  signal: AbortSignal,
): Promise<Outcome[]> {
  const sync = syncing(ports, delivery, signal);
  const observations = startObservations(ports, targets, delivery, signal);
  const first = sync(await observations.prompt(), startReads(ports, signal));
  const late = sync(await observations.late(), startReads(ports, signal));
  const last = await observations.last();
  const outcomes = [...(await first), ...(await late), ...(await observations.missing())];
  return startAgain(ports, outcomes, { ...delivery, last }, sync, signal);
}

/**
 * The same for targets that do not stand there, of which a run may have thousands: all are observed before the one listing
 * of each vault that tells what feeds them, and then brought up to date some at a time.
 */
export async function* deliverAbsent(
  ports: World,
  targets: readonly Target[],
  { atOnce, ...delivery }: Delivery & { atOnce: number },
  signal: AbortSignal,
): AsyncGenerator<Outcome[]> {
  const sync = syncing(ports, delivery, signal);
  const observations = startObservations(ports, targets, delivery, signal);
  const observed = await allOf(observations);
  yield await observations.missing();
  const listing = listingsOf(ports, signal);
  for (let start = 0; start < observed.length; start += atOnce) {
    const reads = { ...startReads(ports, signal), listing };
    const outcomes = await sync(observed.slice(start, start + atOnce), reads);
    yield await startAgain(ports, outcomes, { ...delivery, last: [] }, sync, signal);
  }
}

async function allOf(observations: ReturnType<typeof startObservations>): Promise<Observation[]> {
  return [...(await observations.prompt()), ...(await observations.late()), ...(await observations.last())];
}

function syncing({ kubernetes, clock, status }: World, delivery: Delivery, signal: AbortSignal): Sync {
  const { instance, dryRun, process, safeguard } = delivery;
  const proof = ({ ref }: Target): Promise<string> => standingProof(status, ref, signal);
  return (observed, reads) => {
    const wave = { kubernetes, clock, reads, instance, dryRun, safeguard, proof, signal };
    const one = (seen: Observation) => () => inTime(seen, syncTarget(wave, seen), signal);
    return Promise.all(observed.map((seen) => process.turns(seen.target.ref.cluster, one(seen))));
  };
}

/** What the push came to; when the time budget ends first, that is the outcome, whatever the other side does. */
function inTime({ target }: Observation, push: Promise<Outcome>, signal: AbortSignal): Promise<Outcome> {
  return unlessAborted(signal, push).catch((error: unknown) =>
    unwritten(target, { at: 'nothing' }, failureOf(error)),
  );
}

/**
 * Absence has no version to write against: a newer version may have been delivered, and the Secret deleted, while an older
 * one was being created. So the sources of what was created are read once more, and a target is tried again when one
 * moved. Conflicts start again with an observation of their own and share this read, as does what was observed last.
 */
async function startAgain(
  ports: World,
  outcomes: readonly Outcome[],
  { last, ...delivery }: Delivery & { last: readonly Observation[] },
  sync: Sync,
  signal: AbortSignal,
): Promise<Outcome[]> {
  const conflicts = outcomes.filter(({ code }) => code === 'CONFLICT');
  const created = outcomes.flatMap((outcome) => (wasCreated(outcome) ? [outcome] : []));
  if (conflicts.length === 0 && created.length === 0 && last.length === 0) return [...outcomes];
  const targets = conflicts.map(({ target }) => target);
  const observations = startObservations(ports, targets, delivery, signal);
  const observed = [...last, ...(await allOf(observations))];
  const reads = startReads(ports, signal);
  const again = await sync(observed, reads);
  const confirmed = await Promise.all(created.map((outcome) => unlessMoved(outcome, reads)));
  const rest = outcomes.filter((outcome) => !conflicts.includes(outcome) && !wasCreated(outcome));
  return [...rest, ...confirmed, ...again.map(unconfirmed), ...(await observations.missing())];
}

type Synced = Extract<Outcome, { kind: 'synced' }>;

/** The Secret was absent before, or is a new one: its sources must be read once more. */
function wasCreated(outcome: Outcome): outcome is Synced {
  if (outcome.kind !== 'synced') return false;
  return outcome.effect.action === 'create' || outcome.effect.action === 'replace';
}

/** The outcome of a creation, unless a source moved meanwhile. */
async function unlessMoved(outcome: Synced, reads: Reads): Promise<Outcome> {
  const { look, target } = outcome;
  const { vault } = target.route.spec;
  for (const [name, before] of look.at === 'sources' ? look.sources : []) {
    const now = await reads.source({ vault, name });
    if (now.state === 'unreadable') return withFailure(outcome, now.failure);
    const message = `a newer version of ${name} appeared while the Secret was created`;
    if (latestOf(now)?.version !== latestOf(before)?.version)
      return withFailure(outcome, { code: 'CONFLICT', message });
  }
  return outcome;
}

/** A Secret created by the last wave has no confirming read left in this delivery: the queue looks once more. */
function unconfirmed(outcome: Outcome): Outcome {
  if (!wasCreated(outcome)) return outcome;
  const message = 'the Secret was created after a conflict and is looked at once more';
  return withFailure(outcome, { code: 'CONFLICT', message });
}

function withFailure(outcome: Synced, failure: Failure): Outcome {
  const { code, message } = failure;
  return { ...outcome, code, message, unfinished: [failure] };
}
