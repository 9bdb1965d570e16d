import { VaultcastError } from './errors.ts';

/**
 * What a cluster's lists may bring to this process. A list has one of its own, and those that a run makes of one cluster
 * share another; a run looks at four clusters at once, whatever their number, so that bounds what it holds, too.
 */
export interface ListBudget {
  /** Rejects what is too much with CLUSTER_FAILED. `bytes`: as sent; `kept`: characters that stay in memory. */
  take(page: { items: number; bytes: number; kept: number }): void;
}

const MIB = 1024 * 1024;

/** Far beyond any cluster that is well: 100,000 Secrets of ours keep about 40 million characters, and none has 10,000. */
const LIMITS = { items: 100_000, bytes: 256 * MIB, kept: 24 * MIB };

export function createListBudget(shared?: ListBudget, limits: typeof LIMITS = LIMITS): ListBudget {
  const taken = { items: 0, bytes: 0, kept: 0 };
  return {
    take(page) {
      for (const what of ['items', 'bytes', 'kept'] as const) {
        taken[what] += page[what];
        if (taken[what] > limits[what])
          throw new VaultcastError(
            'CLUSTER_FAILED',
            `its lists are longer than ${limits[what]} ${WORDS[what]}`,
          );
      }
      shared?.take(page);
    },
  };
}

const WORDS = { items: 'items', bytes: 'bytes', kept: 'characters of names and marks' } as const;
