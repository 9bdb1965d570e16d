import type { Result, Work } from './deliver/result.ts';
import { type Code, failureOf } from './errors.ts';
import type { Ports } from './ports.ts';
import {
  afterFailure,
  type Circuit,
  heldForMs,
  isClusterWide,
  isProbe,
  releaseMs,
} from './report/circuit.ts';

type Circuits = ReadonlyMap<string, Circuit>;

/**
 * Splits work by the state of its clusters: what may be tried now, and what waits for a cluster's next probe. A cluster
 * whose probe is due gets one target as the probe; the others go on waiting for what it finds.
 */
export function holdBack(works: readonly Work[], circuits: Circuits, ports: Pick<Ports, 'clock'>) {
  const free: Work[] = [];
  const held: Result[] = [];
  const probing = new Set<string>();
  const now = ports.clock.now();
  for (const work of works) {
    const { cluster } = work.claim.target;
    const circuit = circuits.get(cluster);
    const waits = heldForMs(circuit, now);
    if (waits === 0 && !probing.has(cluster)) {
      free.push(work);
      if (isProbe(circuit)) probing.add(cluster);
    } else held.push(heldResult(work, waits, ports.clock.random()));
  }
  return { free, held, probing };
}

function heldResult(work: Work, heldMs: number, random: number): Result {
  return {
    work,
    code: 'CLUSTER_PROBED',
    message: `cluster ${work.claim.target.cluster} keeps failing; this target waits for its next probe`,
    retryAfterMs: releaseMs(heldMs, random),
  };
}

/** Before a probe: the next one is put off first, so that no other instance probes at the same time. */
export async function announceProbes(
  ports: Pick<Ports, 'clock' | 'status' | 'log'>,
  probing: ReadonlySet<string>,
  circuits: Circuits,
  signal: AbortSignal,
): Promise<void> {
  await saveAll(
    ports,
    [...probing].map((cluster) => [cluster, afterFailure(circuits.get(cluster), ports.clock.now())] as const),
    signal,
  );
}

/** After a delivery: one failure more for clusters that only failed, none any more for those that answered. */
export async function recordHealth(
  ports: Pick<Ports, 'clock' | 'status' | 'log'>,
  results: readonly Result[],
  circuits: Circuits,
  signal: AbortSignal,
): Promise<void> {
  const tried = results.filter((result) => result.code !== 'CLUSTER_PROBED' && result.code !== 'OUT_OF_TIME');
  const answered = new Set(tried.filter((one) => !isClusterWide(one.code)).map(clusterOf));
  const failed = new Set(tried.map(clusterOf).filter((cluster) => !answered.has(cluster)));
  const recovered = [...answered].filter((cluster) => circuits.has(cluster));
  const changes = [
    ...[...failed].map(
      (cluster) => [cluster, afterFailure(circuits.get(cluster), ports.clock.now())] as const,
    ),
    ...recovered.map((cluster) => [cluster, undefined] as const),
  ];
  await saveAll(ports, changes, signal);
}

function clusterOf(result: Result): string {
  return result.work.claim.target.cluster;
}

/** The same for one cluster that a run looked at as a whole. */
export async function recordClusterHealth(
  ports: Pick<Ports, 'clock' | 'status' | 'log'>,
  cluster: string,
  failure: Code | undefined,
  circuits: Circuits,
  signal: AbortSignal,
): Promise<void> {
  const known = circuits.get(cluster);
  if (failure !== undefined && isClusterWide(failure))
    return saveAll(ports, [[cluster, afterFailure(known, ports.clock.now())]], signal);
  return known === undefined ? undefined : saveAll(ports, [[cluster, undefined]], signal);
}

/** Losing one of these only costs requests to a sick cluster, so a failure is noted and nothing more. */
async function saveAll(
  ports: Pick<Ports, 'status' | 'log'>,
  changes: readonly (readonly [string, Circuit | undefined])[],
  signal: AbortSignal,
): Promise<void> {
  const saves = changes.map(([cluster, circuit]) => ports.status.saveCircuit(cluster, circuit, signal));
  const failed = (await Promise.allSettled(saves)).find((one) => one.status === 'rejected');
  if (failed === undefined) return;
  const { code, message } = failureOf(failed.reason);
  ports.log.note(code, message);
}
