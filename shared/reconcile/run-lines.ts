import type { ClusterRun } from './cluster.ts';

/** How many lines a run keeps for people; the log has them all. */
const MOST_LINES = 200;

/** Outcomes of a run by code. */
export function codesOf(did: ClusterRun): Record<string, number> {
  const codes = [...resultsOf(did), ...did.orphans].map((one) => one.code);
  const counts: Record<string, number> = {};
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return did.plan.held > 0 ? { ...counts, REMOVAL_HELD: did.plan.held } : counts;
}

/** What people want to read of a run: everything but that nothing had to be done. */
export function linesOf(did: ClusterRun): string[] {
  const targets = resultsOf(did).map(({ code, message, work }) => ({
    code,
    message,
    target: work.claim.target,
  }));
  return [...targets, ...did.orphans]
    .filter(({ code }) => code !== 'UNCHANGED')
    .slice(0, MOST_LINES)
    .map(({ code, message, target }) => `${code} ${target.namespace}/${target.name}: ${message}`);
}

function resultsOf({ delivered, refused, plan }: ClusterRun) {
  return [...[...delivered, ...refused].map((after) => after.result), ...plan.collisions];
}
