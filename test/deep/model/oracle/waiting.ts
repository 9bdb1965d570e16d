import type { Ports } from '../../../../shared/ports.ts';
import { refOf, type TargetStatus } from '../../../../shared/status/target.ts';
import type { Model } from '../world/model.ts';
import type { Observer } from '../world/shape.ts';
import { aboutOf, pushMessages } from './messages.ts';
import type { Accuse } from './rules.ts';

const { signal } = new AbortController();
const HOUR_MS = 3_600_000;
/** Clocks of two instances differ by less. */
const SKEW_MS = 200_000;

/** Judges, while nothing runs, what rows say of work that is still to come, and runs that met a back-off. */
export interface Waiting extends Observer {
  /** @param lastMishapMs when a table or a queue last failed, an instance died, or rows were lost */
  judge(lastMishapMs: number): Promise<void>;
}

/** `isExact`: clocks agree, so that of two rows the later one is told by its date. */
export function createWaiting(model: Model, isExact: boolean, accuse: Accuse): Waiting {
  const { universe } = model;
  const { status, time, fleet, queue } = universe;
  /** Since when (ms) a row has told of nothing but failures. */
  const failingSince = new Map<string, number>();
  /** Cluster -> the run that met its back-off, and when (ms). */
  const heldUp = new Map<string, { run: string; ms: number }>();

  const judgeRow = (place: string, row: TargetStatus, lastMishapMs: number): void => {
    if (isExact && row.nextRetry > 0) judgeRetry(place, row, lastMishapMs);
    if (row.state !== 'pending') return void failingSince.delete(place);
    const since = failingSince.get(place) ?? time.now();
    failingSince.set(place, since);
    const isLong = row.lookedAt - since > 25 * HOUR_MS;
    if (row.nextRetry === 0 && isLong)
      accuse('waiting', `the row of ${place} is pending, and has failed for more than a day: ${row.code}`, [
        place,
      ]);
    return undefined;
  };
  const judgeRetry = (place: string, row: TargetStatus, lastMishapMs: number): void => {
    const isOnIt = pushMessages(universe).some(
      ({ message }) =>
        aboutOf(message) === place ||
        (message.kind === 'secret' && message.secret.startsWith(refOf(row).namespace)),
    );
    // Of what a message about a secret was to look at, it learns from routes: of one that is gone, or unreadable, the next run.
    const wasGone = universe.history
      .since(universe.history.markAt(row.lookedAt), time.now())
      .some(({ moment: { clusters, routes } }) => {
        const route = routes.get(row.route);
        return !clusters.has(row.cluster) || route === undefined || route.garbled;
      });
    if (!isOnIt && !wasGone && row.lookedAt > lastMishapMs + SKEW_MS)
      accuse('waiting', `the row of ${place} waits for a message that is not there: ${row.code}`, [place]);
  };
  const judgeRuns = (lastMishapMs: number): void => {
    const waiting = queue.waiting('reconcile').flatMap(({ message }) => {
      const { run, clusters = [] } = message as { run?: string; clusters?: string[] };
      return clusters.map((cluster) => `${cluster} ${run}`);
    });
    for (const [cluster, { run, ms }] of heldUp) {
      if (waiting.includes(`${cluster} ${run}`)) continue;
      heldUp.delete(cluster);
      if (ms > lastMishapMs + SKEW_MS)
        accuse('runs', `run ${run} met the back-off of ${cluster}, and does not go on`, [cluster]);
    }
  };

  type RowWrites = Parameters<Ports['status']['saveTargets']>[0];

  /** What a row told between two judgements is what it told, too. */
  const noteRows = (writes: RowWrites, lost: RowWrites): void => {
    for (const { row } of writes.filter((one) => !lost.includes(one) && one.row.state !== 'pending'))
      failingSince.delete(placeOf(row));
  };

  return {
    effect({ port, method, args }) {
      if (port !== 'status' || method !== 'saveTargets') return () => {};
      return (lost) => noteRows(args[0] as RowWrites, lost as RowWrites);
    },
    line({ code, cluster, name, runId }, task) {
      const { kind } = (task?.message ?? {}) as { kind?: string };
      if (kind !== 'shard' || cluster === undefined || name !== undefined || runId === undefined) return;
      if (code === 'CLUSTER_BACKOFF') heldUp.set(cluster, { run: runId, ms: time.now() });
      else if (heldUp.get(cluster)?.run === runId) heldUp.delete(cluster);
    },
    async judge(lastMishapMs) {
      judgeRuns(lastMishapMs);
      for (const cluster of fleet.clusters) {
        if (universe.history.now.clusters.get(cluster)?.paused !== false) continue;
        for (const row of await status.targets(cluster, signal)) judgeRow(placeOf(row), row, lastMishapMs);
      }
    },
  };
}

function placeOf(row: TargetStatus): string {
  const { cluster, namespace, name } = refOf(row);
  return `${cluster}/${namespace}/${name}`;
}
