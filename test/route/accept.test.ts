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

  it('takes no time for the longest annotation Kubernetes allows', () => {
    const started = performance.now();
    parseAccept(`a${' '.repeat(256 * 1024)}b`);
    parseAccept(`${'a-'.repeat(128 * 1024)}!`);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
