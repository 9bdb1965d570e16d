import pLimit from 'p-limit';
import { certificateVerdicts } from '../check/certificates.ts';
import { rightsVerdicts } from '../check/rights.ts';
import { countsOf, fail, lineOf, warn } from '../check/verdict.ts';
import type { Verdict } from '../check/verdict.ts';
import { wayVerdicts } from '../check/way.ts';
import { failureOf } from '../errors.ts';
import type { Ports, Rows } from '../ports.ts';
import type { Cluster } from '../registry/document.ts';
import { isBackingOff } from '../retry/back-off.ts';
import { knownBackOffs, readBackOffs, recordClusterHealth, release } from '../retry/hold.ts';
import { askedBy, type ReconcileMessage } from '../retry/message.ts';
import { type RunStatus, startedRun } from '../status/run.ts';
import { NEVER, withDeadline } from '../time.ts';
import { lookAtCertificates } from './certificates.ts';

type Check = Extract<ReconcileMessage, { kind: 'check' }>;

type CheckPorts = Pick<Ports, 'vault' | 'registry' | 'kubernetes' | 'status' | 'queue' | 'log' | 'clock'>;

/** Clusters looked at at once. */
const CLUSTERS_AT_ONCE = 4;
/** Of one cluster: a whole message of them must end well before the function does (host.json, functionTimeout). */
const CLUSTER_MS = 60_000;
/** For the vaults whose certificates its routes ask for. */
const VAULTS_MS = 20_000;
/** What a row of `Runs` surely holds. */
const LINES_IN_ORDER = 60;

/**
 * `vaultcast check`: says of each cluster what is right, what is a warning and what is wrong, and how to fix it. The
 * results are rows of `Runs`, one per cluster. Reads only: what it "writes" are dry runs that must be refused.
 */
export async function checkClusters(message: Check, ports: CheckPorts): Promise<void> {
  const { run, clusters } = message;
  const started = clusters.map((cluster) => ({
    ...startedRun(cluster, run, 'check', ports.clock.now()),
    ...askedBy(message),
  }));
  await Promise.all(started.map((row) => save(ports, row)));
  const registered = await ports.registry.clusters(NEVER).catch(failureOf);
  const limit = pLimit(CLUSTERS_AT_ONCE);
  const checks = started.map((row) =>
    limit(async () => {
      const verdicts =
        'code' in registered
          ? [fail('registry', registered.message, 'wait, or check the connection settings REGISTRY')]
          : await verdictsOf(row.cluster, registered, ports);
      await save(ports, finishedRow(row, verdicts, ports.clock.now()));
    }),
  );
  await Promise.all(checks);
}

async function verdictsOf(name: string, { rows, bad }: Rows<Cluster>, ports: CheckPorts): Promise<Verdict[]> {
  const cluster = rows.find(({ metadata }) => metadata.name === name);
  const broken = bad.find((row) => row.name === name);
  if (broken !== undefined)
    return [fail('registry', `its row is not valid: ${broken.message}`, 'vaultcast apply -f FILE')];
  if (cluster === undefined)
    return [fail('registry', 'no Cluster of that name is registered', 'vaultcast apply -f FILE')];
  const inspection = await withDeadline(ports.clock, CLUSTER_MS, NEVER, (signal) =>
    ports.kubernetes.inspect(cluster, signal),
  );
  if (inspection.ended === undefined) await endBackOff(name, ports);
  return [
    ...wayVerdicts(inspection, cluster, ports.clock.now()),
    ...rightsVerdicts(inspection, cluster),
    ...(await certificatesOf(cluster, ports)),
  ];
}

async function certificatesOf(cluster: Cluster, ports: CheckPorts): Promise<Verdict[]> {
  return withDeadline(ports.clock, VAULTS_MS, NEVER, async (signal) => {
    const routes = await ports.registry.routes(signal).catch(failureOf);
    if (!('code' in routes))
      return certificateVerdicts(await lookAtCertificates(cluster, routes.rows, ports, signal));
    return [warn('certificates', `not looked at: ${routes.message}`, 'run the check again')];
  });
}

/** The cluster answers: what waits for its next try need not wait. */
async function endBackOff(name: string, ports: CheckPorts): Promise<void> {
  const backOffs = knownBackOffs(ports, await readBackOffs(ports, NEVER));
  if (!isBackingOff(backOffs.get(name))) return;
  await recordClusterHealth(ports, name, undefined, backOffs, NEVER);
  await release(ports, [name]);
}

/** In the order of the steps; where a row cannot hold them all, what is wrong comes first. */
function ordered(verdicts: readonly Verdict[]): readonly Verdict[] {
  if (verdicts.length <= LINES_IN_ORDER) return verdicts;
  return (['FAIL', 'WARN', 'OK'] as const).flatMap((level) => verdicts.filter((one) => one.level === level));
}

function finishedRow(row: RunStatus, verdicts: readonly Verdict[], finishedAt: number): RunStatus {
  const counts = countsOf(verdicts);
  const total = verdicts.length;
  const state = counts.FAIL > 0 ? 'failed' : 'done';
  return {
    ...row,
    state,
    finishedAt,
    done: total,
    total,
    counts: { ...counts },
    lines: ordered(verdicts).map(lineOf),
  };
}

async function save(ports: CheckPorts, row: RunStatus): Promise<void> {
  await ports.status.saveRun(row, NEVER).catch((error: unknown) => ports.log.failure(error));
}
