import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aSecret, base64, SECRETS, startFixture } from './fixture.ts';
import type { Answer, Fixture } from './fixture.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await startFixture();
});

afterEach(() => fixture.stop());

const post = (body: unknown, query = '') => fixture.send('POST', `${SECRETS}${query}`, body);
const put = (name: string, body: unknown) => fixture.send('PUT', `${SECRETS}/${name}`, body);

/** Status and reason, the two things clients decide by. */
const verdict = ({ status, body }: Answer) => [status, body.reason];

const fieldsOf = ({ body }: Answer) => [
  ...new Set(body.details?.causes?.map(({ field, reason }) => `${reason} ${field}`)),
];

describe('an update', () => {
  it('an update of a Secret that is not there is 404, also with a uid and a version', async () => {
    expect(verdict(await put('a', aSecret('a')))).toEqual([404, 'NotFound']);
    const answer = await put('a', aSecret('a', {}, { uid: 'u-1', resourceVersion: '7' }));
    expect(verdict(answer)).toEqual([404, 'NotFound']);
    expect(answer.body.details).toEqual({ name: 'a', kind: 'secrets' });
  });

  it('an update under a stale version or another uid is a conflict', async () => {
    const { body } = await post(aSecret('a'));
    const { resourceVersion } = body.metadata;
    const stale = await put('a', aSecret('a', {}, { resourceVersion: '1' }));
    expect(verdict(stale)).toEqual([409, 'Conflict']);
    expect(stale.body.message).toBe(
      'Operation cannot be fulfilled on secrets "a": the object has been modified; please apply your changes to the latest version and try again',
    );
    const other = await put('a', aSecret('a', {}, { uid: 'another', resourceVersion }));
    expect(verdict(other)).toEqual([409, 'Conflict']);
    expect(other.body.message).toContain('Precondition failed: UID in precondition: another');
  });

  it('an update without a version, or with version 0, is unconditional', async () => {
    await post(aSecret('a'));
    expect((await put('a', aSecret('a', { data: { n: '' } }))).status).toBe(200);
    expect((await put('a', aSecret('a', { data: {} }, { resourceVersion: '0' }))).status).toBe(200);
  });

  it('an update that changes nothing keeps the version, whoever sends it', async () => {
    const { body } = await post(aSecret('a', {}, { labels: { l: 'v' } }));
    const same = aSecret('a', { type: 'Opaque' }, { labels: { l: 'v' } });
    const again = await fixture.send('PUT', `${SECRETS}/a?fieldManager=other`, same);
    expect(again.body.metadata.resourceVersion).toBe(body.metadata.resourceVersion);
  });

  it('an update that changes something counts the version up', async () => {
    const { body } = await post(aSecret('a'));
    const next = await put('a', aSecret('a', { data: {} }));
    expect(Number(next.body.metadata.resourceVersion)).toBeGreaterThan(Number(body.metadata.resourceVersion));
  });

  it('an update records who wrote which fields, but never a value', async () => {
    await post(aSecret('a'), '?fieldManager=first');
    const { body } = await fixture.send(
      'PUT',
      `${SECRETS}/a?fieldManager=second`,
      aSecret('a', { data: { n: 'bm8=' } }),
    );
    const { managedFields = [] } = fixture.cluster.secret('app-1', 'a')?.metadata ?? {};
    expect(managedFields.map(({ manager }) => manager)).toEqual(['first', 'second']);
    expect(managedFields[1]?.fieldsV1).toEqual({ 'f:data': { 'f:n': {} } });
    expect(JSON.stringify(managedFields)).not.toContain('bm8=');
    expect(body.data).toEqual({ n: 'bm8=' });
  });

  it('an empty list of managed fields is a change, even when all else is the same', async () => {
    const { body } = await post(aSecret('a'));
    const again = await put('a', aSecret('a', {}, { managedFields: [] }));
    expect(again.body.metadata).not.toHaveProperty('managedFields');
    expect(again.body.metadata.resourceVersion).not.toBe(body.metadata.resourceVersion);
  });

  it('an update cannot change the type; leaving it out means Opaque', async () => {
    const data = { 'tls.crt': '', 'tls.key': '' };
    await post(aSecret('a', { type: 'kubernetes.io/tls', data }));
    const answer = await put('a', aSecret('a', { data }));
    expect(verdict(answer)).toEqual([422, 'Invalid']);
    expect(answer.body.details?.causes).toEqual([
      { reason: 'FieldValueInvalid', message: 'Invalid value: "Opaque": field is immutable', field: 'type' },
    ]);
  });

  it('an update of an immutable Secret may touch its metadata only', async () => {
    await post(aSecret('a', { immutable: true }));
    const data = { key: base64('other') };
    expect(fieldsOf(await put('a', aSecret('a', { immutable: true, data })))).toEqual([
      'FieldValueForbidden data',
    ]);
    expect(fieldsOf(await put('a', aSecret('a')))).toEqual(['FieldValueForbidden immutable']);
    const labelled = aSecret('a', { immutable: true }, { labels: { l: 'v' } });
    expect((await put('a', labelled)).status).toBe(200);
  });

  it('an update needs the name of the path in its body', async () => {
    await post(aSecret('a'));
    expect(verdict(await put('a', aSecret('b')))).toEqual([400, 'BadRequest']);
    expect(verdict(await put('a', { data: {} }))).toEqual([400, 'BadRequest']);
  });
});

