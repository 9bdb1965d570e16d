import type { Ports } from '../ports.ts';
import { askedBy, type ReconcileMessage } from '../retry/message.ts';
import { updateRows } from '../retry/rows.ts';
import { acknowledged } from '../status/acknowledgement.ts';
import { type RunStatus, startedRun } from '../status/run.ts';
import { NO_CLUSTER, refOf, type TargetStatus } from '../status/target.ts';
import { oneLine } from '../status/text.ts';
import { NEVER } from '../time.ts';

type Ack = Extract<ReconcileMessage, { kind: 'ack' }>;

type AckPorts = Pick<Ports, 'status' | 'clock' | 'log'>;

/**
 * `vaultcast ack`: writes down that a person knows of a problem. The author is claimed; the logs of the storage account prove
 * who sent the message. What is gone, or says something else by now, is not acknowledged.
 */
export async function acknowledge(message: Ack, ports: AckPorts): Promise<void> {
  const { run, cluster, id, code, author, reason } = message;
  const started = { ...startedRun(NO_CLUSTER, run, 'ack', ports.clock.now()), ...askedBy(message) };
  const ref = refOf({ cluster, id });
  const said = { by: oneLine(author), at: ports.clock.now(), reason: oneLine(reason) };
  const before = await ports.status.target(ref, NEVER);
  const next = (row: TargetStatus | undefined): TargetStatus | undefined =>
    row?.code === code ? acknowledged(row, said) : undefined;
  await updateRows(ports, [{ ref, before, next }], NEVER);
  const isKnown = before?.code === code;
  const what = cluster === NO_CLUSTER ? id : `${cluster}/${id.replace(':', '/')}`;
  const line = isKnown
    ? `${what} is acknowledged: ${code}`
    : `${what} says ${code} no more: nothing was acknowledged`;
  const counts = isKnown ? {} : { SUPERSEDED: 1 };
  const finishedAt = ports.clock.now();
  await save(ports, { ...started, state: 'done', finishedAt, done: 1, total: 1, counts, lines: [line] });
}

async function save({ status, log }: AckPorts, row: RunStatus): Promise<void> {
  await status.saveRun(row, NEVER).catch((error: unknown) => log.failure(error));
}
