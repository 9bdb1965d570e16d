import pLimit from 'p-limit';

type Turns = <T>(cluster: string, task: () => Promise<T>) => Promise<T>;

/** One cluster gets at most this part of the places, so that one that hangs leaves room for the others. */
const SHARE = 1 / 4;

/** Runs at most `concurrency` tasks at once, and of them no more than a quarter for one cluster. */
export function turnsOf(concurrency: number): Turns {
  const all = pLimit(concurrency);
  const own = new Map<string, ReturnType<typeof pLimit>>();
  return (cluster, task) => {
    const mine = own.get(cluster) ?? pLimit(Math.max(1, Math.ceil(concurrency * SHARE)));
    own.set(cluster, mine);
    return mine(() => all(task));
  };
}
