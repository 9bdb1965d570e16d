import type { ClusterRun } from '../reconcile-cluster.ts';

/** How many lines a run keeps for people; the log has them all. */
const MOST_LINES = 200;

/** Outcomes of a run by code. */
export function codesOf({ results, orphans, plan }: ClusterRun): Record<string, number> {
  const codes = [...results, ...plan.refusals, ...plan.collisions, ...orphans].map((one) => one.code);
  const counts: Record<string, number> = {};
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return plan.held > 0 ? { ...counts, REMOVAL_HELD: plan.held } : counts;
}

/** What people want to read of a run: everything but that nothing had to be done. */
export function linesOf({ results, orphans, plan }: ClusterRun): string[] {
  const targets = [...results, ...plan.refusals, ...plan.collisions].map(({ code, message, work }) => ({
    code,
    message,
    target: work.claim.target,
  }));
  return [...targets, ...orphans]
    .filter(({ code }) => code !== 'UNCHANGED')
    .slice(0, MOST_LINES)
    .map(({ code, message, target }) => `${code} ${target.namespace}/${target.name}: ${message}`);
}
