import { QueueClient } from '@azure/storage-queue';
import type { z } from 'zod';
import { failureOf, VaultcastError } from '../../errors.ts';
import type { Ports } from '../../ports.ts';
import { pushMessage, reconcileMessage } from '../../retry/message.ts';
import { baseAddress } from '../http.ts';
import { boundedText } from '../bounded-text.ts';
import { identityFor, RETRY_DELAY, storageHttp, type StorageOptions } from './connection.ts';
import { asStorageHttp } from './compat.ts';
import { callStorage, storageErrorCode, storageStatus } from './failure.ts';

/** 64 KiB on the wire, of which base64 takes a quarter. */
const MESSAGE_BYTES = 48 * 1024;
/** Azure allows 7 days; whoever needs a longer wait sends the message again when it arrives. */
const LONGEST_HOP_SECONDS = 6 * 24 * 60 * 60;
/** Never: visibility must end before the message does, and giving up is decided by its `since`, not by storage. */
const TIME_TO_LIVE = -1;

export function clientFor({ connection, timeoutMs }: StorageOptions, name: string): QueueClient {
  const httpClient = asStorageHttp(storageHttp(timeoutMs));
  const options = { retryOptions: { ...RETRY_DELAY, maxTries: 3 }, httpClient };
  if ('connectionString' in connection) return new QueueClient(connection.connectionString, name, options);
  const { serviceUri, credential } = connection;
  return new QueueClient(`${baseAddress(serviceUri)}/${name}`, identityFor(credential), options);
}

/** Visibility in whole seconds, never earlier than asked; not a number means at once. */
export function visibilitySeconds(delayMs: number): number {
  const seconds = Math.ceil(delayMs / 1000);
  return seconds > 0 ? Math.min(seconds, LONGEST_HOP_SECONDS) : 0;
}

/** As host.json's `messageEncoding: base64` expects it. The schema is asked here, too: a bad message would be poison. */
export function encodeMessage(schema: z.ZodType, queue: string, message: unknown): string {
  const { success, data, error } = schema.safeParse(message);
  const [issue] = error?.issues ?? [];
  const problem = issue && `${issue.path.join('.')}: ${issue.message}`;
  const json = JSON.stringify(data) ?? '';
  if (success && Buffer.byteLength(json) <= MESSAGE_BYTES) return Buffer.from(json).toString('base64');
  const reason = problem ?? `it is longer than ${MESSAGE_BYTES} bytes`;
  throw new VaultcastError('BAD_MESSAGE', boundedText(`not put on queue ${queue}: ${reason}`, 300));
}

async function send(client: QueueClient, text: string, delayMs: number, signal: AbortSignal): Promise<void> {
  const visibilityTimeout = visibilitySeconds(delayMs);
  const options = { visibilityTimeout, messageTimeToLive: TIME_TO_LIVE, abortSignal: signal };
  try {
    await client.sendMessage(text, options);
  } catch (error) {
    if (storageErrorCode(error) !== 'QueueNotFound') throw error;
    await client.createIfNotExists({ abortSignal: signal });
    await client.sendMessage(text, options);
  }
}

/** All that the app's functions listen to. */
export const QUEUES = ['push', 'reconcile', 'vault-events'].flatMap((name) => [name, `${name}-poison`]);

/** undefined for a queue that there is not: it is made by the first message, or not used by this deployment. */
async function lengthOf(client: QueueClient, abortSignal: AbortSignal) {
  try {
    const [{ approximateMessagesCount: messages = 0 }, { peekedMessageItems }] = await Promise.all([
      client.getProperties({ abortSignal }),
      client.peekMessages({ numberOfMessages: 1, abortSignal }),
    ]);
    const [oldest] = peekedMessageItems;
    const oldestMs = oldest && Math.max(0, Date.now() - oldest.insertedOn.getTime());
    return { queue: client.name, messages, oldestMs };
  } catch (error) {
    if (storageStatus(error) === 404) return undefined;
    throw error;
  }
}

/**
 * The queues `push` and `reconcile`. At least once: a send whose answer is lost is sent again.
 * Rejects with BAD_MESSAGE (nothing was sent), QUEUE_UNAVAILABLE or TOKEN_UNAVAILABLE.
 */
export function createQueue(options: StorageOptions): Ports['queue'] {
  const [push, reconcile] = [clientFor(options, 'push'), clientFor(options, 'reconcile')];
  const all = QUEUES.map((name) => clientFor(options, name));
  const code = 'QUEUE_UNAVAILABLE';
  return {
    async push(message, delayMs, signal) {
      const text = encodeMessage(pushMessage, 'push', message);
      await callStorage('queue push', code, signal, (abort) => send(push, text, delayMs, abort));
    },
    async reconcile(message, delayMs, signal) {
      const text = encodeMessage(reconcileMessage, 'reconcile', message);
      await callStorage('queue reconcile', code, signal, (abort) => send(reconcile, text, delayMs, abort));
    },
    async lengths(signal) {
      const lengths = all.map((client) =>
        callStorage(`queue ${client.name}`, code, signal, (abort) => lengthOf(client, abort)),
      );
      const settled = await Promise.allSettled(lengths);
      return {
        known: settled.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : [])),
        failures: settled.flatMap((one) => (one.status === 'rejected' ? [failureOf(one.reason)] : [])),
      };
    },
  };
}
