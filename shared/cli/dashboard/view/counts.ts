type Counts = Readonly<Record<string, number>>;

/** All of them together, in the order of the alphabet. */
export function summed(all: readonly Counts[]): Counts {
  const sum = new Map<string, number>();
  for (const counts of all)
    for (const [word, count] of Object.entries(counts)) sum.set(word, (sum.get(word) ?? 0) + count);
  return Object.fromEntries([...sum].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
