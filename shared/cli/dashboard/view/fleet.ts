import { countsOf } from '../../../output/fields.ts';
import { clusterStatusOf } from '../../../output/report.ts';
import { perObject } from '../../../remember.ts';
import { subjectOf } from '../../../status/problem.ts';
import type { RunStatus } from '../../../status/run.ts';
import type { TargetStatus } from '../../../status/target.ts';
import type { FleetCluster, Views } from '../views.ts';
import { seenOf } from './seen.ts';
import { clusterNames, problemRows, rowsOf, runsOf, type World } from './world.ts';

/** Every cluster at a glance, or the one of this name. */
export function fleetView(world: World, name: string | null, now: number): Views['fleet'] {
  const items = clustersOf(world).filter((one) => name === null || one.name === name);
  const counts = countsOf(items.map(({ level }) => level));
  return { kind: 'Fleet', metadata: { ...seenOf(world, now), counts }, items };
}

const clustersOf = perObject((world: World): FleetCluster[] => {
  const paused = new Map(world.registry.clusters.map(({ metadata, spec }) => [metadata.name, spec.paused]));
  const problems = Map.groupBy(problemRows(world), ({ id }) => clusterIn(id));
  return clusterNames(world).map((name) => {
    const [rows, runs] = [rowsOf(world, name), runsOf(world, name)];
    const known = { name, paused: paused.get(name) ?? false, rows: [], runs };
    const status = {
      ...clusterStatusOf({ ...known, backOff: world.backOffs.get(name) }),
      targets: targetsIn(rows),
    };
    const isRead = world.rows.has(name);
    return {
      ...status,
      ...completeIn(runs),
      ...judged(status, problems.get(name) ?? [], isRead, paused.has(name)),
    };
  });
});

/** By state; counted again only where rows changed. */
export const targetsIn = perObject((rows: readonly TargetStatus[]) =>
  countsOf(rows.map(({ state }) => state)),
);

function completeIn(runs: readonly RunStatus[]): Pick<FleetCluster, 'lastComplete'> {
  const run = runs.find(({ kind, state, scope }) => kind === 'reconcile' && state === 'done' && scope === '');
  if (run === undefined) return {};
  return { lastComplete: { name: run.run, finishedAt: new Date(run.finishedAt).toISOString() } };
}

function clusterIn(id: string): string | undefined {
  const { about, ofCluster } = subjectOf(id);
  return ofCluster ? about : undefined;
}

function judged(
  status: Pick<FleetCluster, 'paused' | 'targets' | 'lastRun' | 'backOff'>,
  problems: readonly TargetStatus[],
  isRead: boolean,
  isValid: boolean,
): Pick<FleetCluster, 'level' | 'because'> {
  if (!isValid) return { level: 'attention', because: 'its row of the registry is invalid' };
  const failing = problems.find(({ id }) => subjectOf(id).kind === 'cluster');
  if (status.backOff !== undefined || failing !== undefined) {
    const failures =
      status.backOff === undefined ? '' : `it failed ${status.backOff.failures} times in a row`;
    return { level: 'down', because: failing?.message ?? failures };
  }
  if (!isRead) return { level: 'unknown', because: 'not read yet' };
  return status.paused ? { level: 'paused', because: 'it is paused' } : judgedTargets(status, problems);
}

function judgedTargets(
  { targets, lastRun }: Pick<FleetCluster, 'targets' | 'lastRun'>,
  problems: readonly TargetStatus[],
): Pick<FleetCluster, 'level' | 'because'> {
  const stuck = said(targets, ['failed', 'refused']);
  const [problem] = problems;
  if (problem !== undefined) return { level: 'attention', because: problem.message };
  if (stuck !== '') return { level: 'attention', because: stuck };
  const waiting = said(targets, ['pending', 'degraded']);
  if (waiting !== '') return { level: 'waiting', because: waiting };
  if (lastRun === undefined && Object.keys(targets).length === 0)
    return { level: 'unknown', because: 'no run has looked at it yet' };
  return { level: 'well', because: 'everything is as it should be' };
}

/** `2 failed, 1 refused`, of those that there are. */
function said(counts: Readonly<Record<string, number>>, states: readonly string[]): string {
  return states
    .flatMap((state) => (counts[state] === undefined ? [] : [`${counts[state]} ${state}`]))
    .join(', ');
}
