import { VaultcastError } from './errors.ts';

/**
 * What a cluster's lists may bring to this process: those of its Secrets share one, namespaces have another. A run looks at four
 * clusters at once, whatever their number, so that bounds what it holds, too.
 */
export interface ListBudget {
  /** Rejects what is too much with CLUSTER_FAILED. `bytes`: as sent; `kept`: characters that stay in memory. */
  take(page: { items: number; bytes: number; kept: number }): void;
}

const MIB = 1024 * 1024;

/**
 * Far beyond any cluster that is well. Of one of our Secrets some 250 characters are kept, and those of its sources: what is
 * kept is enough for 15,000 that nobody knows of, and who knows of more adds them.
 */
const LIMITS = { items: 100_000, bytes: 256 * MIB, kept: 4 * MIB };

/** What is kept of a Secret that one expects, beside its sources. */
export const KEPT_OF_SECRET = 512;

/** @param expected characters of what is known to stand there, or to come there */
export function createListBudget(expected = 0, limits: typeof LIMITS = LIMITS): ListBudget {
  const most = { ...limits, kept: limits.kept + expected };
  const taken = { items: 0, bytes: 0, kept: 0 };
  return {
    take(page) {
      for (const what of ['items', 'bytes', 'kept'] as const) {
        taken[what] += page[what];
        if (taken[what] > most[what])
          throw new VaultcastError(
            'CLUSTER_FAILED',
            `its lists are longer than ${most[what]} ${WORDS[what]}`,
          );
      }
    },
  };
}

const WORDS = { items: 'items', bytes: 'bytes', kept: 'characters of names and marks' } as const;
