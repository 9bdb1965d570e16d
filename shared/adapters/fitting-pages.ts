import { ExchangeFailure } from './exchange-failure.ts';

/**
 * Pages of as many items as fit, at most `page`: a few large items must not end the list of all others. What one page of a few
 * cannot hold, none can. `fetchPage` fetches one of so many items, from where `next` says.
 */
export function fittingPages<P>(
  fetchPage: (limit: number, next: string | undefined) => Promise<P>,
  page: number,
): (next: string | undefined) => Promise<P> {
  let [limit, most] = [page, page];
  return async (next) => {
    for (;;) {
      try {
        const found = await fetchPage(limit, next);
        limit = Math.min(most, limit * 2);
        return found;
      } catch (error) {
        if (!isTooLarge(error) || limit === 1) throw error;
        most = Math.max(1, Math.floor(limit / 2));
        limit = Math.max(1, Math.floor(limit / 8));
      }
    }
  };
}

const isTooLarge = (error: unknown): boolean =>
  error instanceof ExchangeFailure && error.kind === 'too-large';
