import type { ListBudget } from '../../list-budget.ts';
import { parseBounded } from '../bounded-json.ts';
import type { WireAnswer } from '../exchange.ts';
import { fittingPages } from '../fitting-pages.ts';
import { BOUNDS } from './bounds.ts';
import { createListDigest } from './list-digest.ts';
import { readPage, unusable } from './objects.ts';

const PAGE = 500;
/** Far beyond any cluster: a server that never ends its list must not keep us. */
const MAX_PAGES = 2000;

/** Of so many items, from where `next` says. */
type FetchPage<P> = (limit: number, next: string | undefined) => Promise<P>;

/**
 * All pages of one consistent snapshot, or it rejects: half a list would look like deletions. Pages are folded as they come:
 * only what `read` makes of an item is kept, and what it makes nothing of is let go.
 */
export async function allPages<T>(
  fetchPage: FetchPage<WireAnswer>,
  read: (item: unknown) => T | undefined,
  budget: ListBudget,
  digested?: (digest: string | undefined) => void,
): Promise<T[]> {
  const found: T[] = [];
  let isComparable = true;
  const parsed = async (limit: number, next: string | undefined) => {
    const page = await fetchPage(limit, next);
    try {
      return { body: page.body, content: parseBounded(page, BOUNDS.page.values) };
    } catch (error) {
      // Asked for anew in smaller pages, which it is not where nobody parses it.
      isComparable = false;
      throw error;
    }
  };
  const digest = createListDigest();
  await eachPage(parsed, ({ content, body }) => {
    const page = readPage(content);
    const items = page.items.map(read).filter((item) => item !== undefined);
    budget.take({ items: page.items.length, bytes: body.length, kept: charactersOf(items) });
    if (digested !== undefined) digest.add(body);
    for (const item of items) found.push(item);
    return page.next;
  });
  digested?.(isComparable ? digest.end() : undefined);
  return found;
}

/** What the same list comes to, without making anything of it: undefined when its pages are not written as they usually are. */
export async function digestOfPages(
  fetchPage: FetchPage<WireAnswer>,
  budget: ListBudget,
): Promise<string | undefined> {
  const digest = createListDigest();
  await eachPage(fetchPage, ({ body }) => {
    budget.take({ items: 0, bytes: body.length, kept: 0 });
    const added = digest.add(body);
    return added === 'unknown' ? undefined : added.next;
  });
  return digest.end();
}

/** `take` says where the next one begins. */
async function eachPage<P>(fetchPage: FetchPage<P>, take: (page: P) => string | undefined): Promise<void> {
  const fetch = fittingPages(fetchPage, PAGE);
  let next: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    next = take(await fetch(next));
    if (next === undefined) return;
  }
  throw unusable(`a list without an end after ${MAX_PAGES} pages`);
}

/** Of all texts in it, however deep: what it takes of memory beside its form, which is the same of each. */
function charactersOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let sum = 0;
  for (const one of Object.values(value)) sum += charactersOf(one);
  return sum;
}
