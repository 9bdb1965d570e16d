import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import type { Host } from '../app.ts';
import type { RegisteredFunction, TypedData } from '../worker/core.ts';
import { decodeMessage, queueClient } from './outputs.ts';
import { pause } from '../pause.ts';

/** The real listener starts at this interval and doubles it, up to `maxPollingInterval`, while the queue is empty. */
const SHORTEST_POLL_MS = 100;
/** How long a message stays invisible while it is worked on; renewed half way, as the real host does. */
const LEASE_SECONDS = 600;

interface Listener {
  host: Host;
  fn: RegisteredFunction;
  queue: QueueClient;
  poison: QueueClient;
  leaseSeconds: number;
  running: Set<Promise<void>>;
}

const json = (value: unknown): TypedData => ({ json: JSON.stringify(value) });

export function queueMetadata(
  message: Omit<DequeuedMessageItem, 'messageText'>,
  text: string,
): Record<string, TypedData> {
  return {
    QueueTrigger: { string: text },
    Id: { string: message.messageId },
    PopReceipt: { string: message.popReceipt },
    DequeueCount: json(message.dequeueCount),
    InsertionTime: json(message.insertedOn),
    ExpirationTime: json(message.expiresOn),
    NextVisibleTime: json(message.nextVisibleOn),
  };
}

/** Keeps the message invisible until stopped; the receipt changes with every renewal. */
function keepLease({ queue, leaseSeconds }: Listener, message: DequeuedMessageItem): () => Promise<string> {
  let receipt = message.popReceipt;
  let renewal = Promise.resolve();
  const renew = async (): Promise<void> => {
    const { popReceipt } = await queue.updateMessage(message.messageId, receipt, undefined, leaseSeconds);
    receipt = popReceipt ?? receipt;
  };
  const timer = setInterval(() => {
    renewal = renewal.then(renew).catch(() => undefined);
  }, leaseSeconds * 500);
  return async () => {
    clearInterval(timer);
    await renewal;
    return receipt;
  };
}

async function moveToPoison(
  listener: Listener,
  message: DequeuedMessageItem,
  receipt: string,
): Promise<void> {
  await listener.poison.createIfNotExists();
  await listener.poison.sendMessage(message.messageText);
  await listener.queue.deleteMessage(message.messageId, receipt);
}

async function work(listener: Listener, message: DequeuedMessageItem, text: string): Promise<void> {
  const { host, fn, queue } = listener;
  const { maxDequeueCount, visibilityTimeout } = host.settings.queues;
  const release = keepLease(listener, message);
  const succeeded = await host.execute(fn, { string: text }, queueMetadata(message, text)).then(
    () => true,
    () => false,
  );
  const receipt = await release();
  if (succeeded) await queue.deleteMessage(message.messageId, receipt);
  else if (message.dequeueCount >= maxDequeueCount) await moveToPoison(listener, message, receipt);
  else await queue.updateMessage(message.messageId, receipt, undefined, Math.ceil(visibilityTimeout / 1000));
}

/** Never rejects: what the storage refuses comes back when the lease ends. */
async function handle(listener: Listener, message: DequeuedMessageItem): Promise<void> {
  const { maxDequeueCount, messageEncoding } = listener.host.settings.queues;
  try {
    const text = decodeMessage(message.messageText, messageEncoding);
    // A count above the limit means that hosts died over this message before they could move it away.
    const hopeless = text === undefined || message.dequeueCount > maxDequeueCount;
    if (hopeless) await moveToPoison(listener, message, message.popReceipt);
    else await work(listener, message, text);
  } catch (error) {
    process.stderr.write(`Queue ${listener.queue.name}: ${(error as Error).message}\n`);
  }
}

async function poll(listener: Listener): Promise<number> {
  const { queue, running, leaseSeconds, host } = listener;
  const { receivedMessageItems } = await queue.receiveMessages({
    numberOfMessages: host.settings.queues.batchSize,
    visibilityTimeout: leaseSeconds,
  });
  for (const message of receivedMessageItems) {
    const handled = handle(listener, message).finally(() => running.delete(handled));
    running.add(handled);
  }
  return receivedMessageItems.length;
}

async function pollForEver(listener: Listener, signal: AbortSignal): Promise<void> {
  const { newBatchThreshold, maxPollingInterval } = listener.host.settings.queues;
  let wait = SHORTEST_POLL_MS;
  while (!signal.aborted) {
    // A storage outage looks like an empty queue; a queue that somebody deleted is made again.
    const found = await poll(listener).catch(() =>
      listener.queue.createIfNotExists().then(
        () => 0,
        () => 0,
      ),
    );
    wait = found > 0 ? SHORTEST_POLL_MS : Math.min(wait * 2, Math.max(maxPollingInterval, SHORTEST_POLL_MS));
    await pause(wait, signal);
    while (listener.running.size > newBatchThreshold && !signal.aborted) await Promise.race(listener.running);
  }
}

/** Unlike the real host, which leaves it to whoever sends first: tests need no order of events then. */
export async function createTriggerQueue({ env }: Host, { trigger }: RegisteredFunction): Promise<void> {
  await queueClient(trigger, env)
    .createIfNotExists()
    .catch(() => undefined);
}

/** Listens until the signal, then finishes what it has begun. */
export async function listenToQueue(host: Host, fn: RegisteredFunction, signal: AbortSignal): Promise<void> {
  const listener: Listener = {
    host,
    fn,
    queue: queueClient(fn.trigger, host.env),
    poison: queueClient(fn.trigger, host.env, '-poison'),
    leaseSeconds: Number(host.env['HOST_QUEUE_LEASE_SECONDS'] ?? LEASE_SECONDS),
    running: new Set(),
  };
  await pollForEver(listener, signal);
  await Promise.all(listener.running);
}
