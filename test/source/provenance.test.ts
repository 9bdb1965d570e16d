import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { formatProvenance, parseProvenance } from '../../shared/source/provenance.ts';
import { reaching, SEED } from '../support/reach.ts';

const alphanumeric = Array.from('0123456789abcdefghijklmnopqrstuvwxyz');
const text = (min: number, max: number, letters = [...alphanumeric, '-']) =>
  fc.string({ unit: fc.constantFrom(...letters), minLength: min, maxLength: max, size: 'max' });
const delivered = fc.record({
  version: text(1, 64, alphanumeric),
  created: fc.integer({ min: 0, max: 999_999_999_999 }),
});
const provenance = fc
  .tuple(
    text(3, 24),
    fc.array(fc.tuple(text(1, 127), delivered), { minLength: 1, maxLength: 20, size: 'max' }),
  )
  .map(([vault, sources]) => ({ vault, sources: new Map(sources) }));

const WELL_FORMED = /^[0-9a-z-]{3,24}\/[0-9a-z-]{1,127}@[0-9a-z]{1,64}:\d{1,12}$/;
const typed = fc.oneof(
  fc.constantFrom('', ',', '/', '@', ':', ' ', '-1', 'A', 'team/', '\0', '__proto__'),
  fc.string({ unit: 'binary', maxLength: 20, size: 'max' }),
);
/** An annotation in which somebody replaced a stretch by something else. */
const edited = fc
  .record({ whole: provenance, at: fc.nat(), length: fc.nat({ max: 3 }), typed })
  .map(({ whole, at, length, typed: put }) => {
    const text = formatProvenance(whole);
    const start = at % text.length;
    return { whole, text: text.slice(0, start) + put + text.slice(start + length) };
  });

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

  it('comes back as it was written', ({ task }) =>
    reaching(task, { 'more than five sources': 'often' }, (saw) => {
      const property = fc.property(provenance, (one) => {
        saw('more than five sources', one.sources.size > 5);
        const back = parseProvenance(formatProvenance(one));
        expect(back.vault).toBe(one.vault);
        expect(new Map(back.sources)).toEqual(new Map(one.sources));
      });
      fc.assert(property, { seed: SEED });
    }));

  it('is the same text whatever the order', ({ task }) =>
    reaching(task, { 'several sources': 'often' }, (saw) => {
      const property = fc.property(provenance, ({ vault, sources }) => {
        saw('several sources', sources.size > 1);
        const reversed = new Map([...sources].reverse());
        expect(formatProvenance({ vault, sources: reversed })).toBe(formatProvenance({ vault, sources }));
      });
      fc.assert(property, { seed: SEED });
    }));

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
    expect(parseProvenance(annotation)).toEqual({ vault: '', sources: new Map() });
  });

  it('keeps the entries that an edit left whole', () => {
    const { sources } = parseProvenance('team/a@1:1,broken,team/b@2:2,other/c@3:3');
    expect([...sources.keys()]).toEqual(['a', 'b']);
  });

  it('edited anywhere, names sources that are well formed and of one vault', ({ task }) =>
    reaching(task, { 'a source': 'often', 'less than was written': 'often' }, (saw) => {
      const property = fc.property(edited, ({ whole, text: written }) => {
        const { vault, sources } = parseProvenance(written);
        saw('a source', sources.size > 0);
        saw('less than was written', sources.size < whole.sources.size);
        const formatted = [...sources].map(
          ([name, { version, created }]) => `${vault}/${name}@${version}:${created}`,
        );
        expect(formatted.filter((one) => !WELL_FORMED.test(one))).toEqual([]);
      });
      fc.assert(property, { numRuns: 300, seed: SEED });
    }));

  it('that names a property of every object records no source', () => {
    expect([...parseProvenance('team/__proto__@a:1').sources]).toEqual([]);
  });
});
