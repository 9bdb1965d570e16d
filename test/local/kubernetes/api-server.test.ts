import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aSecret, SECRETS, sender, startFixture } from './fixture.ts';
import type { Fixture } from './fixture.ts';
import { startKubernetes } from './api-server.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await startFixture();
});

afterEach(() => fixture.stop());

describe('connections', () => {
  it('a connection is kept open between requests', async () => {
    for (let count = 0; count < 20; count += 1) await fixture.send('GET', '/api/v1/namespaces/app-1');
    // undici opens a second one while the first is still closing its answer.
    const sockets = new Set(fixture.cluster.server.requests.map(({ socket }) => socket));
    expect(sockets.size).toBeLessThanOrEqual(2);
  });
});

describe('users', () => {
  it('nobody is let in without a token, or with one that stands for nobody: 401', async () => {
    const unauthorized = { status: 'Failure', message: 'Unauthorized', reason: 'Unauthorized', code: 401 };
    for (const authorization of ['', 'Bearer nobody', 'Basic pusher']) {
      const answer = await fixture.send('GET', SECRETS, undefined, { authorization });
      expect(answer).toMatchObject({ status: 401, body: unauthorized });
    }
  });

  it('a client certificate is a user, and one of system:masters may do everything', async () => {
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

  it('users may ask who they are and what they may do', async () => {
    const who = await fixture.send('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {});
    expect(who.body).toMatchObject({ status: { userInfo: { username: 'pusher' } } });
    const resourceAttributes = { verb: 'get', resource: 'secrets', namespace: 'app-1' };
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const may = await fixture.send('POST', path, { spec: { resourceAttributes } });
    expect(may).toMatchObject({ status: 201, body: { status: { allowed: true } } });
  });
});

describe('a cluster behind a manager', () => {
  it('a cluster behind a manager answers under its path only', async () => {
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
  it('the count of writes holds what clients wrote, without refusals, dry runs and what people did', async () => {
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
