import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import { wholeSeconds } from '../settings/time-span.ts';
import { isMessageLost, patiently } from './storage.ts';

/** A message that is invisible to all others, kept so while somebody works on it. */
export interface Possession {
  delete(): Promise<void>;
  /** Lets the others have it, after that many milliseconds. */
  release(afterMs: number): Promise<void>;
  /** Renews no longer: it comes back by itself when its lease ends. */
  leave(): Promise<void>;
}

interface PossessionOptions {
  leaseMs: number;
  outageMs: number;
  /** What storage refused while the lease was to be renewed. */
  onFailure: (error: unknown) => void;
  /** Whoever works on it is gone: nobody renews any more. */
  over: AbortSignal;
}

/** Nothing is to be done about a message that was lost meanwhile. */
const unlessLost = (error: unknown): void => {
  if (!isMessageLost(error as object)) throw error;
};

/** The receipt changes with every renewal, half way through the lease. */
export function possess(
  queue: QueueClient,
  { messageId, popReceipt }: DequeuedMessageItem,
  { leaseMs, outageMs, onFailure, over }: PossessionOptions,
): Possession {
  let receipt = popReceipt;
  let renewal = Promise.resolve();
  const renew = async (): Promise<void> => {
    const answer = await queue.updateMessage(messageId, receipt, undefined, wholeSeconds(leaseMs));
    receipt = answer.popReceipt ?? receipt;
  };
  const timer = setInterval(() => {
    renewal = renewal
      .then(() => patiently(renew, outageMs))
      .catch(unlessLost)
      .catch(onFailure);
  }, leaseMs / 2);
  over.addEventListener('abort', () => clearInterval(timer));
  const leave = async (): Promise<void> => {
    clearInterval(timer);
    await renewal;
  };
  const last = async (work: () => Promise<unknown>): Promise<void> => {
    await leave();
    await patiently(work, outageMs).catch(unlessLost);
  };
  return {
    leave,
    delete: () => last(() => queue.deleteMessage(messageId, receipt)),
    release: (afterMs) =>
      last(() => queue.updateMessage(messageId, receipt, undefined, wholeSeconds(afterMs))),
  };
}
