import { checkClusters } from './check.ts';
import { failureOf } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { reconcileShard } from '../reconcile/shard.ts';
import { type ReconcileMessage, reconcileMessage } from '../retry/message.ts';
import type { LogLine } from '../status/log-line.ts';
import { NO_CLUSTER, type RunStatus } from '../status/target.ts';
import { isAhead, startedRun } from '../status/run.ts';
import { recordProblem } from '../retry/give-up.ts';
import { pushSecret, type Settings } from '../sync.ts';

const NEVER = new AbortController().signal;

/**
 * One message of the queue `reconcile`: a shard of a run, or something a person asked for with the `vaultcast` command.
 * Commands run here, with the app's identity and network, so that a person needs neither; results stand in `Runs`.
 */
export async function onReconcileMessage(body: unknown, ports: Ports, settings: Settings): Promise<void> {
  const parsed = reconcileMessage.safeParse(body);
  if (!parsed.success) return refuse(ports, 'a message of queue reconcile does not satisfy the schema');
  const { data } = parsed;
  if (isAhead(data.run, ports.clock.now()))
    return refuse(ports, `a message of queue reconcile names a run of the future, ${data.run}`);
  if (data.kind === 'shard') return reconcileShard(data, ports, settings);
  if (data.kind === 'check') return checkClusters(data, ports);
  return pushNow(data, ports, settings);
}

async function refuse(ports: Ports, message: string): Promise<void> {
  const about = { cluster: NO_CLUSTER, namespace: 'message', name: 'reconcile' };
  await recordProblem(ports, about, message, { cause: 'reconcile', attempt: 1 }, NEVER);
  ports.log.outcome({ code: 'BAD_MESSAGE', message });
}

type Push = Extract<ReconcileMessage, { kind: 'push' }>;

/** `vaultcast push SECRET`: what an event would do, with every outcome kept for the person who waits for it. */
async function pushNow(message: Push, ports: Ports, settings: Settings): Promise<void> {
  const { run, vault, secret: name, acceptOlder, removeNow } = message;
  const startedAt = ports.clock.now();
  const outcomes: LogLine[] = [];
  const log = {
    ...ports.log,
    outcome: (outcome: LogLine) => (outcomes.push(outcome), ports.log.outcome(outcome)),
  };
  const job = { secret: { vault, name }, cause: run, since: startedAt, attempt: 1, acceptOlder, removeNow };
  const row = startedRun(NO_CLUSTER, run, 'push', startedAt);
  await ports.status.saveRun(row, NEVER).catch((error: unknown) => noteFailure(ports, error));
  await pushSecret(job, { ...ports, log }, settings);
  const lines = outcomes.map(({ code, message: text, cluster, namespace, name: target }) =>
    cluster === undefined ? `${code}: ${text}` : `${code} ${cluster}/${namespace}/${target}: ${text}`,
  );
  const total = outcomes.length;
  const done: RunStatus = {
    ...row,
    state: 'done',
    finishedAt: ports.clock.now(),
    done: total,
    total,
    counts: countsOf(outcomes),
    lines,
  };
  await ports.status.saveRun(done, NEVER).catch((error: unknown) => noteFailure(ports, error));
}

function countsOf(outcomes: readonly LogLine[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { code } of outcomes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

function noteFailure(ports: Ports, error: unknown): void {
  const { code, message } = failureOf(error);
  ports.log.note(code, message);
}
