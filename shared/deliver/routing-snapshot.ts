import type { Ports, Rows, Settings } from '../ports.ts';
import type { Route } from '../registry/document.ts';
import { type Clock, NEVER, unlessAborted } from '../time.ts';

/** At most so old is a snapshot, from the moment its read began (DESIGN 3). */
const FRESH_MS = 2000;

/**
 * The registry for events that run together: one that is alone asks for its own rows, those that come while it does share
 * one look at all. For events only: a person's command, a run and the second look of a removal ask anew. What fails or is
 * partial is shared by those who wait for it, and then forgotten.
 */
export function snapshotRouting(
  registry: Ports['registry'],
  clock: Pick<Clock, 'now'>,
): Settings['process']['routing'] {
  const routes = shared(async () => byPrefix(await registry.routes(NEVER)), clock);
  const clusters = shared(() => registry.clusters(NEVER), clock);
  return {
    async routesByPrefix(vault, prefixes, signal) {
      const all = routes.known();
      if (all === undefined) return routes.alone(() => registry.routesByPrefix(vault, prefixes, signal));
      const known = await unlessAborted(signal, all);
      return { rows: prefixes.flatMap((prefix) => known.get(`${vault}/${prefix}`) ?? []), bad: [] };
    },
    async clusters(signal) {
      const all = clusters.known();
      return all === undefined ? clusters.alone(() => registry.clusters(signal)) : unlessAborted(signal, all);
    },
  };
}

/** Rows that cannot be read are told of by runs, and by the events that asked for them alone. */
function byPrefix({ rows }: Rows<Route>): ReadonlyMap<string, Route[]> {
  return Map.groupBy(rows, ({ spec }) => `${spec.vault}/${spec.prefix}`);
}

/** A read that those who come together share. */
export function shared<T>(read: () => Promise<T>, clock: Pick<Clock, 'now'>) {
  let alone = 0;
  let last: { begun: number; result: Promise<T> } | undefined;
  const isFresh = (): boolean => last !== undefined && clock.now() - last.begun < FRESH_MS;
  const begin = (): void => {
    const one = { begun: clock.now(), result: read() };
    last = one;
    one.result.catch(() => {
      if (last === one) last = undefined;
    });
  };
  return {
    /** Undefined for one that is alone, and there is nothing fresh to share. */
    known(): Promise<T> | undefined {
      if (!isFresh()) last = undefined;
      if (last === undefined && alone > 0) begin();
      return last?.result;
    },
    async alone<R>(ask: () => Promise<R>): Promise<R> {
      alone += 1;
      try {
        return await ask();
      } finally {
        alone -= 1;
      }
    },
  };
}
