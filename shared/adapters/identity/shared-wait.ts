import { VaultcastError } from '../../errors.ts';
import { abandonable } from './tokens.ts';

/** Work that others wait for, too: this caller's end leaves it running. Rejects with CLUSTER_TIMEOUT when its time is over. */
export async function shared<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  try {
    return await abandonable(work, signal);
  } catch (error) {
    if (signal.aborted && !(error instanceof VaultcastError))
      throw new VaultcastError('CLUSTER_TIMEOUT', 'the time budget ended');
    throw error;
  }
}
