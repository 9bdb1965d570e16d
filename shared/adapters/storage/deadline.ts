import type { Code } from '../../errors.ts';
import { storageFailure } from './failure.ts';

/** Short: whoever called has a queue or a next run to fall back on, and an event only 20 seconds. */
const RETRY_DELAY = { retryDelayInMs: 200, maxRetryDelayInMs: 1000 };
export const TABLE_RETRIES = { ...RETRY_DELAY, maxRetries: 2 };
export const QUEUE_RETRIES = { ...RETRY_DELAY, maxTries: 3 };

export interface Deadline {
  timeoutMs: number;
  code: Code;
}

/**
 * Runs storage calls with one deadline for all of them, retries included, and translates what they throw.
 * @param what the thing asked, such as `table Targets`
 */
export async function withDeadline<T>(
  { timeoutMs, code }: Deadline,
  what: string,
  signal: AbortSignal,
  calls: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await calls(AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
  } catch (error) {
    throw storageFailure(error, code, what);
  }
}
