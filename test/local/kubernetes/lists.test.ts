import { afterEach, beforeEach, expect, it } from 'vitest';
import { aSecret, SECRETS, startFixture } from './fixture.ts';
import type { Answer, Fixture } from './fixture.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await startFixture();
});

afterEach(() => fixture.stop());

function fill(...names: string[]): void {
  for (const name of names) {
    const parity = 'ace'.includes(name) ? 'odd' : 'even';
    fixture.cluster.put('app-1', { metadata: { name, labels: { parity, [`is-${name}`]: '' } } });
  }
}

const namesOf = ({ body }: Answer) => body.items?.map(({ metadata }) => metadata.name);

const list = (query: Record<string, string>, headers = {}) =>
  fixture.send('GET', `${SECRETS}?${new URLSearchParams(query).toString()}`, undefined, headers);

it('orders by namespace and name as etcd does, across namespaces', async () => {
  fixture.cluster.createNamespace('app-10');
  fixture.cluster.put('app-10', { metadata: { name: 'a' } });
  fill('b', 'a.b', 'a-b');
  const { body } = await fixture.send('GET', '/api/v1/secrets');
  const keys = body.items?.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  expect(keys).toEqual(['app-1/a-b', 'app-1/a.b', 'app-1/b', 'app-10/a']);
});

it('shows the moment of the first page on all pages', async () => {
  fill('a', 'b', 'c');
  const first = await list({ limit: '2' });
  expect(first.body.metadata.remainingItemCount).toBe(1);
  fixture.cluster.remove('app-1', 'c');
  fill('d');
  const second = await list({ limit: '2', continue: first.body.metadata.continue ?? '' });
  expect(namesOf(second)).toEqual(['c']);
  expect(second.body.metadata.continue).toBeUndefined();
  expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
  expect(namesOf(await list({}))).toEqual(['a', 'b', 'd']);
});

it('answers 410 with another token once the first one expired', async () => {
  fill('a', 'b', 'c');
  const first = await list({ limit: '1' });
  fixture.cluster.remove('app-1', 'b');
  fixture.cluster.expireContinueTokens();
  const expired = await list({ limit: '1', continue: first.body.metadata.continue ?? '' });
  expect(expired).toMatchObject({ status: 410, body: { reason: 'Expired', code: 410 } });
  expect(namesOf(await list({ continue: expired.body.metadata.continue ?? '' }))).toEqual(['c']);
});

it('tells no remaining count with a selector, and may end with an empty page', async () => {
  fill('a', 'b', 'c', 'd');
  const first = await list({ limit: '2', labelSelector: 'parity=odd' });
  expect(namesOf(first)).toEqual(['a', 'c']);
  expect(first.body.metadata.remainingItemCount).toBeUndefined();
  const token = first.body.metadata.continue ?? '';
  const second = await list({ limit: '2', labelSelector: 'parity=odd', continue: token });
  expect(second).toMatchObject({ status: 200, body: { items: [] } });
  expect(second.body.metadata.continue).toBeUndefined();
});

it.each([
  ['parity=odd', ['a', 'c']],
  ['parity==odd', ['a', 'c']],
  ['parity!=odd', ['b']],
  [' parity = odd , is-a ', ['a']],
  ['parity in (odd, even)', ['a', 'b', 'c']],
  ['parity notin (odd)', ['b']],
  ['is-a', ['a']],
  ['!is-a', ['b', 'c']],
  ['missing!=x', ['a', 'b', 'c']],
  ['missing notin (x)', ['a', 'b', 'c']],
  ['missing=x', []],
  ['', ['a', 'b', 'c']],
])('selects %j', async (labelSelector, names) => {
  fill('a', 'b', 'c');
  expect(namesOf(await list({ labelSelector }))).toEqual(names);
});

it.each(['a b', '=x', 'a=b,', 'a in (b', 'a=b c', '-a=b', 'a=b!'])(
  'refuses selector %j',
  async (selector) => {
    expect(await list({ labelSelector: selector })).toMatchObject({
      status: 400,
      body: { reason: 'BadRequest' },
    });
  },
);

it('refuses a broken token, a broken limit, and a token together with a version', async () => {
  fill('a', 'b');
  const { body } = await list({ limit: '1' });
  const token = body.metadata.continue ?? '';
  expect((await list({ continue: 'rubbish' })).status).toBe(400);
  expect((await list({ limit: 'many' })).status).toBe(400);
  expect((await list({ continue: token, resourceVersion: '5' })).status).toBe(400);
});

it('refuses a token of the future, as after a restore', async () => {
  const backup = fixture.cluster.snapshot();
  fill('a', 'b');
  const { body } = await list({ limit: '1' });
  fixture.cluster.restore(backup);
  const answer = await list({ continue: body.metadata.continue ?? '' });
  expect(answer).toMatchObject({ status: 504, body: { reason: 'Timeout' } });
});

it('leaves kind and apiVersion out of the items', async () => {
  fill('a');
  const { body } = await list({});
  expect(body).toMatchObject({ kind: 'SecretList', apiVersion: 'v1' });
  expect(body.items?.[0]).not.toHaveProperty('kind');
});

const accept = (kind: string) => ({ accept: `application/json;as=${kind};g=meta.k8s.io;v=v1` });

it('gives metadata only, without a value, when asked to', async () => {
  fixture.cluster.put('app-1', { metadata: { name: 'a' }, stringData: { key: 'to-be-hidden' } });
  const { body } = await list({}, accept('PartialObjectMetadataList'));
  expect(body).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' });
  expect(body.items?.[0]).toMatchObject({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' });
  expect(JSON.stringify(body)).not.toContain(Buffer.from('to-be-hidden').toString('base64'));
  expect(
    (await list({ labelSelector: 'none=such' }, accept('PartialObjectMetadataList'))).body.items,
  ).toBeNull();

  const one = await fixture.send('GET', `${SECRETS}/a`, undefined, accept('PartialObjectMetadata'));
  expect(one.body).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'a' } });
  expect(one.body).not.toHaveProperty('data');
});

it('answers 406 to an object asked for as a list, and to what it cannot write', async () => {
  await fixture.send('POST', SECRETS, aSecret('a'));
  const as = async (path: string, headers: Record<string, string>) =>
    (await fixture.send('GET', path, undefined, headers)).status;
  expect(await as(`${SECRETS}/a`, accept('PartialObjectMetadataList'))).toBe(406);
  expect(await as(SECRETS, accept('PartialObjectMetadata'))).toBe(406);
  expect(await as(SECRETS, { accept: 'application/xml' })).toBe(406);
  expect(await as(SECRETS, { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1,application/json' })).toBe(
    200,
  );
});

it('says that it cannot watch or select fields', async () => {
  expect((await list({ watch: 'true' })).status).toBe(501);
  expect((await list({ fieldSelector: 'type=Opaque' })).status).toBe(501);
});
