import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aSecret, base64, SECRETS, startFixture } from './fixture.ts';
import type { Answer, Fixture } from './fixture.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await startFixture();
});

afterEach(() => fixture.stop());

const post = (body: unknown, query = '') => fixture.send('POST', `${SECRETS}${query}`, body);

/** Status and reason, the two things clients decide by. */
const verdict = ({ status, body }: Answer) => [status, body.reason];

const fieldsOf = ({ body }: Answer) => [
  ...new Set(body.details?.causes?.map(({ field, reason }) => `${reason} ${field}`)),
];

describe('a new Secret', () => {
  it('is refused under a name that is taken', async () => {
    await post(aSecret('a'));
    const answer = await post(aSecret('a'));
    expect(verdict(answer)).toEqual([409, 'AlreadyExists']);
    expect(answer.body.message).toBe('secrets "a" already exists');
    expect(answer.body.details).toEqual({ name: 'a', kind: 'secrets' });
  });

  it('is refused in a namespace that does not exist, which the answer names', async () => {
    const answer = await fixture.send('POST', '/api/v1/namespaces/missing/secrets', aSecret('a'));
    expect(verdict(answer)).toEqual([404, 'NotFound']);
    expect(answer.body.message).toBe('namespaces "missing" not found');
    expect(answer.body.details).toEqual({ name: 'missing', kind: 'namespaces' });
  });

  it('is refused in a namespace that is being deleted', async () => {
    fixture.cluster.deleteNamespace('app-1', { stayTerminating: true });
    const answer = await post(aSecret('a'));
    expect(verdict(answer)).toEqual([403, 'Forbidden']);
    expect(answer.body.message).toBe(
      'secrets "a" is forbidden: unable to create new content in namespace app-1 because it is being terminated',
    );
    expect(fieldsOf(answer)).toEqual(['NamespaceTerminating metadata.namespace']);
  });

  it('is refused with a version, as a server error without a reason', async () => {
    const answer = await post(aSecret('a', {}, { resourceVersion: '5' }));
    expect(verdict(answer)).toEqual([500, undefined]);
    expect(answer.body.message).toBe('resourceVersion should not be set on objects to be created');
  });

  it('is refused for another namespace than the path says', async () => {
    expect(verdict(await post(aSecret('a', {}, { namespace: 'app-2' })))).toEqual([400, 'BadRequest']);
  });

  it('gets system fields of its own', async () => {
    const { body } = await post(aSecret('a', {}, { uid: 'mine', creationTimestamp: '2000-01-01T00:00:00Z' }));
    expect(body.metadata).toMatchObject({ uid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string });
    expect(body.metadata).not.toMatchObject({ creationTimestamp: '2000-01-01T00:00:00Z' });
  });

  it('has stringData merged into data', async () => {
    const { body } = await post(aSecret('a', { data: { a: 'YQ==', b: 'Yg==' }, stringData: { b: 'é' } }));
    expect(body.data).toEqual({ a: 'YQ==', b: base64('é') });
    expect(body).not.toHaveProperty('stringData');
  });

  it('is refused with a dryRun that the server does not know', async () => {
    expect(verdict(await post(aSecret('a'), '?dryRun=Some'))).toEqual([422, 'Invalid']);
  });
});

describe('bodies', () => {
  it('a body that is cut off is quoted in the refusal, which clients must not log', async () => {
    const answer = await post('{"data":{"password":"c2VjcmV0LXZhbHVl"');
    expect(verdict(answer)).toEqual([400, 'BadRequest']);
    expect(answer.body.message).toContain('({"data":{"password":"c2VjcmV0L ...)');
  });

  it.each([
    ['YQ', 0],
    ['YQ=', 3],
    ['YQ==x', 4],
    ['Y!==', 1],
    ['Y=Q=', 1],
    ['YWJj=', 4],
    ['YWJjZ', 4],
    ['YW\nJj!', 5],
    ['YW=x', 2],
  ])('data %j is no base64 from byte %i', async (key, offset) => {
    const answer = await post(aSecret('a', { data: { key } }));
    expect(verdict(answer)).toEqual([400, 'BadRequest']);
    expect(answer.body.message).toBe(
      `Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte ${offset}`,
    );
  });

  it.each([
    ['no JSON', 'hello', {}, 400],
    ['another kind', { kind: 'Foo', metadata: { name: 'a' } }, {}, 400],
    ['another version', { apiVersion: 'v2', metadata: { name: 'a' } }, {}, 400],
    ['a number as data', aSecret('a', { data: { key: 1 } }), {}, 400],
    ['a number as label', aSecret('a', {}, { labels: { key: 1 } }), {}, 400],
    ['another media type', 'a: b', { 'content-type': 'text/plain' }, 415],
    ['more than 3 MiB', aSecret('a', { data: { key: 'A'.repeat(4_000_000) } }), {}, 413],
  ])('a body with %s is refused', async (_, body, headers, status) => {
    expect((await fixture.send('POST', SECRETS, body, headers)).status).toBe(status);
  });
});

