import { type Failure, failureOf } from '../errors.ts';

/** By name: `ok`, or why it cannot be read. Deployment waits for all of them before events come. */
interface StorageReadiness {
  queues: Readonly<Record<string, string>>;
  tables: Readonly<Record<string, string>>;
}

/** The status, and what of storage the app can read; where that is not all, it is told instead of failing. */
export async function withReadiness<T extends object>(
  status: () => Promise<T>,
  storage: StorageReadiness,
): Promise<(T | { failure: Failure }) & { readiness: { storage: StorageReadiness } }> {
  const readiness = { storage };
  try {
    return { ...(await status()), readiness };
  } catch (error) {
    const isReady = [storage.queues, storage.tables].flatMap(Object.values).every((said) => said === 'ok');
    if (isReady) throw error;
    return { failure: failureOf(error), readiness };
  }
}
