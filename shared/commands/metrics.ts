import pLimit from 'p-limit';
import { CODES, VaultcastError } from '../errors.ts';
import { openMetrics, sample } from '../output/metrics.ts';
import { problemsOf } from '../output/problem.ts';
import type { Ports } from '../ports.ts';
import type { Cluster } from '../registry/document.ts';
import { type BackOff, backingOff, isBackingOff } from '../retry/back-off.ts';
import type { RunStatus } from '../status/run.ts';
import { NO_CLUSTER, ROW_STATES } from '../status/target.ts';
import { NEVER, within } from '../time.ts';
import { commit, version } from '../version.ts';

type MetricsPorts = Pick<Ports, 'registry' | 'status' | 'queue' | 'clock'>;

/** Prometheus waits 10 s unless told otherwise. */
const ANSWER_MS = 9000;
const CLUSTERS_AT_ONCE = 16;

/**
 * How the fleet is doing, in the text of OpenMetrics: from what runs summed up, the problems, and the queues, so that it costs a
 * small question for each cluster, however many targets there are. Rejects when one of them cannot be read: a scrape that
 * failed says more than metrics that are missing.
 */
export async function metricsOf(ports: MetricsPorts): Promise<string> {
  return within(ports.clock, ANSWER_MS, NEVER, async (signal) => openMetrics(await samplesOf(ports, signal)));
}

async function samplesOf({ registry, status, queue, clock }: MetricsPorts, signal: AbortSignal) {
  const [clusters, routes, backOffs, without, lengths] = await Promise.all([
    registry.clusters(signal),
    registry.routes(signal),
    status.backOffs(signal),
    status.targets(NO_CLUSTER, signal),
    queue.lengths(signal),
  ]);
  const [failure] = lengths.failures;
  if (failure !== undefined) throw new VaultcastError(failure.code, failure.message);
  const limit = pLimit(CLUSTERS_AT_ONCE);
  const looks = await Promise.all(
    clusters.rows.map(({ metadata: { name } }) => limit(() => status.lastLooks(name, signal))),
  );
  const now = clock.now();
  const bad = [...clusters.bad, ...routes.bad];
  return [
    sample('vaultcast_build_info', { version: version(), commit: commit() }, 1),
    ...clusters.rows.flatMap((cluster) => clusterSamples(cluster, backOffs.get(cluster.metadata.name))),
    ...clusters.rows.flatMap(({ metadata: { name } }, at) => [
      ...newestSamples(name, looks[at]?.newest, now),
      ...completeSamples(name, looks[at]?.complete),
    ]),
    ...problemSamples(problemsOf({ rows: without, bad, backOffs: backingOff(backOffs) })),
    ...lengths.known.flatMap(({ queue: name, messages, oldestMs }) => queueSamples(name, messages, oldestMs)),
  ];
}

function clusterSamples({ metadata, spec }: Cluster, backOff: BackOff | undefined) {
  const labels = { cluster: metadata.name };
  const nextTry = isBackingOff(backOff) ? [backOff.nextTry] : [];
  return [
    sample('vaultcast_cluster_paused', labels, spec.paused ? 1 : 0),
    sample('vaultcast_cluster_consecutive_failures', labels, backOff?.failures ?? 0),
    ...nextTry.map((at) => sample('vaultcast_cluster_next_try_timestamp_seconds', labels, at / 1000)),
  ];
}

function completeSamples(cluster: string, run: Pick<RunStatus, 'finishedAt'> | undefined) {
  return run === undefined
    ? []
    : [sample('vaultcast_last_complete_run_timestamp_seconds', { cluster }, run.finishedAt / 1000)];
}

/** A run of version 0.1.0 says nothing but when it ended. */
function newestSamples(
  cluster: string,
  run: Pick<RunStatus, 'finishedAt' | 'summary'> | undefined,
  now: number,
) {
  if (run === undefined) return [];
  const { finishedAt, summary } = run;
  const labels = { cluster };
  const ended = sample('vaultcast_last_run_timestamp_seconds', labels, finishedAt / 1000);
  if (summary === undefined) return [ended];
  const { targets, failingSince, expires } = summary;
  const failingMs = failingSince === 0 ? 0 : Math.max(0, now - failingSince);
  return [
    ended,
    ...targetSamples(cluster, targets),
    sample('vaultcast_oldest_failing_target_age_seconds', labels, failingMs / 1000),
    ...(expires === 0 ? [] : [sample('vaultcast_next_expiry_timestamp_seconds', labels, expires)]),
  ];
}

/** A row may hold anything for a word, names of secrets included: what is no state and no code is none here. */
function targetSamples(cluster: string, targets: Readonly<Record<string, number>>) {
  const counts = new Map<string, number>();
  for (const [what, count] of Object.entries(targets)) {
    const [state = '', code = ''] = what.split(' ');
    const known = [isRowState(state) ? state : 'unknown', Object.hasOwn(CODES, code) ? code : ''].join(' ');
    counts.set(known, (counts.get(known) ?? 0) + count);
  }
  return [...counts].map(([known, count]) => {
    const [state, code] = known.split(' ');
    return sample('vaultcast_targets', { cluster, state, code }, count);
  });
}

const STATES: ReadonlySet<string> = new Set(ROW_STATES);
const isRowState = (state: string): boolean => STATES.has(state);

function problemSamples(problems: ReturnType<typeof problemsOf>) {
  const counts = new Map<
    string,
    { labels: Record<'about' | 'code', string> & { cluster?: string }; count: number }
  >();
  for (const { spec, status } of problems) {
    const labels = {
      about: spec.about,
      code: status.reason,
      ...(spec.cluster !== undefined && { cluster: spec.cluster }),
    };
    const key = JSON.stringify(labels);
    counts.set(key, { labels, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()].map(({ labels, count }) => sample('vaultcast_problems', labels, count));
}

function queueSamples(queue: string, messages: number, oldestMs = 0) {
  return [
    sample('vaultcast_queue_messages', { queue }, messages),
    sample('vaultcast_queue_oldest_message_age_seconds', { queue }, oldestMs / 1000),
  ];
}
