import pLimit from 'p-limit';
import type { Ports } from '../ports.ts';
import type { Cluster } from '../registry/document.ts';
import type { BackOff } from '../retry/back-off.ts';
import { NO_CLUSTER, type TargetStatus } from '../status/target.ts';
import { NEVER, within } from '../time.ts';

/** The answer of `/api/status`: names and codes, never a value. */
interface StatusReport {
  time: string;
  clusters: ClusterStatus[];
  /** Targets that are not current and problems without a target, the oldest first; at most MOST_PROBLEMS. */
  problems: Problem[];
}

interface ClusterStatus {
  name: string;
  paused: boolean;
  targets: Record<string, number>;
  lastRun: { run: string; state: string; finished: string | undefined } | undefined;
  failingSince: { failures: number; nextProbe: string } | undefined;
}

interface Problem {
  cluster: string;
  target: string;
  state: string;
  code: string;
  message: string;
  since: string;
}

type StatusPorts = Pick<Ports, 'registry' | 'status' | 'clock'>;

const CLUSTERS_AT_ONCE = 8;
/** Whoever asked has given up by then. */
const ANSWER_MS = 60_000;
const MOST_PROBLEMS = 500;

/** Everything an operator's dashboard needs, from the tables alone: no cluster and no vault is asked. */
export async function statusOf(ports: StatusPorts, only: string | undefined): Promise<StatusReport> {
  return within(ports.clock, ANSWER_MS, NEVER, (signal) => report(ports, only, signal));
}

async function report(
  ports: StatusPorts,
  only: string | undefined,
  signal: AbortSignal,
): Promise<StatusReport> {
  const { rows } = await ports.registry.clusters(signal);
  const wanted = rows.filter((cluster) => only === undefined || cluster.metadata.name === only);
  const backOffs = await ports.status.backOffs(signal);
  const limit = pLimit(CLUSTERS_AT_ONCE);
  const seen = await Promise.all(
    wanted.map((cluster) => limit(() => lookAt(cluster, backOffs, ports, signal))),
  );
  const without = only === undefined ? await ports.status.targets(NO_CLUSTER, signal) : [];
  const bad = [...seen.flatMap(({ targets }) => targets), ...without].filter(
    (row) => row.state !== 'synced' && row.state !== 'absent',
  );
  const problems = bad
    .sort((left, right) => left.since - right.since)
    .slice(0, MOST_PROBLEMS)
    .map(problemOf);
  return { time: iso(ports.clock.now()), clusters: seen.map(({ status }) => status), problems };
}

async function lookAt(
  { metadata: { name }, spec: { paused } }: Cluster,
  backOffs: ReadonlyMap<string, BackOff>,
  ports: Pick<Ports, 'status'>,
  signal: AbortSignal,
): Promise<{ status: ClusterStatus; targets: TargetStatus[] }> {
  const [targets, [last]] = await Promise.all([
    ports.status.targets(name, signal),
    ports.status.runs(name, signal),
  ]);
  const backOff = backOffs.get(name);
  const finished = last === undefined || last.finishedAt === 0 ? undefined : iso(last.finishedAt);
  const status: ClusterStatus = {
    name,
    paused,
    targets: countsOf(targets),
    lastRun: last && { run: last.run, state: last.state, finished },
    failingSince: backOff && { failures: backOff.failures, nextProbe: iso(backOff.nextTry) },
  };
  return { status, targets };
}

function countsOf(rows: readonly TargetStatus[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of rows) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

function problemOf({ cluster, id, state, code, message, since }: TargetStatus): Problem {
  return { cluster, target: id, state, code, message, since: iso(since) };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
