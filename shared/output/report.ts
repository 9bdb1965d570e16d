import type { RunStatus } from '../status/run.ts';
import { NO_CLUSTER, type TargetStatus } from '../status/target.ts';
import { API_VERSION, countsOf, isoTime, present } from './fields.ts';
import type { Output } from './json-schema.ts';

type ClusterStatus = Output<'StatusReport'>['status']['clusters'][number];

interface Known {
  name: string;
  paused: boolean;
  rows: readonly TargetStatus[];
  /** Newest first. */
  runs: readonly RunStatus[];
  /** Of a cluster in back-off. */
  backOff: { failures: number; nextTry: number } | undefined;
}

/** A cluster at a glance: its targets by state, its last run, and when it is tried next if it keeps failing. */
export function clusterStatusOf({ name, paused, rows, runs: [last], backOff }: Known): ClusterStatus {
  const lastRun = last && {
    name: last.run,
    state: last.state,
    ...present({ finishedAt: isoTime(last.finishedAt) }),
  };
  return {
    name,
    paused,
    targets: countsOf(rows.map(({ state }) => state)),
    ...present({
      lastRun,
      backOff: backOff && {
        failures: backOff.failures,
        nextTry: new Date(backOff.nextTry).toISOString(),
      },
    }),
  };
}

const MOST_PROBLEMS = 500;

/** All that an operator's dashboard needs. */
export function reportOf(
  clusters: ClusterStatus[],
  targets: readonly TargetStatus[],
  problems: readonly Output<'Problem'>[],
  now: number,
): Output<'StatusReport'> {
  const readAt = new Date(now).toISOString();
  const oldest = problems.toSorted((a, b) => ((a.status.since ?? '') < (b.status.since ?? '') ? -1 : 1));
  const shown = oldest.slice(0, MOST_PROBLEMS);
  return {
    apiVersion: API_VERSION,
    kind: 'StatusReport',
    metadata: { readAt, counts: countsOf(targets.map(({ state }) => state)) },
    status: { clusters, problems: shown, problemCount: problems.length },
    time: readAt,
    clusters: clusters.map(earlierCluster),
    problems: shown.map(earlierProblem),
  };
}

/** As release 0.1.0 said it. */
function earlierCluster({ name, paused, targets, lastRun, backOff }: ClusterStatus) {
  return {
    name,
    paused,
    targets,
    ...present({
      lastRun: lastRun && {
        run: lastRun.name,
        state: lastRun.state,
        ...present({ finished: lastRun.finishedAt }),
      },
      failingSince: backOff && { failures: backOff.failures, nextProbe: backOff.nextTry },
    }),
  };
}

/** As release 0.1.0 said it. */
function earlierProblem({ metadata, spec, status }: Output<'Problem'>) {
  const isTarget = spec.about === 'target';
  return {
    cluster: (isTarget ? spec.cluster : undefined) ?? NO_CLUSTER,
    target: isTarget ? `${spec.namespace}:${spec.name}` : metadata.name,
    state: status.state,
    code: status.reason,
    message: status.message,
    ...present({ since: status.since }),
  };
}
