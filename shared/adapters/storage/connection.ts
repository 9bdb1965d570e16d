import type { TokenCredential } from '@azure/identity';

/** How to reach tables or queues: an emulator's connection string, or a service's URI with an Entra identity. */
export type StorageConnection =
  | { connectionString: string }
  | { serviceUri: string; credential: TokenCredential };

export interface StorageOptions {
  connection: StorageConnection;
  /** For one call of a port, however many requests and retries it takes. */
  timeoutMs: number;
}

/** Short: whoever called has a queue or a next run to fall back on, and an event only 20 seconds. */
export const RETRY_DELAY = { retryDelayInMs: 200, maxRetryDelayInMs: 1000 };
