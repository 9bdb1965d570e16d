import { describe, expect, it } from 'vitest';
import { sourcesOf } from '../../shared/deliver/sources.ts';
import type { Gathering } from '../../shared/deliver/gather.ts';
import type { Listing } from '../../shared/source/source.ts';
import { aClaim, aTarget, aVersion, aWork, NOW } from '../support/builders.ts';
import { aRoute } from '../support/documents.ts';

const tags = { env: 'prod' };

/** A vault of 50 services with one secret each, and how often the tags of any were looked at. */
function counted(): { listing: Listing; looks: () => number } {
  let looks = 0;
  const secrets = Array.from({ length: 50 }, (_, index) => {
    const name = `app-1--service-${index}--password`;
    const { value: _value, readAt: _readAt, ...properties } = aVersion({ name });
    return [name, Object.defineProperty(properties, 'tags', { get: () => ((looks += 1), tags) })] as const;
  });
  return { listing: { vault: 'team', secrets: new Map(secrets), readAt: NOW }, looks: () => looks };
}

describe('the sources of targets that are created together', () => {
  it('cost one look at the listing per route, however many targets there are', async () => {
    const { listing, looks } = counted();
    const mine = aRoute('route-b', { prefix: 'app-1--', namespaces: ['app-1'], match: { tags } });
    const rival = aRoute('route-a', { prefix: 'app-2--', namespaces: ['app-1'], match: { tags } });
    const gathering: Gathering = {
      source: () => Promise.reject(new Error('no source is read')),
      listing: () => Promise.resolve(listing),
      routes: () => Promise.resolve({ rows: [mine, rival], bad: [] }),
    };
    for (const index of [1, 2, 3, 4]) {
      const claim = aClaim({ route: mine, target: aTarget({ name: `service-${index}` }) });
      const observed = { work: aWork({ claim, source: undefined }), namespace: undefined, live: undefined };
      expect(await sourcesOf(observed, 'everything', gathering)).toEqual({
        accepted: [`app-1--service-${index}--password`],
        unaccepted: [],
      });
    }
    const routes = 2;
    expect(looks()).toBe(routes * listing.secrets.size);
  });
});
