import type { Ports } from '../../ports.ts';
import type { ReconcileMessage } from '../../retry/message.ts';
import { newRunId } from '../../status/run.ts';
import { NO_CLUSTER } from '../../status/target.ts';

/** Work for the app, and where its results will stand: `clusters` are partitions of `Runs`. */
export interface Order {
  run: string;
  clusters: string[];
  messages: ReconcileMessage[];
}

type Shard = Extract<ReconcileMessage, { kind: 'shard' }>;
type Push = Extract<ReconcileMessage, { kind: 'push' }>;
type Ack = Extract<ReconcileMessage, { kind: 'ack' }>;

export function reconcileOrder(
  clusters: readonly string[],
  options: Partial<Pick<Shard, 'route' | 'confirmRemovals' | 'dryRun' | 'recheck'>>,
): Order {
  const run = newRunId(Date.now());
  const { dryRun = false, recheck = false, ...scope } = options;
  return perClusters(run, clusters, (some) => ({
    kind: 'shard',
    run,
    clusters: some,
    dryRun,
    recheck,
    ...scope,
  }));
}

export function checkOrder(clusters: readonly string[]): Order {
  const run = newRunId(Date.now());
  return perClusters(run, clusters, (some) => ({ kind: 'check', run, clusters: some }));
}

export function pushOrder(options: Pick<Push, 'vault' | 'secret' | 'acceptOlder' | 'removeNow'>): Order {
  const run = newRunId(Date.now());
  return { run, clusters: [NO_CLUSTER], messages: [{ kind: 'push', run, ...options }] };
}

export function ackOrder(options: Omit<Ack, 'kind' | 'run'>): Order {
  const run = newRunId(Date.now());
  return { run, clusters: [NO_CLUSTER], messages: [{ kind: 'ack', run, ...options }] };
}

/** As the timer does: one instance of the app takes a message. */
const CLUSTERS_PER_MESSAGE = 20;

/** In messages of at most 20 clusters. */
function perClusters(
  run: string,
  clusters: readonly string[],
  message: (clusters: string[]) => ReconcileMessage,
): Order {
  const starts = Array.from(
    { length: Math.ceil(clusters.length / CLUSTERS_PER_MESSAGE) },
    (_, index) => index * CLUSTERS_PER_MESSAGE,
  );
  const messages = starts.map((start) => message(clusters.slice(start, start + CLUSTERS_PER_MESSAGE)));
  return { run, clusters: [...clusters], messages };
}

export async function sendOrder(
  { messages }: Order,
  queue: Pick<Ports['queue'], 'reconcile'>,
  signal: AbortSignal,
): Promise<void> {
  for (const message of messages) await queue.reconcile(message, 0, signal);
}
