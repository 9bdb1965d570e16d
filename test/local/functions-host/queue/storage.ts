import { QueueClient } from '@azure/storage-queue';
import { pause } from '../pause.ts';
import { connectionString } from '../settings/app-settings.ts';
import type { Binding } from '../worker/messages.ts';

/** The client itself tries nothing twice: `patiently` does. */
const ONCE = { retryOptions: { maxTries: 1, tryTimeoutInMs: 10_000 } };
const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [100, 1000];
const SERVER_ERROR = 500;

export function queueClient(binding: Binding, env: NodeJS.ProcessEnv, suffix = ''): QueueClient {
  const name = `${String(binding['queueName'])}${suffix}`;
  return new QueueClient(connectionString(binding['connection'], env), name, ONCE);
}

interface StorageError {
  statusCode?: number;
  code?: string;
  details?: { errorCode?: string };
}

const codeOf = ({ code, details }: StorageError): string => details?.errorCode ?? code ?? '';

/** The service does not answer, or answers that it cannot now. */
function isPassing({ statusCode }: StorageError): boolean {
  return statusCode === undefined || statusCode >= SERVER_ERROR;
}

export const isServerError = ({ statusCode }: StorageError): boolean => (statusCode ?? 0) >= SERVER_ERROR;

export const isQueueMissing = (error: StorageError): boolean =>
  ['QueueNotFound', 'QueueBeingDeleted'].includes(codeOf(error));

/** Somebody else has the message now, or nobody: its lease ran out. */
export const isMessageLost = (error: StorageError): boolean =>
  isQueueMissing(error) || ['MessageNotFound', 'PopReceiptMismatch'].includes(codeOf(error));

/** One word for the log: never what storage wrote. */
export const describeFailure = (error: StorageError): string =>
  `${error.statusCode ?? 'no answer'} ${codeOf(error)}`.trim();

/**
 * Tries again for as long as the host's own client does: a service may be away for some 20 seconds unnoticed.
 * @throws what storage answered last
 */
export async function patiently<T>(
  work: () => Promise<T>,
  outageMs: number,
  signal: AbortSignal = new AbortController().signal,
): Promise<T> {
  const since = Date.now();
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error as StorageError) || signal.aborted || Date.now() - since >= outageMs) throw error;
    }
    await pause(wait, signal);
  }
}
