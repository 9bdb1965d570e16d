import { VaultcastError } from './errors.ts';

/** What lists of a cluster may bring to this process. A run looks at four clusters at once: that bounds what it holds, too. */
export interface ListBudget {
  /** Rejects what is too much with CLUSTER_FAILED. `bytes`: as sent; `kept`: characters that stay in memory. */
  take(page: { items: number; bytes: number; kept: number }): void;
}

const MIB = 1024 * 1024;

/**
 * Far beyond any cluster that is well. Of one of our Secrets some 250 characters are kept, and those of its sources: `kept` is
 * enough for 15,000 that nobody expects, `most` for 60,000 that one does. Of namespaces, names and what they accept are kept:
 * `kept` is enough for 10,000 of 400 characters each.
 */
const LIMITS = { items: 100_000, bytes: 256 * MIB, kept: 4 * MIB, most: 24 * MIB };
/** One namespace, whoever writes there, must not use up what all have. */
const OF_NAMESPACE = { ...LIMITS, kept: MIB };

/** What is kept of a Secret that one expects, beside its sources. */
export const KEPT_OF_SECRET = 512;

/** @param expected characters of what is known to stand there, or to come there */
export function createListBudget(expected = 0, limits: typeof LIMITS = LIMITS): ListBudget {
  const most = { ...limits, kept: Math.min(limits.kept + expected, limits.most) };
  const taken = { items: 0, bytes: 0, kept: 0 };
  return {
    take(page) {
      for (const what of ['items', 'bytes', 'kept'] as const) {
        taken[what] += page[what];
        if (taken[what] > most[what])
          throw new VaultcastError('CLUSTER_FAILED', `its lists are longer than ${WORDS[what](most[what])}`);
      }
    },
  };
}

/** What the list of one namespace may bring, of what all have. */
export function budgetOfNamespace(all: ListBudget, expected: number): ListBudget {
  const own = createListBudget(expected, OF_NAMESPACE);
  return {
    take(page) {
      own.take(page);
      all.take(page);
    },
  };
}

/** In whole MiB: what people read again and again must not change with every Secret. */
const inMib = (bytes: number): string => `${Math.ceil(bytes / MIB)} MiB`;

const WORDS = {
  items: (count: number) => `${count} items`,
  bytes: inMib,
  kept: (characters: number) => `${inMib(characters)} of names and marks`,
} as const;
