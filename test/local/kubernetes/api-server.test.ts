import { ApiException, CoreV1Api, createConfiguration, ResponseContext } from '@kubernetes/client-node';
import { ServerConfiguration, wrapHttpLibrary } from '@kubernetes/client-node';
import type { RequestContext } from '@kubernetes/client-node';
import { Agent, fetch } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aSecret, base64, SECRETS, sender, startFixture } from './fixture.ts';
import type { Fixture } from './fixture.ts';
import { startKubernetes } from './api-server.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await startFixture();
});

afterEach(() => fixture.stop());

/** The official client over one keep-alive agent. */
function officialClient(url: string, dispatcher: Agent): CoreV1Api {
  const send = async (request: RequestContext) => {
    const answer = await fetch(request.getUrl(), {
      method: request.getHttpMethod(),
      headers: request.getHeaders(),
      body: (request.getBody() as string | undefined) ?? null,
      dispatcher,
    });
    const text = await answer.text();
    const body = {
      text: () => Promise.resolve(text),
      binary: () => Promise.resolve(Buffer.from(text)),
      stream: () => null,
    };
    return new ResponseContext(answer.status, Object.fromEntries(answer.headers), body);
  };
  return new CoreV1Api(
    createConfiguration({
      baseServer: new ServerConfiguration(url, {}),
      httpApi: wrapHttpLibrary({ send }),
      authMethods: {
        default: {
          getName: () => 'token',
          applySecurityAuthentication: (context) => context.setHeaderParam('Authorization', 'Bearer pusher'),
        },
      },
    }),
  );
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof ApiException ? error.code : String(error)),
  );

