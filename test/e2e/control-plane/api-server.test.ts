import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createAuthority } from '../../local/network/authority.ts';
import { startTokens, type TokenService } from '../../local/tokens/service.ts';
import { startApiServers, type ApiServer, type ApiServers } from './api-server.ts';
import type { Call } from '../cluster/call.ts';
import { allowNamespaces, allowSecrets, denySecrets } from '../cluster/rbac.ts';

const AUDIENCE = '6dae42f8-4368-4678-94ff-3960e28e3630';

let tokens: TokenService;
let servers: ApiServers;
let weu: ApiServer;
let neu: ApiServer;

beforeAll(async () => {
  const authority = await createAuthority();
  tokens = await startTokens(authority);
  servers = await startApiServers({ names: ['weu-1', 'neu-1'], authority, tokens, audience: AUDIENCE });
  weu = servers.cluster('weu-1');
  neu = servers.cluster('neu-1');
});

afterAll(async () => {
  await servers?.stop();
  await tokens?.stop();
});

async function createNamespace(server: ApiServer, name: string): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  expect(await server.admin('/api/v1/namespaces', { method: 'POST', body })).toMatchObject({ status: 201 });
}

const secrets = (namespace: string, name?: string): string =>
  `/api/v1/namespaces/${namespace}/secrets${name === undefined ? '' : `/${name}`}`;

function aSecret(name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name },
    stringData: { password: 'only for the target' },
  };
}

const create = (call: Call, namespace: string, name: string) =>
  call(secrets(namespace), { method: 'POST', body: aSecret(name) });

/** The managed identity, as a pusher that may write to the namespaces. */
async function aPusher(server: ApiServer, ...namespaces: string[]): Promise<Call> {
  await allowNamespaces(server.admin, tokens.objectId);
  for (const namespace of namespaces) {
    await createNamespace(server, namespace);
    await allowSecrets(server.admin, tokens.objectId, namespace);
  }
  return server.as(await tokens.issue(AUDIENCE));
}

async function whoAmI(server: ApiServer, token: string): Promise<unknown> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  return server.as(token)('/apis/authentication.k8s.io/v1/selfsubjectreviews', { method: 'POST', body });
}

describe('who is let in', () => {
  it('knows a token for the audience by its object id, on every server', async () => {
    const token = await tokens.issue(AUDIENCE);
    const review = { status: 201, body: { status: { userInfo: { username: tokens.objectId } } } };
    expect(await whoAmI(weu, token)).toMatchObject(review);
    expect(await whoAmI(neu, token)).toMatchObject(review);
  });

  it('refuses a token for another audience and an expired one', async () => {
    expect(await whoAmI(weu, await tokens.issue('https://vault.localhost'))).toMatchObject({ status: 401 });
    expect(await whoAmI(weu, await tokens.issue(AUDIENCE, { expiresIn: -60 }))).toMatchObject({
      status: 401,
    });
  });

  it('gives a user no right that no role gives', async () => {
    const stranger = weu.as(await tokens.issue(AUDIENCE, { oid: 'stranger' }));
    expect(await stranger('/api/v1/namespaces')).toMatchObject({ status: 403 });
    expect(await stranger(secrets('default'))).toMatchObject({ status: 403 });
  });
});

describe('a pusher', () => {
  it('writes, reads and deletes Secrets in its namespaces and nowhere else', async () => {
    const pusher = await aPusher(weu, 'writes');
    expect(await create(pusher, 'writes', 'pg')).toMatchObject({ status: 201 });
    expect(await pusher(secrets('writes', 'pg'))).toMatchObject({ status: 200 });
    expect(await pusher(secrets('writes', 'pg'), { method: 'DELETE' })).toMatchObject({ status: 200 });
    expect(await create(pusher, 'default', 'pg')).toMatchObject({ status: 403 });
    expect(await pusher('/api/v1/secrets')).toMatchObject({ status: 403 });
  });

  it('may look at all Namespaces and change none', async () => {
    const pusher = await aPusher(weu, 'looks');
    expect(await pusher('/api/v1/namespaces/default')).toMatchObject({ status: 200 });
    expect(await pusher('/api/v1/namespaces')).toMatchObject({ status: 200 });
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mine' } };
    expect(await pusher('/api/v1/namespaces', { method: 'POST', body })).toMatchObject({ status: 403 });
    // What a namespace accepts stands on it.
    const headers = { 'content-type': 'application/merge-patch+json' };
    const patch = { metadata: { annotations: { 'vaultcast.dev/accept': 'app-1--' } } };
    for (const change of [
      { method: 'PATCH', headers, body: patch },
      { method: 'PUT', body: { ...body, metadata: { name: 'default' } } },
      { method: 'DELETE' },
    ] as const)
      expect(await pusher('/api/v1/namespaces/default', change)).toMatchObject({ status: 403 });
  });

  it('loses a namespace when its binding goes', async () => {
    const pusher = await aPusher(weu, 'loses');
    expect(await pusher(secrets('loses'))).toMatchObject({ status: 200 });
    await denySecrets(weu.admin, 'loses');
    await expect.poll(async () => (await pusher(secrets('loses'))).status, { timeout: 10_000 }).toBe(403);
  });

  it('lists metadata without data', async () => {
    const pusher = await aPusher(weu, 'lists');
    await create(pusher, 'lists', 'pg');
    const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
    const { status, body } = await pusher(secrets('lists'), { headers: { accept } });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { kind: 'PartialObjectMetadataList', items: [{ metadata: { name: 'pg' } }] },
    });
    expect(JSON.stringify(body)).not.toContain(Buffer.from('only for the target').toString('base64'));
  });

  it('is seen in the audit log, without what it wrote', async () => {
    const pusher = await aPusher(weu, 'audited');
    await create(pusher, 'audited', 'pg');
    await create(pusher, 'audited', 'pg');
    const seen = (await weu.audit()).filter((request) => request.user === tokens.objectId);
    const mine = seen.filter((request) => request.namespace === 'audited');
    expect(mine).toMatchObject([
      { verb: 'create', resource: 'secrets', name: 'pg', status: 201 },
      { verb: 'create', resource: 'secrets', name: 'pg', status: 409 },
    ]);
  });
});

describe('the servers', () => {
  it('share no objects', async () => {
    await createNamespace(weu, 'only-here');
    expect(await neu.admin('/api/v1/namespaces/only-here')).toMatchObject({ status: 404 });
  });

  it('keep data and port through a crash', async () => {
    await createNamespace(neu, 'survives');
    const before = { pid: neu.pid(), url: neu.url };
    await neu.kill();
    await expect(neu.admin('/readyz')).rejects.toThrow('ECONNREFUSED');
    await neu.restart();
    expect(neu.pid()).not.toBe(before.pid);
    expect(neu.url).toBe(before.url);
    expect(await neu.admin('/api/v1/namespaces/survives')).toMatchObject({ status: 200 });
  });

  it('answer nothing while they are suspended, and everything afterwards', async () => {
    let answered = false;
    neu.suspend();
    const answer = neu.admin('/api/v1/namespaces/default').finally(() => {
      answered = true;
    });
    await weu.admin('/api/v1/namespaces/default');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(answered).toBe(false);
    neu.resume();
    expect(await answer).toMatchObject({ status: 200 });
  });
});

describe('stopping', () => {
  it('ends every process, a suspended one too', async () => {
    neu.suspend();
    const pids = servers.pids();
    await servers.stop();
    expect(pids).toHaveLength(4);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
