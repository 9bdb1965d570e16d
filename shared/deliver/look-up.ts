import type { Failure } from '../errors.ts';
import type { Task } from '../event/task.ts';
import { candidatePrefixes, segmentsOf, type TargetRef, targetId } from '../names.ts';
import type { Ports } from '../ports.ts';
import { NOTHING_SPECIAL, routingOf } from '../route/targets.ts';
import { causeNames } from '../status/log-line.ts';

/** The targets that routes want the secret for, or of them the task's only one. */
export async function lookUp(
  registry: Pick<Ports['registry'], 'routesByPrefix' | 'clusters'>,
  { secret, only, stale, overrides }: Task,
  signal: AbortSignal,
) {
  const prefixes = candidatePrefixes(segmentsOf(secret.name) ?? [secret.name]);
  const [routes, clusters] = await Promise.all([
    registry.routesByPrefix(secret.vault, prefixes, signal),
    registry.clusters(signal),
  ]);
  const leaving = overrides.removeNow ? 'all' : NOTHING_SPECIAL.leaving;
  const older = overrides.acceptOlder ? 'all' : stale;
  const allowed = { older, leaving } as const;
  const { targets, unplaced } = routingOf(secret, routes.rows, clusters.rows, allowed);
  const wanted = targets.filter(({ ref }) => only === undefined || targetId(ref) === targetId(only));
  return { targets: wanted, unplaced, bad: [...routes.bad, ...clusters.bad] };
}

type LookedUp = Awaited<ReturnType<typeof lookUp>>;

/**
 * Each line says what to mend, or that there is nothing to do. Returns the targets that may have waited for this attempt in
 * vain, as far as the routes still tell of them.
 */
export function reportLookUp(
  { log }: Pick<Ports, 'log'>,
  { secret, cause, attempt, only, eventTimes }: Task,
  { targets, unplaced, bad }: LookedUp,
) {
  const names = { vault: secret.vault, secret: secret.name, ...causeNames(cause, eventTimes), attempt };
  for (const row of bad)
    log.line({ code: 'BAD_ROW', message: `${row.kind} ${row.name}: ${row.message}`, ...names });
  if (only !== undefined) {
    if (targets.length > 0) return [];
    const reason = unwanted(only, unplaced);
    log.line({ ...reason, ...names, ...only });
    return [{ ref: only, ...reason }];
  }
  for (const { route, code, message } of unplaced)
    log.line({ code, message, ...names, route: route.metadata.name });
  const message = 'no route of a registered cluster wants this secret';
  if (targets.length === 0 && unplaced.length === 0) log.line({ code: 'NO_ROUTE', message, ...names });
  const isRetry = attempt > 1;
  return unplaced.flatMap(({ code, message: why, claimed }) =>
    isRetry ? claimed.map((ref) => ({ ref, code, message: why })) : [],
  );
}

/** Why nothing is done for a target that waited: what is paused is picked up by the first run after the pause. */
function unwanted(target: TargetRef, unplaced: LookedUp['unplaced']): Failure {
  const isClaimed = (claimed: readonly TargetRef[]): boolean =>
    claimed.some((ref) => targetId(ref) === targetId(target));
  const paused = unplaced.find(({ code, claimed }) => code === 'PAUSED' && isClaimed(claimed));
  return paused === undefined
    ? { code: 'SUPERSEDED', message: 'no route wants this target any more' }
    : { code: 'PAUSED', message: paused.message };
}
