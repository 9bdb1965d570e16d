import { newTask } from '../event/task.ts';
import type { Ports, Settings } from '../ports.ts';
import { askedBy, type ReconcileMessage } from '../retry/message.ts';
import type { LogLine } from '../status/log-line.ts';
import { countCodes, type RunStatus, startedRun } from '../status/run.ts';
import { NO_CLUSTER } from '../status/target.ts';
import { syncSecret } from '../sync.ts';
import { NEVER } from '../time.ts';

type Push = Extract<ReconcileMessage, { kind: 'push' }>;

/** `vaultcast push SECRET`: what an event would do, with every line kept for the person who waits for it. */
export async function pushNow(message: Push, ports: Ports, settings: Settings): Promise<void> {
  const { run, vault, secret: name, acceptOlder, removeNow } = message;
  const since = ports.clock.now();
  const lines: LogLine[] = [];
  const log = { ...ports.log, line: (line: LogLine) => (lines.push(line), ports.log.line(line)) };
  const row = { ...startedRun(NO_CLUSTER, run, 'push', since), ...askedBy(message) };
  await save(ports, row);
  const task = newTask({ vault, name }, run, since);
  // What a person has just applied counts, and what people read of the secret until now is cleared.
  const status = { ...settings.process.status, isProblem: async () => true };
  const process = { ...settings.process, routing: ports.registry, status };
  const asked = { ...task, overrides: { acceptOlder, removeNow, tryNow: true } };
  await syncSecret(asked, { ...ports, log }, { ...settings, process });
  const total = lines.length;
  const finishedAt = ports.clock.now();
  const result = { counts: countCodes(lines), lines: lines.map(textOf) };
  await save(ports, { ...row, state: 'done', finishedAt, done: total, total, ...result });
}

function textOf({ code, message, cluster, namespace, name }: LogLine): string {
  return cluster === undefined
    ? `${code}: ${message}`
    : `${code} ${cluster}/${namespace}/${name}: ${message}`;
}

async function save({ status, log }: Ports, row: RunStatus): Promise<void> {
  await status.saveRun(row, NEVER).catch((error: unknown) => log.failure(error));
}
