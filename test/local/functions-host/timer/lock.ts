import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import { logLine } from '../log.ts';
import { pause } from '../pause.ts';
import { wholeSeconds } from '../settings/time-span.ts';

/** One holder at a time among all hosts. */
export interface Lock {
  /** Aborted as soon as a renewal fails: somebody else may hold it by then. */
  lost: AbortSignal;
  /** Asks storage whether it is held still, and renews it. */
  confirm(): Promise<boolean>;
  /** Renews no longer. It is not given back: the next holder waits for its end. */
  leave(): void;
}

interface LockOptions {
  /** Of the function, for the log. */
  name: string;
  /** How long it is held without a renewal; renewed every third. */
  lockMs: number;
}

const RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;

function hold(queue: QueueClient, message: DequeuedMessageItem, lockMs: number): Lock {
  const lost = new AbortController();
  let { popReceipt } = message;
  const update = async (): Promise<void> => {
    if (lost.signal.aborted) return;
    try {
      const answer = await queue.updateMessage(
        message.messageId,
        popReceipt,
        undefined,
        wholeSeconds(lockMs),
      );
      popReceipt = answer.popReceipt ?? popReceipt;
    } catch {
      lost.abort();
    }
  };
  // One update at a time: each needs the receipt of the one before.
  let last = Promise.resolve();
  const renew = (): Promise<void> => (last = last.then(update));
  const timer = setInterval(() => void renew(), lockMs / 3);
  lost.signal.addEventListener('abort', () => clearInterval(timer));
  return {
    lost: lost.signal,
    async confirm() {
      await renew();
      return !lost.signal.aborted;
    },
    leave: () => clearInterval(timer),
  };
}

/** The host that creates the queue puts the only message into it; a message that never expires. */
async function prepare(queue: QueueClient): Promise<void> {
  const { succeeded } = await queue.createIfNotExists();
  if (succeeded) await queue.sendMessage('lock', { messageTimeToLive: -1 });
}

async function tryOnce(queue: QueueClient, lockMs: number): Promise<Lock | undefined> {
  await prepare(queue);
  const { receivedMessageItems } = await queue.receiveMessages({ visibilityTimeout: wholeSeconds(lockMs) });
  const [message] = receivedMessageItems;
  return message && hold(queue, message, lockMs);
}

/**
 * Waits for the lock, which is the only message of a queue of its own, until the signal. The real host leases a blob; a
 * queue message does the same (invisible while held, visible again when its holder is gone) without a blob service.
 */
export async function acquireLock(
  queue: QueueClient,
  { name, lockMs }: LockOptions,
  signal: AbortSignal,
): Promise<Lock | undefined> {
  for (let retry = RETRY_MS; !signal.aborted;) {
    try {
      const lock = await tryOnce(queue, lockMs);
      if (lock) return lock;
      retry = RETRY_MS;
    } catch {
      logLine(`The listener for function 'Functions.${name}' was unable to start.`);
      retry = Math.min(retry * 2, LONGEST_RETRY_MS);
    }
    await pause(retry, signal);
  }
  return undefined;
}
