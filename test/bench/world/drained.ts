import type { LocalServer, LoggedRequest } from '../../local/network/https-server.ts';

/** How often a log is emptied: a request keeps its headers and its body there. */
const EVERY_MS = 500;

/** Counts a server's requests by what `keyOf` makes of them, and forgets them. Returns the counts since the last call. */
export function drained(
  server: Pick<LocalServer, 'requests'>,
  keyOf: (request: LoggedRequest) => string,
): () => Record<string, number> {
  let counts: Record<string, number> = {};
  const drain = (): void => {
    for (const request of server.requests.splice(0)) {
      const key = keyOf(request);
      counts[key] = (counts[key] ?? 0) + 1;
    }
  };
  setInterval(drain, EVERY_MS).unref();
  return () => {
    drain();
    const counted = counts;
    counts = {};
    return counted;
  };
}
