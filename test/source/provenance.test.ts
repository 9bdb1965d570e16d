import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { formatProvenance, parseProvenance } from '../../shared/source/provenance.ts';

const alphanumeric = Array.from('0123456789abcdefghijklmnopqrstuvwxyz');
const text = (min: number, max: number, letters = [...alphanumeric, '-']) =>
  fc.string({ unit: fc.constantFrom(...letters), minLength: min, maxLength: max });
const delivered = fc.record({
  version: text(1, 64, alphanumeric),
  created: fc.integer({ min: 0, max: 999_999_999_999 }),
});
const provenance = fc
  .tuple(text(3, 24), fc.array(fc.tuple(text(1, 127), delivered), { minLength: 1, maxLength: 20 }))
  .map(([vault, sources]) => ({ vault, sources: new Map(sources) }));

describe('the annotation vaultcast.dev/sources', () => {
  it('reads vault/name@version:created, sorted', () => {
    const sources = new Map([
      ['app-1--pg--user', { version: 'b', created: 2 }],
      ['app-1--pg--password', { version: 'a', created: 1 }],
    ]);
    expect(formatProvenance({ vault: 'team', sources })).toBe(
      'team/app-1--pg--password@a:1,team/app-1--pg--user@b:2',
    );
  });

  it('comes back as it was written', () => {
    fc.assert(
      fc.property(provenance, (one) => {
        const back = parseProvenance(formatProvenance(one));
        expect(back.vault).toBe(one.vault);
        expect(new Map(back.sources)).toEqual(new Map(one.sources));
      }),
    );
  });

  it('is the same text whatever the order', () => {
    fc.assert(
      fc.property(provenance, ({ vault, sources }) => {
        const reversed = new Map([...sources].reverse());
        expect(formatProvenance({ vault, sources: reversed })).toBe(formatProvenance({ vault, sources }));
      }),
    );
  });

  it.each([
    ['nothing', undefined],
    ['an empty text', ''],
    ['no version', 'team/app-1--pg--password'],
    ['no vault', 'app-1--pg--password@a:1'],
    ['a name in upper case', 'team/APP-1--pg@a:1'],
    ['a path for a name', 'team/../x@a:1'],
    ['a date that is no number', 'team/app-1--pg@a:soon'],
    ['a negative date', 'team/app-1--pg@a:-1'],
    ['a date of 13 digits', 'team/app-1--pg@a:1000000000000'],
    ['blanks', ' team/app-1--pg@a:1 '],
  ])('edited to %s, records no source', (_what, annotation) => {
    expect([...parseProvenance(annotation).sources]).toEqual([]);
  });

  it('keeps the entries that an edit left whole', () => {
    const { sources } = parseProvenance('team/a@1:1,broken,team/b@2:2,other/c@3:3');
    expect([...sources.keys()]).toEqual(['a', 'b']);
  });

  it('never throws and pollutes nothing, whatever is written there', () => {
    fc.assert(fc.property(fc.string(), (written) => void parseProvenance(written)));
    expect([...parseProvenance('team/__proto__@a:1').sources]).toEqual([]);
  });
});
