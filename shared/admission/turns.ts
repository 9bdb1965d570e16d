import pLimit from 'p-limit';

/** One cluster gets at most this part of the places, so that one that hangs leaves room for the others. */
const SHARE = 1 / 4;

/**
 * At most `places` tasks at once in this process, whatever they are part of, and of them no more than a quarter at one
 * cluster. First come, first served among those: a cluster with many tasks waits for its own.
 */
export function turnsOf(places: number) {
  const all = pLimit(places);
  const own = new Map<string, ReturnType<typeof pLimit>>();
  return <T>(cluster: string, task: () => Promise<T>): Promise<T> => {
    const mine = own.get(cluster) ?? pLimit(Math.max(1, Math.ceil(places * SHARE)));
    own.set(cluster, mine);
    return mine(() => all(task));
  };
}
