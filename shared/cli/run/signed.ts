import type { Ports } from '../../ports.ts';
import type { ReconcileMessage } from '../../retry/message.ts';
import { NO_CLUSTER } from '../../status/target.ts';
import { authorOf } from '../apply/claim.ts';
import type { Io } from '../terminal/io.ts';
import type { Order } from './orders.ts';

/**
 * Orders that say who sent them, as the environment says: claimed. An app of version 0.1.0 would throw such a message away, so
 * one that has not said yet that it is newer gets them without.
 */
export async function signed(
  orders: readonly Order[],
  status: Pick<Ports['status'], 'runs'>,
  { env, signal }: Pick<Io, 'env' | 'signal'>,
): Promise<readonly Order[]> {
  const author = authorOf(env)?.slice(0, AUTHOR_MAX);
  if (author === undefined) return orders;
  const partitions = [...new Set([NO_CLUSTER, ...orders.flatMap(({ clusters }) => clusters.slice(0, 1))])];
  const age = await ageOfApp(partitions, status, signal);
  if (age !== 'knows authors') return orders;
  return orders.map((order) => ({ ...order, messages: order.messages.map((one) => sign(one, author)) }));
}

/** What the message's schema takes. */
const AUTHOR_MAX = 200;

/** By the latest of its rows in these partitions of `Runs`: rows of version 0.1.0 tell no version. */
export async function ageOfApp(
  partitions: readonly string[],
  status: Pick<Ports['status'], 'runs'>,
  signal: AbortSignal,
): Promise<'knows authors' | 'version 0.1.0' | 'unknown'> {
  const rows = await Promise.all(partitions.map((partition) => status.runs(partition, signal)));
  const [latest] = rows.flatMap((found) => found.slice(0, 1)).toSorted((a, b) => (a.run < b.run ? 1 : -1));
  if (latest === undefined) return 'unknown';
  return latest.app === undefined ? 'version 0.1.0' : 'knows authors';
}

function sign(message: ReconcileMessage, author: string): ReconcileMessage {
  if (message.kind === 'shard') return { ...message, kind: 'reconcile', author };
  return { ...message, author };
}
