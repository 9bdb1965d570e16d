/** Remembers what runs until it has ended. */
export interface Work {
  track<T>(work: Promise<T>): Promise<T>;
  /** How much runs. */
  count(): number;
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
}

export function trackWork(): Work {
  const running = new Set<Promise<unknown>>();
  return {
    track(work) {
      running.add(work);
      const forget = (): void => void running.delete(work);
      work.then(forget, forget);
      return work;
    },
    count: () => running.size,
    async idle() {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}
