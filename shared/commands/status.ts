import pLimit from 'p-limit';
import { withRuns } from '../output/held.ts';
import { problemsOf } from '../output/problem.ts';
import { clusterStatusOf, reportOf } from '../output/report.ts';
import { isProblemSelected, selectedTargets, type Selection } from '../output/select.ts';
import type { Ports } from '../ports.ts';
import type { Cluster } from '../registry/document.ts';
import { type BackOff, backingOff } from '../retry/back-off.ts';
import { NO_CLUSTER } from '../status/target.ts';
import { NEVER, within } from '../time.ts';

type StatusPorts = Pick<Ports, 'registry' | 'status' | 'clock'>;

const CLUSTERS_AT_ONCE = 8;
/** Whoever asked has given up by then. */
const ANSWER_MS = 60_000;

/** What the query of `/api/status` selects. */
export function selectionOf(query: Pick<URLSearchParams, 'get' | 'getAll'>): Selection {
  const one = (name: string): string | undefined => query.get(name) || undefined;
  const clusters = query.getAll('cluster').filter((name) => name !== '');
  return {
    ...(clusters.length === 0 ? {} : { clusters }),
    namespace: one('namespace'),
    route: one('route'),
    state: one('state'),
    vault: one('vault'),
  };
}

/** Everything an operator's dashboard needs, from the tables alone: no cluster and no vault is asked. */
export async function statusOf(ports: StatusPorts, selection: Selection) {
  return within(ports.clock, ANSWER_MS, NEVER, (signal) => report(ports, selection, signal));
}

async function report(ports: StatusPorts, selection: Selection, signal: AbortSignal) {
  const { clusters: asked } = selection;
  const [{ rows, bad: badClusters }, routes] = await Promise.all([
    ports.registry.clusters(signal),
    ports.registry.routes(signal),
  ]);
  const wanted = rows.filter(({ metadata }) => asked?.includes(metadata.name) ?? true);
  const [backOffs, without] = await Promise.all([
    ports.status.backOffs(signal).then(backingOff),
    ports.status.targets(NO_CLUSTER, signal),
  ]);
  const limit = pLimit(CLUSTERS_AT_ONCE);
  const seen = await Promise.all(
    wanted.map((cluster) => limit(() => lookAt(cluster, backOffs, ports, signal))),
  );
  const targets = selectedTargets(
    seen.flatMap((one) => one.targets),
    selection,
    routes.rows,
  );
  const found = problemsOf({
    rows: [...targets, ...without],
    bad: [...badClusters, ...routes.bad],
    backOffs,
  });
  const problems = await withRuns(
    found.filter((one) => one.spec.about === 'target' || isProblemSelected(one, selection)),
    (cluster) => ports.status.runs(cluster, signal),
  );
  return reportOf(
    seen.map(({ status }) => status),
    targets,
    problems,
    ports.clock.now(),
  );
}

async function lookAt(
  { metadata: { name }, spec: { paused } }: Cluster,
  backOffs: ReadonlyMap<string, BackOff>,
  ports: Pick<Ports, 'status'>,
  signal: AbortSignal,
) {
  const [targets, runs] = await Promise.all([
    ports.status.targets(name, signal),
    ports.status.runs(name, signal),
  ]);
  const status = clusterStatusOf({ name, paused, rows: targets, runs, backOff: backOffs.get(name) });
  return { status, targets };
}
