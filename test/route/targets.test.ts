import { describe, expect, it } from 'vitest';
import { targetId } from '../../shared/names.ts';
import { mayClaim, routingOf, selectsCluster, sourcesAmong } from '../../shared/route/targets.ts';
import { aTarget, aRef } from '../support/builders.ts';
import { aCluster, aRoute } from '../support/documents.ts';

const secret = (name: string, vault = 'team') => ({ vault, name });
const targetsOf = (...args: Parameters<typeof routingOf>) =>
  routingOf(...args).targets.map(({ ref }) => targetId(ref));
const unplacedOf = (...args: Parameters<typeof routingOf>) =>
  routingOf(...args).unplaced.map(({ code, message }) => `${code}: ${message}`);

describe('the targets of a secret', () => {
  const clusters = [aCluster('weu-1'), aCluster('weu-2'), aCluster('test-1', {}, { env: 'test' })];

  it('are in every cluster and namespace of its route', () => {
    const route = aRoute('app-1', { namespaces: ['app-1', 'app-1-jobs'] });
    expect(targetsOf(secret('app-1--pg--password'), [route], clusters)).toEqual([
      'weu-1/app-1/pg',
      'weu-1/app-1-jobs/pg',
      'weu-2/app-1/pg',
      'weu-2/app-1-jobs/pg',
    ]);
  });

  it('are the same for many secrets of one service', () => {
    const of = (name: string) => targetsOf(secret(name), [aRoute()], [aCluster()]);
    expect(of('app-1--pg--password')).toEqual(of('app-1--pg--user'));
  });

  it('are of every route that covers its name', () => {
    const routes = [aRoute(), aRoute('flat', { prefix: 'app-1--', layout: 'flat', namespaces: ['other'] })];
    expect(targetsOf(secret('app-1--pg--password'), routes, [aCluster()])).toEqual([
      'weu-1/app-1/pg',
      'weu-1/other/app-1--pg--password',
    ]);
  });

  it.each([
    ['app-10--pg--password', 'a name that only begins alike'],
    ['app-1-pg', 'a name with a single hyphen'],
    ['app-1', 'the prefix without its delimiter'],
  ])('are none for %s: %s', (name) => {
    expect(routingOf(secret(name), [aRoute()], clusters)).toEqual({ targets: [], unplaced: [] });
  });

  it('are none for a secret of another vault', () => {
    const none = { targets: [], unplaced: [] };
    expect(routingOf(secret('app-1--pg--password', 'other'), [aRoute()], clusters)).toEqual(none);
  });

  it('are none for a secret that the route excludes or does not match', () => {
    const excluding = aRoute('app-1', { exclude: ['*--old'] });
    const matching = aRoute('app-1', { match: { names: ['*--new'] } });
    expect(targetsOf(secret('app-1--pg--old'), [excluding, matching], clusters)).toEqual([]);
  });

  it('come from the name with fromSegment', () => {
    const route = aRoute('all', { prefix: '', allSecrets: true, namespaces: { fromSegment: 1 } });
    expect(targetsOf(secret('app-7--pg--password'), [route], [aCluster()])).toEqual(['weu-1/app-7/pg']);
  });

  it('are reported missing where the segment is no namespace name or is not there', () => {
    const first = aRoute('all', {
      prefix: '',
      allSecrets: true,
      namespaces: { fromSegment: 1 },
      layout: 'flat',
    });
    const third = aRoute('app-1', { namespaces: { fromSegment: 3 }, layout: 'flat' });
    const long = 'a'.repeat(64);
    expect(unplacedOf(secret(`${long}--pg`), [first], clusters)).toEqual([
      `BAD_NAME: segment ${long} is not a namespace name`,
    ]);
    expect(unplacedOf(secret('app-1--pg'), [third], clusters)).toEqual([
      'BAD_NAME: the name has no segment 3 to take the namespace from',
    ]);
  });

  it('are reported missing where no segment is left for the Secret', () => {
    const route = aRoute('all', { prefix: '', allSecrets: true, namespaces: { fromSegment: 1 } });
    expect(unplacedOf(secret('app-7'), [route], clusters)).toEqual([
      'RENDER_REFUSED: no segment is left to name the Secret after the prefix and the namespace',
    ]);
  });

  it('are none while the route or the cluster is paused, and that is said', () => {
    const paused = [aCluster('weu-1', { paused: true }), aCluster('weu-2')];
    expect(targetsOf(secret('app-1--pg'), [aRoute()], paused)).toEqual(['weu-2/app-1/pg']);
    expect(unplacedOf(secret('app-1--pg'), [aRoute()], paused)).toEqual(['PAUSED: cluster weu-1 is paused']);
    expect(unplacedOf(secret('app-1--pg'), [aRoute('app-1', { paused: true })], paused)).toEqual([
      'PAUSED: the route is paused',
    ]);
  });
});

