import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import { pause } from '../pause.ts';

/** One holder at a time among all hosts, with a text that the next holder finds. */
export interface Lease {
  text: string;
  /** Aborted as soon as a renewal fails: somebody else may hold it by then. */
  lost: AbortSignal;
  /** Stores the text and renews; false when the lease is lost. */
  save(text: string): Promise<boolean>;
  /** Gives it up at once, so that the next host need not wait for its end. */
  release(): Promise<void>;
}

const LEASE_SECONDS = 15;
const RETRY_MS = 1000;

function hold(queue: QueueClient, message: DequeuedMessageItem): Lease {
  const lost = new AbortController();
  let { messageText, popReceipt } = message;
  const update = async (seconds: number): Promise<void> => {
    if (lost.signal.aborted) return;
    try {
      const answer = await queue.updateMessage(message.messageId, popReceipt, messageText, seconds);
      popReceipt = answer.popReceipt ?? popReceipt;
    } catch {
      lost.abort();
    }
  };
  // One update at a time: each needs the receipt of the one before.
  let last = Promise.resolve();
  const renew = (seconds: number): Promise<void> => (last = last.then(() => update(seconds)));
  const timer = setInterval(() => void renew(LEASE_SECONDS), (LEASE_SECONDS / 3) * 1000);
  lost.signal.addEventListener('abort', () => clearInterval(timer));
  return {
    text: messageText,
    lost: lost.signal,
    save: async (text) => {
      messageText = text;
      await renew(LEASE_SECONDS);
      return !lost.signal.aborted;
    },
    release: async () => {
      clearInterval(timer);
      await renew(0);
    },
  };
}

/** The host that creates the queue puts the only message into it; a message that never expires. */
async function prepare(queue: QueueClient): Promise<void> {
  const { succeeded } = await queue.createIfNotExists();
  if (succeeded) await queue.sendMessage('{}', { messageTimeToLive: -1 });
}

async function tryLease(queue: QueueClient): Promise<Lease | undefined> {
  await prepare(queue);
  const { receivedMessageItems } = await queue.receiveMessages({ visibilityTimeout: LEASE_SECONDS });
  const [message] = receivedMessageItems;
  return message && hold(queue, message);
}

/**
 * Waits for the lease, which is the only message of a queue of its own, until the signal. The real host leases a blob;
 * a queue message does the same (invisible while held, visible again when its holder dies) without a blob service.
 */
export async function acquireLease(queue: QueueClient, signal: AbortSignal): Promise<Lease | undefined> {
  while (!signal.aborted) {
    const lease = await tryLease(queue).catch(() => undefined);
    if (lease) return lease;
    await pause(RETRY_MS, signal);
  }
  return undefined;
}
