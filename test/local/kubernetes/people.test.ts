import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aSecret, base64, SECRETS, startFixture } from './fixture.ts';
import type { Fixture } from './fixture.ts';
import type { AdmissionReview } from './api-server.ts';

let fixture: Fixture;

afterEach(() => fixture.stop());

describe('people', () => {
  beforeEach(async () => {
    fixture = await startFixture();
  });

  it('edit a Secret by hand, which gives it a new version', () => {
    const { cluster } = fixture;
    const before = cluster.put('app-1', { metadata: { name: 'a' }, stringData: { key: 'value' } });
    const after = cluster.edit('app-1', 'a', (secret) => ({ ...secret, data: { key: base64('edited') } }));
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect(Number(after.metadata.resourceVersion)).toBeGreaterThan(Number(before.metadata.resourceVersion));
    expect(cluster.secret('app-1', 'a')?.data).toEqual({ key: base64('edited') });
  });

  it('cannot break the rules of the server', () => {
    const { cluster } = fixture;
    expect(() => cluster.put('app-1', { metadata: { name: 'Bad' } })).toThrow('Secret "Bad" is invalid');
    expect(() => cluster.put('missing', { metadata: { name: 'a' } })).toThrow(
      'namespaces "missing" not found',
    );
    expect(() => cluster.remove('app-1', 'a')).toThrow('secrets "a" not found');
    expect(() => cluster.createNamespace('app-1')).toThrow('namespaces "app-1" already exists');
    expect(() => cluster.createNamespace('a.b')).toThrow('must not contain dots');
  });

  it('people get copies, so that a test cannot change the cluster by accident', () => {
    const { cluster } = fixture;
    cluster.put('app-1', { metadata: { name: 'a' }, stringData: { key: 'value' } });
    const copy = cluster.secret('app-1', 'a');
    if (copy?.data) copy.data['key'] = base64('changed');
    expect(cluster.secret('app-1', 'a')?.data).toEqual({ key: base64('value') });
  });

  it('take one annotation of a namespace away, and leave the others and its labels', async () => {
    const { cluster, send } = fixture;
    cluster.annotate('app-1', { 'vaultcast.dev/accept': 'app-1--', note: 'x' });
    cluster.annotate('app-1', { note: undefined });
    const { body } = await send('GET', '/api/v1/namespaces/app-1');
    expect(body.metadata).toMatchObject({
      annotations: { 'vaultcast.dev/accept': 'app-1--' },
      labels: { 'kubernetes.io/metadata.name': 'app-1' },
    });
  });

  it('delete a namespace with all in it, unless a finalizer holds on', () => {
    const { cluster } = fixture;
    cluster.createNamespace('app-2');
    cluster.put('app-1', { metadata: { name: 'a' } });
    cluster.put('app-2', { metadata: { name: 'held', finalizers: ['example.com/hold'] } });
    cluster.deleteNamespace('app-1');
    cluster.deleteNamespace('app-2');
    expect(cluster.secrets().map(({ metadata }) => metadata.name)).toEqual(['held']);
    expect(() => cluster.createNamespace('app-1')).not.toThrow();
    expect(() => cluster.put('app-2', { metadata: { name: 'b' } })).toThrow('being terminated');
  });

  it('restore a backup: content, uids and the counter of versions go back', () => {
    const { cluster } = fixture;
    const old = cluster.put('app-1', { metadata: { name: 'a' }, stringData: { key: 'old' } });
    const backup = cluster.snapshot();
    const change = (key: string) => cluster.put('app-1', { metadata: { name: 'a' }, stringData: { key } });
    const lost = change('lost');
    cluster.restore(backup);
    expect(cluster.secret('app-1', 'a')).toEqual(old);
    expect(change('other').metadata.resourceVersion).toBe(lost.metadata.resourceVersion);
  });
});

