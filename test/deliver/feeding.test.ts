import { describe, expect, it } from 'vitest';
import { feedingOf } from '../../shared/deliver/feeding.ts';
import type { Reads } from '../../shared/deliver/reads.ts';
import type { Route } from '../../shared/registry/document.ts';
import type { Listing } from '../../shared/source/source.ts';
import { aLiveSecret, aRef, aTarget, aVersion, NOW } from '../support/builders.ts';
import { aCluster, aRoute } from '../support/documents.ts';

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

function readsOf(listing: Listing, rows: Route[], maker?: string): Reads {
  return {
    source: () => Promise.reject(new Error('no source is read')),
    certificate: () => Promise.reject(new Error('no certificate is read')),
    listing: () => Promise.resolve(listing),
    routes: () => Promise.resolve({ rows, bad: [] }),
    maker: () => Promise.resolve(maker),
  };
}

function madeBy(route: string) {
  const { annotations } = aLiveSecret();
  return { annotations: { ...annotations, 'vaultcast.dev/route': route } };
}

describe('the sources of targets that are created together', () => {
  it('cost one look at the listing per route, however many targets there are', async () => {
    const { listing, looks } = counted();
    const mine = aRoute('route-b', { prefix: 'app-1--', namespaces: ['app-1'], match: { tags } });
    const rival = aRoute('route-a', { prefix: 'app-2--', namespaces: ['app-1'], match: { tags } });
    const reads = readsOf(listing, [mine, rival]);
    for (const index of [1, 2, 3, 4]) {
      const ref = aRef({ name: `service-${index}` });
      const asked = { by: 'run', listed: [] } as const;
      const target = aTarget({
        route: mine,
        cluster: aCluster('weu-1', { requireConsent: false }),
        ref,
        asked,
      });
      expect(await feedingOf({ target, namespace: undefined, secret: undefined }, reads)).toEqual({
        kind: 'mine',
        accepted: [`app-1--service-${index}--password`],
        refused: [],
        unlisted: new Set(),
      });
    }
    const routes = 2;
    expect(looks()).toBe(routes * listing.secrets.size);
  });
});

describe('a target that another route claims, too', () => {
  const spec = { prefix: 'app-1--', namespaces: ['app-1'] };
  const b = aRoute('b', spec);
  const { value: _value, readAt: _readAt, ...password } = aVersion();

  /** What the namespace accepts, what the vault lists, and who made what stood there last. */
  interface Around {
    accept: string;
    names: (typeof password)[];
    maker: string;
  }

  async function feeding(
    rival: object,
    recorded: string | undefined,
    { accept = 'app-1--', names = [password], maker }: Partial<Around> = {},
  ) {
    const secret = recorded === undefined ? undefined : aLiveSecret(madeBy(recorded));
    const namespace = { name: 'app-1', accept, terminating: false };
    const listing = { vault: 'team', secrets: new Map(names.map((one) => [one.name, one])), readAt: NOW };
    const routes = [b, aRoute('a', { ...spec, ...rival })];
    const reads = readsOf(listing, routes, maker);
    return feedingOf({ target: aTarget({ route: b }), namespace, secret }, reads);
  }

  const owner = (message: string, isLeft = false) => ({
    kind: 'not-mine',
    reason: { code: 'COLLISION', message },
    isLeft,
  });
  const OTHER = owner('route a owns this target');
  const NOBODY = owner('routes a and b claim this target: nobody writes it until only one of them does');

  it("is nobody's while nothing is recorded, whatever the routes are called", async () => {
    expect(await feeding({}, undefined)).toEqual(NOBODY);
  });

  it('is owned by the recorded route while that still claims it', async () => {
    expect(await feeding({}, 'b')).toMatchObject({ kind: 'mine' });
    expect(await feeding({}, 'a')).toEqual(OTHER);
  });

  it('is owned by the recorded route while that is paused', async () => {
    expect(await feeding({ paused: true }, 'a')).toEqual(OTHER);
  });

  it('is not claimed by a route of whose sources none is listed', async () => {
    expect(await feeding({ prefix: 'app-2--' }, undefined)).toMatchObject({ kind: 'mine' });
  });

  it('is not claimed by a route whose sources the namespace does not accept', async () => {
    const other = { ...password, name: 'app-2--pg--password' };
    const rival = { prefix: 'app-2--' };
    const both = [password, other];
    expect(await feeding(rival, undefined, { names: both })).toMatchObject({ kind: 'mine' });
    expect(await feeding(rival, undefined, { accept: 'app-1--,app-2--', names: both })).toEqual(NOBODY);
  });

  it('is owned, while nothing stands, by the route that made what stood there last', async () => {
    expect(await feeding({}, undefined, { maker: 'team/b' })).toMatchObject({ kind: 'mine' });
    expect(await feeding({}, undefined, { maker: 'team/a' })).toEqual(
      owner('route a owns this target', true),
    );
  });

  it("is nobody's, while nothing stands, when who made what stood there claims it no more", async () => {
    expect(await feeding({}, undefined, { maker: 'team/gone' })).toEqual(NOBODY);
  });

  it('is owned by the recorded route, whoever made another Secret there before', async () => {
    expect(await feeding({}, 'b', { maker: 'team/a' })).toMatchObject({ kind: 'mine' });
  });
});
