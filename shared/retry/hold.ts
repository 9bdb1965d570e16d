import { CODES, type Failure, failureOf } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { Target } from '../route/targets.ts';
import type { Outcome } from '../status/outcome.ts';
import { newRunId } from '../status/run.ts';
import { allEnded, NEVER, within } from '../time.ts';
import type { Shard } from './message.ts';
import { afterFailure, type BackOff, backOffText, heldForMs, isBackingOff, releaseMs } from './back-off.ts';

type BackOffs = ReadonlyMap<string, BackOff>;
type StatusAndLog = Pick<Ports, 'clock' | 'status' | 'log'>;

/** A table that is slow must not cost the event its time. */
const READ_MS = 2000;

type BackOffsRead = { backOffs: BackOffs } | { failure: Failure };

/** Never rejects: what is not known spares no sick cluster, and everything is simply tried. */
export async function readBackOffs(
  ports: Pick<Ports, 'clock'> & { status: Pick<Ports['status'], 'backOffs'> },
  signal: AbortSignal,
): Promise<BackOffsRead> {
  try {
    const read = (inTime: AbortSignal): Promise<BackOffs> => ports.status.backOffs(inTime);
    return { backOffs: await within(ports.clock, READ_MS, signal, read) };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

/** What was read, after saying so when it was nothing: an invocation may log nothing once it has ended. */
export function knownBackOffs({ log }: Pick<Ports, 'log'>, read: BackOffsRead): BackOffs {
  if ('backOffs' in read) return read.backOffs;
  log.line(read.failure);
  return new Map();
}

/**
 * Splits targets by the state of their clusters: what may be tried now, and what waits for a cluster's next try. A cluster
 * whose next try is due gets one target, of one instance; the others go on waiting for what it finds. `isOrder`: a person
 * asked, and that is a try, whenever it comes.
 */
export async function holdBack(
  ports: StatusAndLog,
  targets: readonly Target[],
  backOffs: BackOffs,
  isOrder: boolean,
  signal: AbortSignal,
): Promise<{ free: Target[]; held: Outcome[] }> {
  const { free, tries, held } = split(targets, backOffs, isOrder, ports);
  const claimed = await Promise.all(tries.map((target) => claim(ports, target, backOffs, signal)));
  return {
    free: [...free, ...claimed.flatMap((one) => ('kind' in one ? [] : [one]))],
    held: [...held, ...claimed.flatMap((one) => ('kind' in one ? [one] : []))],
  };
}

/** `tries`: one target per cluster whose next try is due. */
function split(
  targets: readonly Target[],
  backOffs: BackOffs,
  isOrder: boolean,
  { clock }: Pick<Ports, 'clock'>,
) {
  const [free, held]: [Target[], Outcome[]] = [[], []];
  const tries = new Map<string, Target>();
  for (const target of targets) {
    const { cluster } = target.ref;
    const backOff = backOffs.get(cluster);
    const waits = heldForMs(backOff, clock.now());
    if (!isBackingOff(backOff)) free.push(target);
    else if ((waits === 0 || isOrder) && !tries.has(cluster)) tries.set(cluster, target);
    else held.push(heldOutcome(target, backOff, waits, clock.random()));
  }
  return { free, tries: [...tries.values()], held };
}

/** The target when its try is ours. A table that takes no claim must not keep a cluster waiting for ever: then, too. */
async function claim(
  ports: StatusAndLog,
  target: Target,
  backOffs: BackOffs,
  signal: AbortSignal,
): Promise<Target | Outcome> {
  const { cluster } = target.ref;
  const seen = backOffs.get(cluster);
  if (seen === undefined || (await claimTry(ports, cluster, seen, signal))) return target;
  return heldOutcome(target, seen, 0, ports.clock.random());
}

/** Whether a cluster in back-off may be tried now: by one at a time, whoever asks. */
export async function claimTry(
  ports: StatusAndLog,
  cluster: string,
  seen: BackOff,
  signal: AbortSignal,
): Promise<boolean> {
  const next = afterFailure(seen, ports.clock.now());
  const isMine = await ports.status.claimTry(cluster, seen, next, signal).catch((error: unknown) => {
    ports.log.failure(error);
    return true;
  });
  return isMine || hasRecovered(ports, cluster, signal);
}

/** Who lost a try lost it to an instance that is trying now, or has found the cluster well already. */
async function hasRecovered(ports: StatusAndLog, cluster: string, signal: AbortSignal): Promise<boolean> {
  const read = await readBackOffs(ports, signal);
  return 'backOffs' in read && !isBackingOff(read.backOffs.get(cluster));
}

function heldOutcome(target: Target, backOff: BackOff, heldMs: number, random: number): Outcome {
  return {
    kind: 'held',
    target,
    look: { at: 'nothing' },
    code: 'CLUSTER_BACKOFF',
    message: `${backOffText(target.ref.cluster, backOff)}; this target waits for its next try`,
    retryAfterMs: releaseMs(heldMs, random),
  };
}

/**
 * After a delivery: one failure more for clusters that only failed, none any more for those that answered. Returns those
 * that were in back-off and are no more.
 */
export async function recordHealth(
  ports: StatusAndLog,
  outcomes: readonly Outcome[],
  backOffs: BackOffs,
  signal: AbortSignal,
): Promise<string[]> {
  const tried = outcomes.filter(({ code }) => CODES[code].cluster !== 'unasked');
  const answered = new Set(tried.filter((one) => !isOfCluster(one)).map(clusterOf));
  const failed = new Map(
    tried.flatMap((one) => (answered.has(clusterOf(one)) ? [] : [[clusterOf(one), one] as const])),
  );
  const recovered = [...answered].filter((cluster) => backOffs.has(cluster));
  const now = ports.clock.now();
  await saveAll(
    ports,
    [
      ...[...failed].map(
        ([cluster, one]) => [cluster, afterFailure(backOffs.get(cluster), now, one)] as const,
      ),
      ...recovered.map((cluster) => [cluster, undefined] as const),
    ],
    signal,
  );
  return recovered.filter((cluster) => isBackingOff(backOffs.get(cluster)));
}

/**
 * A person's try found the clusters well: a run looks at them at once, before the messages that wait for a later try. What
 * the queue does not take comes with these.
 */
export async function release(
  { queue, clock, log }: Pick<Ports, 'queue' | 'clock' | 'log'>,
  clusters: readonly string[],
): Promise<void> {
  const run = newRunId(clock.now());
  for (const cluster of clusters) {
    const shard: Shard = { kind: 'shard', run, clusters: [cluster], dryRun: false, recheck: false };
    await queue.reconcile(shard, 0, NEVER).catch((error: unknown) => log.failure(error));
  }
}

/**
 * A 500 to a write after good answers to reads says something of that target, such as a webhook of its namespace that is
 * down; it must not make the cluster's other targets wait.
 */
function isOfCluster({ code, look }: Outcome): boolean {
  return CODES[code].cluster === 'failing' && !(code === 'CLUSTER_FAILED' && look.at === 'sources');
}

function clusterOf({ target }: Outcome): string {
  return target.ref.cluster;
}

/**
 * The same for one cluster after a run; `failure` is undefined for a run that went through. A run that ended for another
 * reason, such as a table that did not answer, says nothing of the cluster and so clears nothing.
 */
export async function recordClusterHealth(
  ports: StatusAndLog,
  cluster: string,
  failure: Failure | undefined,
  backOffs: BackOffs,
  signal: AbortSignal,
): Promise<void> {
  const known = backOffs.get(cluster);
  if (failure === undefined && known !== undefined) await saveAll(ports, [[cluster, undefined]], signal);
  if (failure !== undefined && CODES[failure.code].cluster === 'failing')
    await saveAll(ports, [[cluster, afterFailure(known, ports.clock.now(), failure)]], signal);
}

/** Losing one of these only costs requests to a sick cluster, so a failure is noted and nothing more. */
async function saveAll(
  ports: StatusAndLog,
  changes: readonly (readonly [string, BackOff | undefined])[],
  signal: AbortSignal,
): Promise<void> {
  const saves = changes.map(([cluster, backOff]) => ports.status.saveBackOff(cluster, backOff, signal));
  await allEnded(saves).catch((error: unknown) => ports.log.failure(error));
}
