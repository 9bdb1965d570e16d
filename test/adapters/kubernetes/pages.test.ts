import { describe, expect, it } from 'vitest';
import type { WireAnswer } from '../../../shared/adapters/exchange.ts';
import { ExchangeFailure } from '../../../shared/adapters/exchange-failure.ts';
import { allPages, digestOfPages } from '../../../shared/adapters/kubernetes/pages.ts';
import { createListBudget } from '../../../shared/list-budget.ts';
import { failureOf } from '../../../shared/errors.ts';

const all = Array.from({ length: 1000 }, (_, at) => ({ name: `s-${at}` }));
const answer = (list: object): WireAnswer => {
  const body = Buffer.from(JSON.stringify({ kind: 'PartialObjectMetadataList', ...list }));
  return { status: 200, headers: {}, body, isCounted: false };
};

/** Serves them page by page; one of more than `most` items is too large. */
function server(most = Number.POSITIVE_INFINITY, items: readonly object[] = all) {
  const limits: number[] = [];
  const fetch = async (limit: number, next = '0') => {
    limits.push(limit);
    if (limit > most) throw new ExchangeFailure('too-large', 'too large');
    const end = Number(next) + limit;
    const metadata = { continue: end < all.length ? String(end) : '' };
    return answer({ metadata, items: items.slice(Number(next), end) });
  };
  return { limits, fetch };
}
/** Of all its pages together. */
const BYTES = [await server().fetch(500), await server().fetch(500, '500')].reduce(
  (sum, { body }) => sum + body.length,
  0,
);
const nameOf = (item: unknown): string => (item as { name: string }).name;
const list = ({ fetch }: ReturnType<typeof server>, budget = createListBudget()) =>
  allPages(fetch, nameOf, budget).then((found) => found.length, failureOf);

describe('a list', () => {
  it('is whole, 500 at a time', async () => {
    const here = server();
    expect(await list(here)).toBe(1000);
    expect(here.limits).toEqual([500, 500]);
  });

  it('is whole in smaller pages when its objects are large', async () => {
    const here = server(100);
    expect(await list(here)).toBe(1000);
    expect(Math.max(...here.limits.slice(3))).toBeLessThanOrEqual(100);
    expect(here.limits.length).toBeLessThan(25);
  });

  it('has no digest where its pages were cut by what they hold, which those of a digest are not', async () => {
    const here = server(
      500,
      all.map((one) => ({ ...one, values: Array.from({ length: 200 }, () => 0) })),
    );
    const fetch = async (...page: Parameters<typeof here.fetch>) => ({
      ...(await here.fetch(...page)),
      isCounted: isFound,
    });
    const heard: (string | undefined)[] = [];
    let isFound = true;
    await allPages(fetch, nameOf, createListBudget(), (digest) => heard.push(digest));
    isFound = false;
    await allPages(fetch, nameOf, createListBudget(), (digest) => heard.push(digest));
    expect(heard).toEqual([await digestOfPages(fetch, createListBudget()), undefined]);
    expect(heard[0]).toBeDefined();
  });

  it('ends when not even one of its objects fits', async () => {
    const here = server(0);
    await expect(allPages(here.fetch, nameOf, createListBudget())).rejects.toThrow(ExchangeFailure);
    expect(here.limits).toEqual([500, 62, 7, 1]);
  });

  it.each([
    ['items', { items: 999, bytes: 1e9, kept: 1e9 }, 'longer than 999 items'],
    ['bytes', { items: 1e9, bytes: BYTES - 1, kept: 1e9 }, 'longer than 1 MiB'],
    ['what it keeps', { items: 1e9, bytes: 1e9, kept: 3000 }, 'longer than 1 MiB of names and marks'],
  ])('ends beyond its budget of %s', async (_what, limits, why) => {
    const failure = await list(server(), createListBudget(0, { ...limits, most: 1e9 }));
    expect(failure).toMatchObject({ code: 'CLUSTER_FAILED', message: expect.stringContaining(why) });
  });

  it('may come to just that', async () => {
    const budget = createListBudget(0, { items: 1000, bytes: BYTES, kept: 1e9, most: 1e9 });
    expect(await list(server(), budget)).toBe(1000);
  });

  it('ends when the lists of its cluster together are too long', async () => {
    const ofCluster = createListBudget(0, { items: 2500, bytes: 1e9, kept: 1e9, most: 1e9 });
    const ends = [];
    for (let at = 0; at < 3; at += 1) ends.push(await list(server(), ofCluster));
    expect(ends).toEqual([1000, 1000, expect.objectContaining({ code: 'CLUSTER_FAILED' })]);
  });

  it('that has pages without an end and nothing on them ends, too', async () => {
    const empty = async () => answer({ metadata: { continue: 'more' }, items: [] });
    const failure = await allPages(empty, nameOf, createListBudget()).catch(failureOf);
    expect(failure).toMatchObject({ message: 'unusable answer: a list without an end after 2000 pages' });
  });
});
