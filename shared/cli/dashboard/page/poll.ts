import { useEffect, useRef, useState } from 'preact/hooks';
import type { Views } from '../views.ts';
import { pathOf, view } from './api.ts';
import { report } from './seen.ts';

/** What is open is asked for again after this, milliseconds. */
const POLL_MS = 5000;

interface Polled<T> {
  /** What was read last, of this query or, for a moment, of the one before: nothing goes blank meanwhile. */
  data: T | undefined;
  failure: string | undefined;
  /** Looks again at once. */
  again: () => void;
}

/** Asks again and again, while somebody looks at the page. */
export function usePolled<Name extends Exclude<keyof Views, 'session'>>(
  name: Name,
  query: Readonly<Record<string, string | number>> = {},
): Polled<Views[Name]> {
  const [data, setData] = useState<Views[Name]>();
  const [failure, setFailure] = useState<string>();
  const poke = useRef<() => void>(() => {});
  useEffect(() => {
    const look = async (signal: AbortSignal): Promise<void> => {
      const read = await view(name, query, signal);
      setData(read);
      report(read.metadata);
    };
    const { again, stop } = repeat(look, setFailure);
    poke.current = again;
    return stop;
  }, [pathOf(name, query)]);
  return { data, failure, again: () => poke.current() };
}

/** Does it at once and then every five seconds, one at a time, while the page is visible. */
export function repeat(
  look: (signal: AbortSignal) => Promise<void>,
  onFailure: (message: string | undefined) => void,
): { again: () => void; stop: () => void } {
  const end = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isLooking = false;
  let isWanted = false;
  const round = async (): Promise<void> => {
    // Whoever asks meanwhile may want something else than what is being read.
    isWanted = isLooking;
    if (isLooking || end.signal.aborted) return;
    isLooking = true;
    clearTimeout(timer);
    try {
      if (document.visibilityState === 'visible') await look(end.signal);
      if (!end.signal.aborted) onFailure(undefined);
    } catch (error) {
      if (!end.signal.aborted) onFailure(error instanceof Error ? error.message : String(error));
    }
    isLooking = false;
    if (!end.signal.aborted) timer = setTimeout(again, isWanted ? 0 : POLL_MS);
  };
  const again = (): void => void round();
  document.addEventListener('visibilitychange', again, { signal: end.signal });
  again();
  const stop = (): void => {
    clearTimeout(timer);
    end.abort();
  };
  return { again, stop };
}
