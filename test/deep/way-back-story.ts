import { newRunId } from '../../shared/status/run.ts';
import type { RunningHost } from '../local/functions-host/client.ts';
import type { Secret } from '../local/kubernetes/storage/objects.ts';
import { eventually } from '../local/stack/eventually.ts';
import { type LogLine, outcomesIn } from '../local/stack/log.ts';
import type { Stack } from '../local/stack/start.ts';
import { queueLength, sendMessage } from '../local/stack/storage.ts';

/** Bounds only: the machine may be busy, and a retry waits for its time. */
const LONG_MS = 240_000;

export const patiently = <T>(check: () => T | Promise<T>): Promise<NonNullable<T>> =>
  eventually(check, LONG_MS);

/** What is told of a run, by any version. */
type RunLine = LogLine & { runId?: string };

export const linesOf = ({ lines }: RunningHost): RunLine[] => outcomesIn(lines);

/** A run over all clusters, by the message that the timer sends, until each of them has been told of. */
export async function run(stack: Stack, host: RunningHost, recheck = false): Promise<void> {
  const id = newRunId(Date.now());
  const clusters = stack.sites.map(({ name }) => name);
  await sendMessage(stack.storage, 'reconcile', { kind: 'shard', run: id, clusters, dryRun: false, recheck });
  await patiently(() => {
    const ended = linesOf(host).filter(({ code, runId }) => runId === id && /^RUN_(?:DONE|INC)/.test(code));
    return clusters.every((name) => ended.some(({ cluster }) => cluster === name));
  });
}

/** `CLUSTER NAMESPACE/NAME` -> the Secret, with its uid and its version. */
export const secretsIn = (stack: Stack): Map<string, Secret> =>
  new Map(
    stack.sites.flatMap(({ name }) =>
      stack
        .cluster(name)
        .secrets()
        .map((secret) => [`${name} ${secret.metadata.namespace ?? ''}/${secret.metadata.name}`, secret]),
    ),
  );

/** Those that are not as they were: made, gone, or written. */
export function changed(before: ReadonlyMap<string, Secret>, after: ReadonlyMap<string, Secret>): string[] {
  const version = (secrets: ReadonlyMap<string, Secret>, key: string): string =>
    `${secrets.get(key)?.metadata.uid} ${secrets.get(key)?.metadata.resourceVersion}`;
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].filter((key) => version(before, key) !== version(after, key)).toSorted();
}

/** Lines that say that something could not be read, or that a version has no code for it. */
export const misread = (host: RunningHost): string[] =>
  linesOf(host)
    .filter(({ code }) => ['BAD_MESSAGE', 'BAD_ROW', 'INTERNAL', 'GAVE_UP'].includes(code))
    .map(({ code, message }) => `${code} ${message}`);

/** How many messages were put aside. */
export async function poisoned({ storage }: Stack): Promise<number> {
  const queues = ['push', 'reconcile', 'vault-events'].map((name) => `${name}-poison`);
  const counts = await Promise.all(queues.map((name) => queueLength(storage, name)));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Until the event has been told as delivered to a cluster by this host. */
export const delivered = (host: RunningHost, event: string, cluster: string): Promise<RunLine> =>
  patiently(() =>
    linesOf(host).find(
      (line) => line.code === 'DELIVERED' && line.eventId === event && line.cluster === cluster,
    ),
  );