const typed = (type: string, stringData = {}) => aSecret('a', { type, stringData, data: {} });

describe('validation', () => {
  it.each([
    ['a name in capitals', aSecret('Bad_Name'), ['FieldValueInvalid metadata.name']],
    ['a name of 254 characters', aSecret('a'.repeat(254)), ['FieldValueInvalid metadata.name']],
    ['no name', { metadata: {} }, ['FieldValueRequired metadata.name']],
    ['a key with a space', aSecret('a', { data: { 'a b': '' } }), ['FieldValueInvalid data[a b]']],
    ['key ..', aSecret('a', { data: { '..': '' } }), ['FieldValueInvalid data[..]']],
    [
      'a long key',
      aSecret('a', { data: { ['k'.repeat(254)]: '' } }),
      [`FieldValueInvalid data[${'k'.repeat(254)}]`],
    ],
    [
      'more than 1 MiB',
      aSecret('a', { stringData: { key: 'v'.repeat(1_048_577) } }),
      ['FieldValueTooLong data'],
    ],
    ['a bad label key', aSecret('a', {}, { labels: { 'a b': '' } }), ['FieldValueInvalid metadata.labels']],
    [
      'a long label',
      aSecret('a', {}, { labels: { a: 'v'.repeat(64) } }),
      ['FieldValueInvalid metadata.labels'],
    ],
    [
      'a bad annotation',
      aSecret('a', {}, { annotations: { '/x': '' } }),
      ['FieldValueInvalid metadata.annotations'],
    ],
    [
      'much annotation',
      aSecret('a', {}, { annotations: { a: 'v'.repeat(262_144) } }),
      ['FieldValueTooLong metadata.annotations'],
    ],
    [
      'a finalizer of nobody',
      aSecret('a', {}, { finalizers: ['x'] }),
      ['FieldValueInvalid metadata.finalizers[0]'],
    ],
    [
      'half a certificate',
      typed('kubernetes.io/tls', { 'tls.crt': '' }),
      ['FieldValueRequired data[tls.key]'],
    ],
    [
      'no docker config',
      typed('kubernetes.io/dockerconfigjson'),
      ['FieldValueRequired data[.dockerconfigjson]'],
    ],
    [
      'a broken docker config',
      typed('kubernetes.io/dockerconfigjson', { '.dockerconfigjson': '{' }),
      ['FieldValueInvalid data[.dockerconfigjson]'],
    ],
    [
      'no user or password',
      typed('kubernetes.io/basic-auth'),
      ['FieldValueRequired data[username]', 'FieldValueRequired data[password]'],
    ],
    [
      'an empty SSH key',
      typed('kubernetes.io/ssh-auth', { 'ssh-privatekey': '' }),
      ['FieldValueRequired data[ssh-privatekey]'],
    ],
    [
      'a token of no account',
      typed('kubernetes.io/service-account-token'),
      ['FieldValueRequired metadata.annotations[kubernetes.io/service-account.name]'],
    ],
  ])('refuses %s', async (_, body, fields) => {
    const answer = await post(body);
    expect(verdict(answer)).toEqual([422, 'Invalid']);
    expect(answer.body.details?.kind).toBe('Secret');
    expect(fieldsOf(answer)).toEqual(fields);
  });

  it('accepts names, keys and values at their limits', async () => {
    const key = 'k'.repeat(253);
    const body = aSecret('a'.repeat(253), { data: {}, stringData: { [key]: 'v'.repeat(1_048_576) } });
    expect((await post(body)).status).toBe(201);
    expect((await post(typed('kubernetes.io/basic-auth', { username: '' }))).status).toBe(201);
  });

  it('does not repeat the value of a docker config', async () => {
    const answer = await post(typed('kubernetes.io/dockerconfigjson', { '.dockerconfigjson': 'topsecret' }));
    expect(answer.body.message).toContain('<secret contents redacted>');
    expect(JSON.stringify(answer.body)).not.toContain('topsecret');
  });

  it('takes a type with the name of something that every object has', async () => {
    expect((await post({ metadata: { name: 'odd' }, type: 'constructor' })).status).toBe(201);
  });
});
