import type { TokenCredential } from '@azure/identity';
import { createAzureHttp } from '../azure-http.ts';
import { boundCredential } from '../identity/tokens.ts';

/** How to reach tables or queues. */
export interface StorageOptions {
  /** An emulator's connection string, or a service's URI with an Entra identity. */
  connection: { connectionString: string } | { serviceUri: string; credential: TokenCredential };
  /** For one answer, from when it is asked for: a list has as much for each page, and up to 2 more attempts begin anew. */
  timeoutMs: number;
}

/** Short: whoever called has a queue or a next run to fall back on, and an event only 20 seconds. */
export const RETRY_DELAY = { retryDelayInMs: 200, maxRetryDelayInMs: 1000 };

const TOKEN_TIMEOUT_MS = 10_000;

/** A token that does not come is no failure of storage. */
export function identityFor(credential: TokenCredential): TokenCredential {
  return boundCredential(credential, TOKEN_TIMEOUT_MS);
}

/** A page of a table holds 1,000 rows of a kilobyte or two; where they are longer, smaller pages are asked for. Parsed within 50 ms. */
const ANSWER = { bytes: 4 * 1024 * 1024, values: 60_000 };

const clients = new Map<number, ReturnType<typeof createAzureHttp>>();

/** One for all tables and queues of a process: they are in one or two accounts, and share its connections. */
export function storageHttp(timeoutMs: number): ReturnType<typeof createAzureHttp> {
  const known = clients.get(timeoutMs) ?? createAzureHttp({ timeoutMs, ...ANSWER });
  clients.set(timeoutMs, known);
  return known;
}