describe('authorization', () => {
  const asked: string[] = [];

  beforeEach(async () => {
    asked.length = 0;
    fixture = await startFixture({
      authorize: (...words) => {
        asked.push(words.join(' '));
        return false;
      },
    });
  });

  it.each([
    ['GET', `${SECRETS}/a`, 'secrets "a"', 'get resource "secrets"', 'in the namespace "app-1"'],
    ['GET', SECRETS, 'secrets', 'list resource "secrets"', 'in the namespace "app-1"'],
    ['GET', '/api/v1/secrets', 'secrets', 'list resource "secrets"', 'at the cluster scope'],
    ['POST', SECRETS, 'secrets', 'create resource "secrets"', 'in the namespace "app-1"'],
    ['PUT', `${SECRETS}/a`, 'secrets "a"', 'update resource "secrets"', 'in the namespace "app-1"'],
    ['DELETE', `${SECRETS}/a`, 'secrets "a"', 'delete resource "secrets"', 'in the namespace "app-1"'],
    ['GET', `${SECRETS}?watch=true`, 'secrets', 'watch resource "secrets"', 'in the namespace "app-1"'],
    ['GET', '/api/v1/namespaces', 'namespaces', 'list resource "namespaces"', 'at the cluster scope'],
    // The namespace of a Namespace is itself: a namespaced Role is enough.
    [
      'GET',
      '/api/v1/namespaces/app-1',
      'namespaces "app-1"',
      'get resource "namespaces"',
      'in the namespace "app-1"',
    ],
  ])('refuses %s %s as RBAC does', async (method, path, subject, what, where) => {
    const { status, body } = await fixture.send(method, path, method === 'GET' ? undefined : aSecret('a'));
    expect(status).toBe(403);
    expect(body.reason).toBe('Forbidden');
    expect(body.message).toBe(
      `${subject} is forbidden: User "pusher" cannot ${what} in API group "" ${where}`,
    );
  });

  it('authorization is asked with the words of the request', async () => {
    await fixture.send('PUT', `${SECRETS}/a`, aSecret('a'));
    await fixture.send('GET', '/api/v1/secrets');
    expect(asked).toEqual(['pusher update secrets app-1', 'pusher list secrets ']);
  });
});

describe('an admission policy', () => {
  const reviews: AdmissionReview[] = [];

  beforeEach(async () => {
    reviews.length = 0;
    fixture = await startFixture({
      admit: (review) => {
        reviews.push(review);
        return review.namespaceObject?.metadata.annotations?.['open']
          ? undefined
          : 'the namespace is not open';
      },
    });
  });

  it('refuses with 422 and its message', async () => {
    const { status, body } = await fixture.send('POST', SECRETS, aSecret('a'));
    expect(status).toBe(422);
    expect(body.reason).toBe('Invalid');
    expect(body.message).toMatch(
      /^secrets "a" is forbidden: ValidatingAdmissionPolicy .*: the namespace is not open$/,
    );
    expect(fixture.cluster.secrets()).toEqual([]);
  });

  it('sees both objects of an update, and none but the old one of a deletion', async () => {
    fixture.cluster.annotate('app-1', { open: 'yes' });
    await fixture.send('POST', SECRETS, aSecret('a'));
    await fixture.send('PUT', `${SECRETS}/a`, aSecret('a', { data: {} }));
    await fixture.send('DELETE', `${SECRETS}/a`);
    const seen = reviews.map(({ operation, object, oldObject }) => [operation, !!object, !!oldObject]);
    expect(seen).toEqual([
      ['CREATE', true, false],
      ['UPDATE', true, true],
      ['DELETE', false, true],
    ]);
    expect(reviews[0]).toMatchObject({ user: 'pusher', namespace: 'app-1', name: 'a', dryRun: false });
  });

  it('does not stand in the way of people', () => {
    expect(() => fixture.cluster.put('app-1', { metadata: { name: 'a' } })).not.toThrow();
  });
});

describe('faults', () => {
  beforeEach(async () => {
    fixture = await startFixture();
  });

  it('a write takes effect although its answer is lost', async () => {
    fixture.cluster.server.inject({ fault: { kind: 'reset', when: 'after-apply' }, times: 1 });
    await expect(fixture.send('POST', SECRETS, aSecret('a'))).rejects.toBeInstanceOf(Error);
    expect(fixture.cluster.secrets()).toHaveLength(1);
    expect(fixture.cluster.writes.create).toBe(1);
  });

  it('a cluster that was down comes back with its Secrets', async () => {
    fixture.cluster.put('app-1', { metadata: { name: 'a' } });
    await fixture.cluster.server.down();
    await expect(fixture.send('GET', SECRETS)).rejects.toBeInstanceOf(Error);
    await fixture.cluster.server.up();
    expect((await fixture.send('GET', SECRETS)).body.items).toHaveLength(1);
  });
});
