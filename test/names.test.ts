import { describe, expect, it } from 'vitest';
import { candidatePrefixes, prefixCovers, segmentsOf, targetId, toAsciiLower } from '../shared/names.ts';

describe('a secret name', () => {
  it.each([
    ['app-1--pg--password', ['app-1', 'pg', 'password']],
    ['app-1', ['app-1']],
    ['app-1-pg', ['app-1-pg']],
    ['0--1', ['0', '1']],
    ['a'.repeat(127), ['a'.repeat(127)]],
  ])('%s is made of segments', (name, segments) => {
    expect(segmentsOf(name)).toEqual(segments);
  });

  it.each([
    ['app-1---pg', 'three hyphens: nobody knows where the segment ends'],
    ['app-1--', 'an empty last segment'],
    ['--x', 'an empty first segment'],
    ['a----b', 'an empty segment in the middle'],
    ['a-----b', 'five hyphens'],
    ['-app-1--x', 'a segment that starts with a hyphen'],
    ['app-1--x-', 'a segment that ends with a hyphen'],
    ['--', 'the delimiter alone'],
    ['-', 'a hyphen alone'],
    ['', 'nothing at all'],
    ['app-\u212a--x', 'a Kelvin sign for k'],
    ['APP-1--x', 'upper case: names are lower-cased first'],
    ['app_1--x', 'an underscore'],
    ['app.1--x', 'a dot'],
    ['app-1--x\n', 'a line break'],
    ['..', 'a path'],
    ['a'.repeat(128), '128 characters'],
  ])('%j cannot be routed: %s', (name) => {
    expect(segmentsOf(name)).toBeUndefined();
  });

  it('is lower-cased in ASCII only', () => {
    expect(toAsciiLower('APP-1--Pg')).toBe('app-1--pg');
    expect(toAsciiLower('\u212a\u0130')).toBe('\u212a\u0130');
  });
});

describe('a prefix', () => {
  it.each([
    ['app-1--', 'app-1--x--y', true],
    ['app-1--', 'app-1--x', true],
    ['app-1--', 'app-10--x', false],
    ['app-1--', 'app-1-x', false],
    ['app-1--', 'app-1', false],
    ['app-1--', 'app-1--', false],
    ['app-1--pg--', 'app-1--pg--password', true],
    ['app-1--pg--', 'app-1--pgx--password', false],
    ['app-1--pg--password', 'app-1--pg--password', true],
    ['app-1--pg--password', 'app-1--pg--password-admin', false],
    ['app-1--pg--password', 'app-1--pg--password--old', false],
    ['', 'anything--at--all', true],
  ])('%j covers %s: %s', (prefix, name, covered) => {
    expect(prefixCovers(prefix, name)).toBe(covered);
  });

  it('is among the candidates of every name it covers', () => {
    const name = 'app-1--pg--replica--password';
    const candidates = candidatePrefixes(segmentsOf(name) ?? []);
    expect(candidates).toEqual(['', 'app-1--', 'app-1--pg--', 'app-1--pg--replica--', name]);
    expect(candidates.every((prefix) => prefixCovers(prefix, name))).toBe(true);
  });

  it('of a name of one segment is empty or the whole name', () => {
    expect(candidatePrefixes(['token'])).toEqual(['', 'token']);
  });
});

describe('a target', () => {
  it('is named by cluster, namespace and name', () => {
    expect(targetId({ cluster: 'weu-1', namespace: 'app-1', name: 'pg' })).toBe('weu-1/app-1/pg');
  });
});
