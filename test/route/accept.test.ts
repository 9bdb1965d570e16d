import { describe, expect, it } from 'vitest';
import { accepts, parseAccept } from '../../shared/route/accept.ts';
import { acceptCases } from '../support/accept-cases.ts';

describe('the annotation vaultcast.dev/accept', () => {
  it.each(acceptCases)('$name', ({ annotation, vault, secret, accepted }) => {
    expect(accepts(parseAccept(annotation), { vault, name: secret })).toBe(accepted);
  });

  it('has no two rows of one name', () => {
    const names = acceptCases.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('reports the entries that accept nothing', () => {
    expect(parseAccept('app-1--,, app_2--, te/x').invalid).toEqual(['', 'app_2--', 'te/x']);
    expect(parseAccept('app-1--').invalid).toEqual([]);
    expect(parseAccept(undefined).invalid).toEqual([]);
  });

  it('quotes no more than the beginning of a long invalid entry', () => {
    expect(parseAccept('!'.repeat(5000)).invalid).toEqual(['!'.repeat(60)]);
  });

  // An expression that tries again from every character would not end within the time of a test.
  it.each([
    ['blanks', `a${' '.repeat(256 * 1024)}b`],
    ['dashes', `${'a-'.repeat(128 * 1024)}!`],
  ])('reads the longest annotation Kubernetes allows to its end, be it of %s', (_what, longest) => {
    expect(parseAccept(longest).invalid).toEqual([longest.slice(0, 60)]);
  });
});