const remove = (name: string, body?: unknown, query = '') =>
  fixture.send('DELETE', `${SECRETS}/${name}${query}`, body);

describe('a deletion', () => {
  it('a deletion says which object went', async () => {
    await post(aSecret('a'));
    const { metadata } = fixture.cluster.secret('app-1', 'a') ?? {};
    const { body } = await remove('a');
    expect(body).toMatchObject({
      status: 'Success',
      details: { name: 'a', kind: 'secrets', uid: metadata?.uid },
    });
    expect(verdict(await remove('a'))).toEqual([404, 'NotFound']);
  });

  it('a deletion under another uid or version is a conflict that names the kind', async () => {
    await post(aSecret('a'));
    for (const preconditions of [{ uid: 'another' }, { resourceVersion: '1' }]) {
      const answer = await remove('a', { preconditions });
      expect(verdict(answer)).toEqual([409, 'Conflict']);
      expect(answer.body.details).toEqual({ name: 'a', kind: 'Secret' });
    }
  });

  it('a deletion is only tried with dryRun, but a body hides the query', async () => {
    await post(aSecret('a'));
    await remove('a', undefined, '?dryRun=All');
    await remove('a', { dryRun: ['All'] });
    expect(fixture.cluster.secrets()).toHaveLength(1);
    await remove('a', { kind: 'DeleteOptions' }, '?dryRun=All');
    expect(fixture.cluster.secrets()).toEqual([]);
  });

  it('a deletion waits for finalizers', async () => {
    const finalizers = ['example.com/hold'];
    await post(aSecret('a', {}, { finalizers }));
    const { status, body } = await remove('a');
    expect(status).toBe(200);
    expect(body.metadata).toMatchObject({ deletionTimestamp: expect.any(String), finalizers });
    expect((await post(aSecret('a'))).body.message).toMatch(/^object is being deleted: /);
    const more = aSecret('a', {}, { finalizers: [...finalizers, 'example.com/more'] });
    expect(fieldsOf(await put('a', more))).toEqual(['FieldValueForbidden metadata.finalizers']);
  });
});

describe('paths', () => {
  it.each([
    ['GET', '/readyz', 200],
    ['GET', '/version', 200],
    ['GET', '/nowhere', 404],
    ['GET', '/api/v1/nothings', 404],
    ['GET', '/api/v1/namespaces/missing', 404],
    ['GET', '/api/v1/namespaces/missing/secrets', 200],
    ['PUT', SECRETS, 405],
    ['POST', `${SECRETS}/a`, 405],
    ['PATCH', `${SECRETS}/a`, 501],
    ['DELETE', SECRETS, 501],
    ['POST', '/api/v1/namespaces', 501],
  ])('%s %s is %i', async (method, path, status) => {
    expect((await fixture.send(method, path, method === 'GET' ? undefined : aSecret('a'))).status).toBe(
      status,
    );
  });
});
