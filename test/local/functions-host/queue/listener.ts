import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import type { Instance } from '../groups/instance.ts';
import { logLine } from '../log.ts';
import { pause } from '../pause.ts';
import { wholeSeconds } from '../settings/time-span.ts';
import type { IndexedFunction } from '../worker/messages.ts';
import { decodeMessage } from './encoding.ts';
import { messageMetadata } from './message.ts';
import { sendOrCreate } from './outputs.ts';
import { possess } from './possession.ts';
import type { Possession } from './possession.ts';
import { describeFailure, isQueueMissing, isServerError, patiently, queueClient } from './storage.ts';

/** The real listener starts at this interval and doubles it, up to `maxPollingInterval`, while the queue is empty. */
const SHORTEST_POLL_MS = 100;

interface Listener {
  instance: Instance;
  fn: IndexedFunction;
  queue: QueueClient;
  /** None of a queue that is a poison queue itself. */
  poison: QueueClient | undefined;
  running: Set<Promise<void>>;
}

type Outcome = 'done' | 'failed' | 'hopeless';

/** Called again or not, when it fails: a poison queue has nowhere to move a message to. */
function outcomeOfFailure({ instance, poison }: Listener, { dequeueCount }: DequeuedMessageItem): Outcome {
  const isLast = poison !== undefined && dequeueCount >= instance.settings.queues.maxDequeueCount;
  return isLast ? 'hopeless' : 'failed';
}

/** A count above the limit means that hosts died over this message before they could move it away. */
const isOverdue = ({ instance, poison }: Listener, { dequeueCount }: DequeuedMessageItem): boolean =>
  poison !== undefined && dequeueCount > instance.settings.queues.maxDequeueCount;

async function workOn(listener: Listener, message: DequeuedMessageItem): Promise<Outcome> {
  const { instance, fn } = listener;
  const content = decodeMessage(message.messageText, instance.settings.queues.messageEncoding);
  if (content === 'undecodable') {
    logLine(`Message decoding has failed! Check MessageEncoding settings. MessageId=${message.messageId}.`);
    return 'hopeless';
  }
  if (isOverdue(listener, message)) return 'hopeless';
  if (content === 'unbindable') {
    logLine(`Executed 'Functions.${fn.name}' (Failed): the message is no text`);
    return outcomeOfFailure(listener, message);
  }
  const { text } = content;
  return instance.execute(fn, { string: text }, messageMetadata(message, text)).then(
    () => 'done',
    () => outcomeOfFailure(listener, message),
  );
}

async function conclude(
  { instance, poison }: Listener,
  message: DequeuedMessageItem,
  possession: Possession,
  outcome: Outcome,
): Promise<void> {
  const { maxDequeueCount, visibilityTimeout } = instance.settings.queues;
  if (outcome === 'done') return possession.delete();
  // Else a message that fails at once would be called again and again: it comes back when its lease ends.
  if (!poison) return possession.leave();
  if (outcome === 'failed') return possession.release(visibilityTimeout);
  logLine(
    `Message has reached MaxDequeueCount of ${maxDequeueCount}. Moving message to queue '${poison.name}'.`,
  );
  await patiently(() => sendOrCreate(poison, message.messageText), instance.knobs.outageMs);
  return possession.delete();
}

/** What storage refuses then is nobody's to handle, and the end of the instance. */
async function handle(listener: Listener, message: DequeuedMessageItem): Promise<void> {
  const { instance, queue } = listener;
  const { queueLeaseMs: leaseMs, outageMs } = instance.knobs;
  const onFailure = (error: unknown): void => instance.fall(error);
  const possession = possess(queue, message, { leaseMs, outageMs, onFailure, over: instance.over });
  try {
    const outcome = await workOn(listener, message);
    // Of an instance that is gone nobody concludes anything.
    if (!instance.over.aborted) await conclude(listener, message, possession, outcome);
  } catch (error) {
    onFailure(error);
  } finally {
    await possession.leave();
  }
}

async function receive({ instance, queue }: Listener, signal: AbortSignal): Promise<DequeuedMessageItem[]> {
  const { knobs, settings } = instance;
  const visibilityTimeout = wholeSeconds(knobs.queueLeaseMs);
  const numberOfMessages = settings.queues.batchSize;
  const ask = () => queue.receiveMessages({ numberOfMessages, visibilityTimeout, abortSignal: signal });
  return (await patiently(ask, knobs.outageMs, signal)).receivedMessageItems;
}

/** How many there were. A missing queue, and a service that answers that it cannot, look like an empty one. */
async function poll(listener: Listener, signal: AbortSignal): Promise<number> {
  const { queue, running } = listener;
  try {
    const messages = await receive(listener, signal);
    for (const message of messages) {
      const handled = handle(listener, message).finally(() => running.delete(handled));
      running.add(handled);
    }
    return messages.length;
  } catch (error) {
    if (signal.aborted) return 0;
    if (!isQueueMissing(error as object) && !isServerError(error as object)) throw error;
    logLine(`Queue ${queue.name}: ${describeFailure(error as object)}`);
    return 0;
  }
}

async function pollForEver(listener: Listener, signal: AbortSignal, looked: () => void): Promise<void> {
  const { newBatchThreshold, maxPollingInterval } = listener.instance.settings.queues;
  let wait = SHORTEST_POLL_MS;
  while (!signal.aborted) {
    const found = await poll(listener, signal);
    looked();
    wait = found > 0 ? SHORTEST_POLL_MS : Math.min(wait * 2, Math.max(maxPollingInterval, SHORTEST_POLL_MS));
    await pause(wait, signal);
    while (listener.running.size > newBatchThreshold && !signal.aborted) await Promise.race(listener.running);
  }
}

/**
 * Listens until the signal, then finishes what it has begun. Makes no queue, as the real host makes none.
 * @param looked called after each look into the queue
 */
export async function listenToQueue(
  instance: Instance,
  fn: IndexedFunction,
  signal: AbortSignal,
  looked: () => void,
): Promise<void> {
  const queue = queueClient(fn.trigger, instance.env);
  const poison = queue.name.endsWith('-poison')
    ? undefined
    : queueClient(fn.trigger, instance.env, '-poison');
  const listener: Listener = { instance, fn, queue, poison, running: new Set() };
  await pollForEver(listener, signal, looked).catch((error: unknown) => instance.fall(error));
  await Promise.all(listener.running);
}
