import { describe, expect, it } from 'vitest';
import { hasTags, isSelected, matchesGlob } from '../../shared/route/selection.ts';
import { aRoute } from '../support/documents.ts';

describe('a name pattern', () => {
  it.each([
    ['app-1--*', 'app-1--pg', true],
    ['app-1--*', 'app-1--', true],
    ['app-1--*', 'app-10--pg', false],
    ['*--password', 'app-1--pg--password', true],
    ['*--password', 'app-1--pg--password-admin', false],
    ['*pg*', 'app-1--pg--password', true],
    ['app-?--pg', 'app-1--pg', true],
    ['app-?--pg', 'app-10--pg', false],
    ['app-1--pg', 'app-1--pg', true],
    ['app-1--pg', 'app-1--pg2', false],
    ['*', '', true],
    ['**', 'x', true],
    ['?', '', false],
    ['*a*b', 'aab', true],
    ['*a*b', 'abba', false],
    ['a*', 'ba', false],
  ])('%s matches %j: %s', (pattern, name, matches) => {
    expect(matchesGlob(pattern, name)).toBe(matches);
  });

  it('comes to an end even where a regular expression would try for ever', () => {
    expect(matchesGlob(`${'*a'.repeat(60)}b`, 'a'.repeat(127))).toBe(false);
  });
});

describe('what a route selects within its prefix', () => {
  it('is everything when it says nothing', () => {
    expect(isSelected(aRoute(), 'app-1--pg--password')).toBe(true);
  });

  it('is what one of its patterns matches and none excludes', () => {
    const route = aRoute('app-1', { match: { names: ['*--pg--*', '*--mq--*'] }, exclude: ['*--old'] });
    expect(isSelected(route, 'app-1--mq--password')).toBe(true);
    expect(isSelected(route, 'app-1--web--password')).toBe(false);
    expect(isSelected(route, 'app-1--pg--old')).toBe(false);
  });

  it('may be narrowed by tags of the secret', () => {
    const route = aRoute('app-1', { match: { tags: { tier: 'gold', env: 'prod' } } });
    expect(hasTags(route, { tier: 'gold', env: 'prod', more: 'x' })).toBe(true);
    expect(hasTags(route, { tier: 'gold' })).toBe(false);
    expect(hasTags(route, { tier: 'gold', env: 'PROD' })).toBe(false);
    expect(hasTags(aRoute(), {})).toBe(true);
  });

  it('takes nothing from the prototype of the tags', () => {
    const route = aRoute('app-1', { match: { tags: { constructor: 'x' } } });
    expect(hasTags(route, {})).toBe(false);
  });
});
