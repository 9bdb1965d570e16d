import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBounded } from '../../shared/adapters/bounded-json.ts';
import { ExchangeFailure } from '../../shared/adapters/exchange-failure.ts';
import { BOUNDS } from '../../shared/adapters/kubernetes/bounds.ts';

const parse = (text: string, values = 100): unknown => parseBounded(Buffer.from(text), values);

describe('JSON that is counted before it is parsed', () => {
  it('reads as JSON.parse reads it, whatever is in its texts', () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'small' }), (value) => {
        const text = JSON.stringify(value);
        expect(parse(text, 1e6)).toEqual(JSON.parse(text));
      }),
    );
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
    expect(parseBounded(body, BOUNDS.secret.values)).toEqual(secret);
  });
});
