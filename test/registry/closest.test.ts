import { describe, expect, it } from 'vitest';
import { closest } from '../../shared/registry/closest.ts';

const FIELDS = ['clusters', 'namespaces', 'name', 'prefix'];

describe('the name that somebody most likely meant', () => {
  it.each([
    ['a letter too many', 'clussters', 'clusters'],
    ['a letter too many at the end', 'prefixx', 'prefix'],
    ['a letter too few', 'clstrs', 'clusters'],
    ['a letter too few at the end', 'prefi', 'prefix'],
    ['another letter', 'nemespaces', 'namespaces'],
    ['two letters that changed places', 'naem', 'name'],
    ['another case', 'NameSpaces', 'namespaces'],
    ['no mistake', 'name', 'name'],
  ])('is found behind %s', (_what, written, meant) => {
    expect(closest(written, FIELDS)).toBe(meant);
  });

  it('is the closest of several that are close', () => {
    expect(closest('namespace', ['namespacing', 'namespaces', 'name'])).toBe('namespaces');
  });

  it.each([
    ['shares nothing with any', 'layout'],
    ['is further away than a third of its letters', 'nxxe'],
    ['is longer than any field', `${'clusters'.repeat(8)}x`],
    ['is empty and far from all', ''],
  ])('is not guessed when what is written %s', (_why, written) => {
    expect(closest(written, FIELDS)).toBeUndefined();
  });

  it('counts letters that changed places as one mistake, so that a short name may have it', () => {
    expect(closest('nmae', ['name', 'nmxx'])).toBe('name');
  });
});
