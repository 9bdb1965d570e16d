import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBounded, shapeCounter } from '../../shared/adapters/bounded-json.ts';
import { ExchangeFailure } from '../../shared/adapters/exchange-failure.ts';
import { BOUNDS } from '../../shared/adapters/kubernetes/bounds.ts';
import { reaching, SEED } from '../support/reach.ts';

const parse = (text: string, values = 100): unknown => parseBounded({ body: Buffer.from(text) }, values);

describe('JSON that is counted before it is parsed', () => {
  it('reads as JSON.parse reads it, whatever is in its texts', () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'small' }), (value) => {
        const text = JSON.stringify(value);
        expect(parse(text, 1e6)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('comes to the same in pieces as at once, wherever it is cut', async ({ task }) => {
    const units = fc.constantFrom('"', '\\', ',', '[', '{', ']', '}', 'a', '"a"', '"\\\\"', '"\\""');
    const texts = fc.array(units, { maxLength: 60, size: 'max' }).map((parts) => Buffer.from(parts.join('')));
    const cuts = fc.array(fc.nat({ max: 60 }), { maxLength: 8 });
    const verdict = (pieces: readonly Buffer[]): string => {
      const count = shapeCounter(5);
      try {
        for (const piece of pieces) count(piece);
        return 'passes';
      } catch (error) {
        return String(error);
      }
    };
    await reaching(task, { passes: 'often', 'holds too much': 'often' }, (saw) => {
      const property = fc.property(texts, cuts, (text, at) => {
        const ends = [...new Set([0, ...at, text.length])].sort((left, right) => left - right);
        const pieces = ends.map((end, index) => text.subarray(ends[index - 1] ?? 0, end));
        saw('passes', verdict([text]) === 'passes');
        saw('holds too much', verdict([text]) !== 'passes');
        expect(verdict(pieces)).toBe(verdict([text]));
      });
      fc.assert(property, { numRuns: 1000, seed: SEED });
    });
  });

  it.each([
    ['brackets in texts', JSON.stringify({ a: '[{,'.repeat(500) })],
    ['quotes in texts', JSON.stringify({ a: '"[{,'.repeat(500) })],
    ['backslashes at the end of texts', JSON.stringify(Array.from({ length: 30 }, () => '[,\\'))],
    ['a text that is a quote', JSON.stringify(['"', '\\"', '\\\\"'])],
  ])('does not count %s', (_what, text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['objects', `[${'{},'.repeat(100)}{}]`],
    ['numbers', `[${'1,'.repeat(100)}1]`],
    ['names', `{${Array.from({ length: 102 }, (_, at) => `"k${at}":1`).join(',')}}`],
  ])('refuses more %s than it may hold', (_what, text) => {
    expect(() => parse(text)).toThrow(ExchangeFailure);
  });

  it.each(['[', '{"a":'])('refuses what is nested deeper than any object of ours: %s', (open) => {
    expect(() => parse(open.repeat(33), 1e6)).toThrow('nested deeper than 32');
    expect(parse('['.repeat(32) + ']'.repeat(32))).toBeInstanceOf(Array);
  });

  it('fails as JSON does when it is cut off in a text', () => {
    expect(() => parse('{"a":"b')).toThrow(SyntaxError);
    expect(() => parse('{"a":"b\\')).toThrow(SyntaxError);
  });

  it('takes the largest objects that an API server stores', () => {
    const data = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`k${at}`, 'x'.repeat(100)]));
    const fieldsV1 = Object.fromEntries(Object.keys(data).map((key) => [`f:${key}`, {}]));
    const annotations = { note: '\u0001'.repeat(40_000) };
    const secret = { metadata: { annotations, managedFields: [{ fieldsV1 }] }, data };
    const body = Buffer.from(JSON.stringify(secret));
    expect(body.length).toBeLessThan(BOUNDS.secret.bytes);
    expect(parseBounded({ body }, BOUNDS.secret.values)).toEqual(secret);
  });
});
