import { isRetryable } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { ClusterRun } from './cluster.ts';
import type { RunStatus } from '../status/target.ts';
import { idOf } from './desired.ts';
import type { After } from './rows-after.ts';
import type { Shard } from '../retry/message.ts';

type Log = Ports['log'];

/**
 * The lines of one cluster: what was done, what is new, and what still fails. A refusal that stands as it stood says
 * nothing more; the states of a source are told once, however many targets it feeds.
 */
export function logCluster({ run }: Shard, did: ClusterRun, log: Log): void {
  const cluster = did.seen.cluster.metadata.name;
  const said = new Set<string>();
  for (const after of [...did.delivered, ...did.refused]) logTarget(after, run, said, log);
  for (const { code, message, target } of did.orphans)
    if (code !== 'ORPHANED' || did.seen.rows.get(idOf(target))?.state !== 'orphaned')
      log.outcome({ code, message, ...target, runId: run });
  if (did.plan.held === 0) return;
  const confirm = `vaultcast reconcile --cluster ${cluster} --confirm-removals ${run}`;
  const message = `${did.plan.held} removals wait for: ${confirm}`;
  log.outcome({ code: 'REMOVAL_HELD', message, cluster, runId: run });
}

function logTarget({ result, isNews, notes }: After, runId: string, said: Set<string>, log: Log): void {
  const { route, target } = result.work.claim;
  const { code, message } = result;
  const { vault } = route.spec;
  const names = { vault, ...target, route: route.metadata.name, runId };
  if (isNews || isRetryable(code) || code === 'PLANNED') log.outcome({ code, message, ...names });
  for (const note of notes) {
    if (note.source === undefined) log.outcome({ code: note.code, message: note.message, ...names });
    else if (!said.has(note.message))
      log.outcome({ code: note.code, message: note.message, vault, secret: note.source, runId });
    said.add(note.message);
  }
}

export function logEnd(row: RunStatus, finishedAt: number, log: Log): void {
  const names = { cluster: row.cluster, runId: row.run, durationMs: finishedAt - row.startedAt };
  if (row.state === 'done')
    log.outcome({
      code: 'RUN_DONE',
      message: `${row.total} targets, ${JSON.stringify(row.counts)}`,
      ...names,
    });
  if (row.state === 'superseded')
    log.outcome({ code: 'SUPERSEDED', message: 'a newer run looks at this cluster', ...names });
}
