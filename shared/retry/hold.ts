import type { Result, Work } from '../deliver/result.ts';
import { type Code, failureOf } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { afterFailure, type BackOff, heldForMs, isClusterWide, isProbe, releaseMs } from './back-off.ts';

type BackOffs = ReadonlyMap<string, BackOff>;

interface Split {
  free: Work[];
  /** One work per cluster whose probe is due. */
  probes: Work[];
  held: Result[];
}

/**
 * Splits work by the state of its clusters: what may be tried now, and what waits for a cluster's next probe. A cluster
 * whose probe is due gets one target as the probe, of one instance; the others go on waiting for what it finds.
 */
export async function holdBack(
  ports: Pick<Ports, 'clock' | 'status' | 'log'>,
  works: readonly Work[],
  backOffs: BackOffs,
  signal: AbortSignal,
): Promise<{ free: Work[]; held: Result[] }> {
  const { free, probes, held } = split(works, backOffs, ports);
  const claimed = await Promise.all(probes.map((work) => claim(ports, work, backOffs, signal)));
  return {
    free: [...free, ...claimed.flatMap((one) => ('code' in one ? [] : [one]))],
    held: [...held, ...claimed.flatMap((one) => ('code' in one ? [one] : []))],
  };
}

function split(works: readonly Work[], backOffs: BackOffs, ports: Pick<Ports, 'clock'>): Split {
  const [free, held]: [Work[], Result[]] = [[], []];
  const probes = new Map<string, Work>();
  for (const work of works) {
    const { cluster } = work.claim.target;
    const backOff = backOffs.get(cluster);
    const waits = heldForMs(backOff, ports.clock.now());
    if (!isProbe(backOff)) free.push(work);
    else if (waits === 0 && !probes.has(cluster)) probes.set(cluster, work);
    else held.push(heldResult(work, waits, ports.clock.random()));
  }
  return { free, probes: [...probes.values()], held };
}

/** The work when its probe is ours. A table that takes no claim must not keep a cluster waiting for ever: then, too. */
async function claim(
  ports: Pick<Ports, 'clock' | 'status' | 'log'>,
  work: Work,
  backOffs: BackOffs,
  signal: AbortSignal,
): Promise<Work | Result> {
  const { cluster } = work.claim.target;
  const seen = backOffs.get(cluster);
  if (seen === undefined) return work;
  const now = ports.clock.now();
  const next = afterFailure(seen, now);
  const mine = await ports.status.claimTry(cluster, seen, next, signal).catch((error: unknown) => {
    note(ports, error);
    return true;
  });
  return mine ? work : heldResult(work, next.nextTry - now, ports.clock.random());
}

function heldResult(work: Work, heldMs: number, random: number): Result {
  return {
    work,
    code: 'CLUSTER_PROBED',
    message: `cluster ${work.claim.target.cluster} keeps failing; this target waits for its next probe`,
    retryAfterMs: releaseMs(heldMs, random),
  };
}

/** With these codes the cluster was not asked, or nobody knows what it would have said. */
const UNASKED: ReadonlySet<Code> = new Set<Code>([
  'CLUSTER_PROBED',
  'OUT_OF_TIME',
  'TOKEN_UNAVAILABLE',
  'CLUSTER_CREDENTIAL',
  'CLUSTER_NOT_ALLOWED',
]);

/** After a delivery: one failure more for clusters that only failed, none any more for those that answered. */
export async function recordHealth(
  ports: Pick<Ports, 'clock' | 'status' | 'log'>,
  results: readonly Result[],
  backOffs: BackOffs,
  signal: AbortSignal,
): Promise<void> {
  const tried = results.filter((result) => !UNASKED.has(result.code));
  const answered = new Set(tried.filter((one) => !isOfCluster(one)).map(clusterOf));
  const failed = new Set(tried.map(clusterOf).filter((cluster) => !answered.has(cluster)));
  const recovered = [...answered].filter((cluster) => backOffs.has(cluster));
  const changes = [
    ...[...failed].map(
      (cluster) => [cluster, afterFailure(backOffs.get(cluster), ports.clock.now())] as const,
    ),
    ...recovered.map((cluster) => [cluster, undefined] as const),
  ];
  await saveAll(ports, changes, signal);
}

/**
 * A 500 to a write after good answers to reads says something of that target, such as a webhook of its namespace that is
 * down; it must not make the cluster's other targets wait.
 */
function isOfCluster({ code, gathered }: Result): boolean {
  return isClusterWide(code) && !(code === 'CLUSTER_FAILED' && gathered !== undefined);
}

function clusterOf(result: Result): string {
  return result.work.claim.target.cluster;
}

/**
 * The same for one cluster after a run; `failure` is undefined for a run that went through. A run that ended for another
 * reason, such as a table that did not answer, says nothing of the cluster and so clears nothing.
 */
export async function recordClusterHealth(
  ports: Pick<Ports, 'clock' | 'status' | 'log'>,
  cluster: string,
  failure: Code | undefined,
  backOffs: BackOffs,
  signal: AbortSignal,
): Promise<void> {
  const known = backOffs.get(cluster);
  if (failure === undefined)
    return known === undefined ? undefined : saveAll(ports, [[cluster, undefined]], signal);
  if (isClusterWide(failure))
    await saveAll(ports, [[cluster, afterFailure(known, ports.clock.now())]], signal);
}

/** Losing one of these only costs requests to a sick cluster, so a failure is noted and nothing more. */
async function saveAll(
  ports: Pick<Ports, 'status' | 'log'>,
  changes: readonly (readonly [string, BackOff | undefined])[],
  signal: AbortSignal,
): Promise<void> {
  const saves = changes.map(([cluster, backOff]) => ports.status.saveBackOff(cluster, backOff, signal));
  const failed = (await Promise.allSettled(saves)).find((one) => one.status === 'rejected');
  if (failed !== undefined) note(ports, failed.reason);
}

function note(ports: Pick<Ports, 'log'>, error: unknown): void {
  const { code, message } = failureOf(error);
  ports.log.note(code, message);
}
