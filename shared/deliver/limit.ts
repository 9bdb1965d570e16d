import pLimit from 'p-limit';

/** Runs at most `concurrency` tasks at once, the others in the order they came. */
export function limited(concurrency: number): <T>(task: () => Promise<T>) => Promise<T> {
  const limit = pLimit(concurrency);
  return (task) => limit(task);
}