describe('the clusters of a route', () => {
  it.each([
    [{ matchLabels: { env: 'prod' } }, true],
    [{ matchLabels: { env: 'prod', region: 'weu' } }, true],
    [{ matchLabels: { env: 'prod', region: 'neu' } }, false],
    [{ matchLabels: { constructor: 'x' } }, false],
    [{ names: ['weu-1'] }, true],
    [{ names: ['weu-2', 'weu-3'] }, false],
  ])('%j select weu-1 in prod: %s', (clusters, selected) => {
    const cluster = aCluster('weu-1', {}, { region: 'weu' });
    expect(selectsCluster(aRoute('app-1', { clusters }), cluster)).toBe(selected);
  });
});

describe('the sources of a target among names', () => {
  const names = [
    'app-1--pg--user',
    'app-1--pg--password',
    'app-1--mq--password',
    'app-10--pg--x',
    'app-1--pg---x',
  ];

  it('are those that the route puts there, sorted', () => {
    expect(sourcesAmong(aRoute(), aRef(), names)).toEqual(['app-1--pg--password', 'app-1--pg--user']);
  });

  it("are none in a namespace that is not the route's", () => {
    expect(sourcesAmong(aRoute(), aRef({ namespace: 'app-2' }), names)).toEqual([]);
  });

  it('are none that the route excludes', () => {
    const route = aRoute('app-1', { exclude: ['*--user'] });
    expect(sourcesAmong(route, aRef(), names)).toEqual(['app-1--pg--password']);
  });

  it("are of the namespace's own segment with fromSegment", () => {
    const route = aRoute('all', { prefix: '', allSecrets: true, namespaces: { fromSegment: 1 } });
    expect(sourcesAmong(route, aRef(), names)).toEqual(['app-1--pg--password', 'app-1--pg--user']);
  });

  it('are in layout flat the secret of the same name, if it is there', () => {
    const route = aRoute('app-1', { layout: 'flat' });
    const target = aRef({ name: 'app-1--mq--password' });
    expect(sourcesAmong(route, target, names)).toEqual(['app-1--mq--password']);
    expect(sourcesAmong(route, aRef({ name: 'app-1--web' }), names)).toEqual([]);
  });
});

describe('whether a route may claim a target, without a listing', () => {
  const explicit = { layout: 'explicit', name: 'pg', data: { p: { secret: 'app-1--pg--password' } } };

  it.each([
    [{}, {}, true],
    [{ paused: true }, {}, true],
    [{ namespaces: ['app-2'] }, {}, false],
    [{ namespaces: { fromSegment: 1 } }, {}, true],
    [{ clusters: { names: ['weu-2'] } }, {}, false],
    [explicit, {}, true],
    [explicit, { name: 'mq' }, false],
    [{ layout: 'flat' }, {}, false],
    [{ layout: 'flat' }, { name: 'app-1--pg' }, true],
  ])('a route with %j and the target with %j: %s', (spec, target, claims) => {
    expect(mayClaim(aRoute('app-1', spec), aTarget({ ref: aRef(target) }))).toBe(claims);
  });
});
