import type { PageQuery } from './client.ts';
import { readPage, unusable } from './objects.ts';

const PAGE = 500;
/** Far beyond any cluster: a server that never ends its list must not keep us. */
const MAX_PAGES = 2000;

/** All pages of one consistent snapshot, or it rejects: half a list would look like deletions. */
export async function listAll<T>(
  fetchPage: (query: PageQuery) => Promise<unknown>,
  read: (item: unknown) => T,
): Promise<T[]> {
  const found: T[] = [];
  let next: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const page = readPage(await fetchPage({ limit: PAGE, next }));
    found.push(...page.items.map(read));
    if (page.next === undefined) return found;
    next = page.next;
  }
  throw unusable(`a list without an end after ${MAX_PAGES} pages`);
}
