import { describe, expect, it } from 'vitest';
import { createListDigest } from '../../../shared/adapters/kubernetes/list-digest.ts';

const KIND = 'PartialObjectMetadataList';

const page = (metadata: object, ...names: string[]): string =>
  JSON.stringify({ kind: KIND, metadata, items: names.map((name) => ({ metadata: { name } })) });

function digestOf(...pages: string[]) {
  const digest = createListDigest();
  const nexts = pages.map((text) => digest.add(Buffer.from(text)));
  return { nexts, digest: digest.end() };
}

describe('the digest of a list', () => {
  it('leaves out what every answer has anew', () => {
    const [one, other] = ['1', '2'].map((resourceVersion) => digestOf(page({ resourceVersion }, 'a', 'b')));
    expect(one).toEqual(other);
    expect(one?.digest).toMatch(/^[0-9a-f]{32}$/);
  });

  it('is told of an empty one, however it is written', () => {
    const empty = ['[]', 'null'].map((items) =>
      digestOf(`{"kind":"${KIND}","metadata":{"resourceVersion":"1"},"items":${items}}`),
    );
    for (const { nexts, digest } of empty) {
      expect(nexts).toEqual([{ next: undefined }]);
      expect(digest).toBeDefined();
    }
  });

  it('goes on where the page says, whatever its token is', () => {
    const metadata = (token: string) => ({ resourceVersion: '1', continue: token, remainingItemCount: 1 });
    const [one, other] = ['x', 'y'].map((token) => digestOf(page(metadata(token), 'a'), page({}, 'b')));
    expect(one?.digest).toBe(other?.digest);
    expect(one?.nexts).toEqual([{ next: 'x' }, { next: undefined }]);
  });

  it('is another where an item is another, or stands on another page', () => {
    const lists = [
      [page({}, 'a', 'b')],
      [page({}, 'a', 'c')],
      [page({}, 'a')],
      [page({}, 'a'), page({}, 'b')],
    ];
    expect(new Set(lists.map((pages) => digestOf(...pages).digest)).size).toBe(lists.length);
  });

  it.each([
    ['has no items', `{"kind":"${KIND}","metadata":{}}`],
    ['has items that are no list', `{"kind":"${KIND}","metadata":{},"items":{}}`],
    ['has its items inside something else', `{"kind":"${KIND}","a":{"items":[]},"metadata":{},"items":[{}]}`],
    ['has a head without an end', `{"kind":"${KIND}","note":"${'x'.repeat(20_000)}","items":[]}`],
    ['has a token that is no text', `{"kind":"${KIND}","metadata":{"continue":7},"items":[]}`],
    ['holds whole objects, values and all', JSON.stringify({ kind: 'SecretList', metadata: {}, items: [] })],
    ['is no JSON', 'not found "items":['],
  ])('cannot be told of a page that %s, nor of what follows it', (_what, text) => {
    const found = digestOf(text, page({}, 'a'));
    expect(found).toEqual({ nexts: ['unknown', 'unknown'], digest: undefined });
  });

  it('with its metadata behind its items is another each time', () => {
    const [one, other] = ['1', '2'].map((resourceVersion) =>
      digestOf(JSON.stringify({ kind: KIND, items: [], metadata: { resourceVersion } })),
    );
    expect(one?.digest).not.toBe(other?.digest);
  });
});
