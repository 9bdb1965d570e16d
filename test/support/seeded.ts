/** Numbers in [0, 1) that come again with the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Chance with a memory: the same seed, the same choices in the same order. */
export interface Dice {
  /** In [0, 1). */
  next(): number;
  /** From low to high, both included. */
  between(low: number, high: number): number;
  /** True with that probability. */
  happens(probability: number): boolean;
  /** @throws Error when there is nothing to choose from */
  pick<T>(from: readonly T[]): T;
}

export function createDice(seed: number): Dice {
  const next = seeded(seed);
  return {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    happens: (probability) => next() < probability,
    pick: <T>(from: readonly T[]): T => {
      const chosen = from[Math.floor(next() * from.length)];
      if (chosen === undefined) throw new Error('nothing to choose from');
      return chosen;
    },
  };
}