describe('the official client', () => {
  const namespace = 'app-1';
  const name = 'postgres';
  let api: CoreV1Api;

  beforeEach(() => {
    api = officialClient(fixture.cluster.url, fixture.agent);
  });

  const create = (metadata = {}) =>
    api.createNamespacedSecret({
      namespace,
      body: { metadata: { name, ...metadata }, data: { password: base64('s3cret') } },
    });

  it('creates a Secret and reads it back with its uid and version', async () => {
    const created = await create({ labels: { team: 'a' } });
    const read = await api.readNamespacedSecret({ namespace, name });
    expect(read).toEqual(created);
    expect(read.metadata?.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(read.type).toBe('Opaque');
    expect(fixture.cluster.secret(namespace, name)?.data).toEqual({ password: base64('s3cret') });
  });

  it('replaces it under the version it read, and not under an older one', async () => {
    const created = await create();
    const { uid = '', resourceVersion = '' } = created.metadata ?? {};
    const body = { metadata: { name, uid, resourceVersion }, data: { password: base64('next') } };
    const replaced = await api.replaceNamespacedSecret({ namespace, name, body });
    expect(Number(replaced.metadata?.resourceVersion)).toBeGreaterThan(
      Number(created.metadata?.resourceVersion),
    );
    expect(await codeOf(api.replaceNamespacedSecret({ namespace, name, body }))).toBe(409);
  });

  it('keeps the version when a replacement changes nothing', async () => {
    const created = await create();
    const replaced = await api.replaceNamespacedSecret({ namespace, name, body: created });
    expect(replaced.metadata?.resourceVersion).toBe(created.metadata?.resourceVersion);
  });

  it('deletes it only under the uid and version it names', async () => {
    const { metadata } = await create();
    const remove = (uid: string, resourceVersion: string) =>
      api.deleteNamespacedSecret({ namespace, name, body: { preconditions: { uid, resourceVersion } } });
    const { uid = '', resourceVersion = '' } = metadata ?? {};
    expect(await codeOf(remove('another', resourceVersion))).toBe(409);
    expect(await codeOf(remove(uid, '1'))).toBe(409);
    expect(await codeOf(remove(uid, resourceVersion))).toBe('no error');
    expect(fixture.cluster.secret(namespace, name)).toBeUndefined();
  });

  it('lists page by page with a selector', async () => {
    for (const key of ['a', 'b', 'c'])
      fixture.cluster.put(namespace, { metadata: { name: key, labels: { app: 'x' } } });
    const first = await api.listNamespacedSecret({ namespace, labelSelector: 'app=x', limit: 2 });
    const _continue = first.metadata?._continue ?? '';
    const second = await api.listNamespacedSecret({ namespace, labelSelector: 'app=x', limit: 2, _continue });
    expect([...first.items, ...second.items].map(({ metadata }) => metadata?.name)).toEqual(['a', 'b', 'c']);
    expect(second.metadata?._continue).toBeUndefined();
  });

  it('reads namespaces with their annotations', async () => {
    fixture.cluster.annotate(namespace, { 'vaultcast.dev/accept': 'app-1--' });
    const read = await api.readNamespace({ name: namespace });
    expect(read.metadata?.annotations).toEqual({ 'vaultcast.dev/accept': 'app-1--' });
    expect((await api.listNamespace()).items.map(({ metadata }) => metadata?.name)).toEqual([namespace]);
  });

  it('finds its connections kept open', async () => {
    for (let count = 0; count < 20; count += 1) await api.readNamespace({ name: namespace });
    // undici opens a second one while the first is still closing its answer.
    const sockets = new Set(fixture.cluster.server.requests.map(({ socket }) => socket));
    expect(sockets.size).toBeLessThanOrEqual(2);
  });
});

describe('users', () => {
  it('get 401 without a token or with one that stands for nobody', async () => {
    const unauthorized = { status: 'Failure', message: 'Unauthorized', reason: 'Unauthorized', code: 401 };
    for (const authorization of ['', 'Bearer nobody', 'Basic pusher']) {
      const answer = await fixture.send('GET', SECRETS, undefined, { authorization });
      expect(answer).toMatchObject({ status: 401, body: unauthorized });
    }
  });

  it('may be client certificates, of which system:masters may do everything', async () => {
    const { authority } = fixture;
    const cluster = await startKubernetes({
      authority,
      name: 'neu-1',
      clientCa: authority.caPem,
      authenticate: () => Promise.resolve(undefined),
      authorize: () => false,
    });
    const as = async (user: string, group?: string) => {
      const connect = { ca: authority.caPem, ...(await authority.issueClient(user, group)) };
      const agent = new Agent({ connect });
      const { status } = await sender(cluster.url, agent)('GET', '/api/v1/namespaces');
      await agent.destroy();
      return status;
    };
    expect(await as('admin', 'system:masters')).toBe(200);
    expect(await as('somebody')).toBe(403);
    expect(cluster.server.requests.map(({ user }) => user)).toEqual(['admin', 'somebody']);
    await cluster.stop();
  });

  it('may ask who they are and what they may do', async () => {
    const who = await fixture.send('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {});
    expect(who.body).toMatchObject({ status: { userInfo: { username: 'pusher' } } });
    const resourceAttributes = { verb: 'get', resource: 'secrets', namespace: 'app-1' };
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const may = await fixture.send('POST', path, { spec: { resourceAttributes } });
    expect(may).toMatchObject({ status: 201, body: { status: { allowed: true } } });
  });
});

describe('a cluster behind a manager', () => {
  it('answers under its path only', async () => {
    const { authority, agent } = fixture;
    const authenticate = (token: string) => Promise.resolve(token);
    const options = { authority, name: 'rancher', authenticate, pathPrefix: '/k8s/clusters/c-1' };
    const cluster = await startKubernetes(options);
    const { origin } = new URL(cluster.url);
    expect((await sender(cluster.url, agent)('GET', '/version')).status).toBe(200);
    expect((await sender(origin, agent)('GET', '/version')).status).toBe(404);
    await cluster.stop();
  });
});

describe('the count of writes', () => {
  it('holds what clients wrote, without refusals, dry runs and what people did', async () => {
    const { send, cluster } = fixture;
    cluster.put('app-1', { metadata: { name: 'by-hand' } });
    await send('POST', SECRETS, aSecret('a'));
    await send('POST', SECRETS, aSecret('a'));
    await send('POST', `${SECRETS}?dryRun=All`, aSecret('b'));
    await send('PUT', `${SECRETS}/a`, aSecret('a'));
    await send('DELETE', `${SECRETS}/a`);
    expect(cluster.writes).toEqual({ create: 1, update: 1, delete: 1 });
  });
});
