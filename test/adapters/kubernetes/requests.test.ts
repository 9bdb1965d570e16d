import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClusterClient, createClusterClient } from '../../../shared/adapters/kubernetes/client.ts';
import { NEVER } from '../../../shared/time.ts';
import { startAnswering, type AnsweringServer } from '../../fuzz/answers.ts';

const HOST = 'weu-1.k8s.localhost';
const SECRET = {
  kind: 'Secret',
  metadata: { name: 'pg' },
  data: Object.fromEntries([['__proto__', 'eA==']]),
};
const OPTIONS = { kind: 'DeleteOptions', preconditions: { uid: 'u', resourceVersion: '1' } };
const PAGE = { limit: 500, next: undefined };

let server: AnsweringServer;
let client: ClusterClient;
beforeAll(async () => {
  server = await startAnswering([HOST]);
  const auth = { source: 'test', bearer: async () => 'good' };
  const connection = { server: `https://${HOST}:${server.port}/k8s/c-1`, ca: server.authority.caPem, auth };
  client = createClusterClient(connection, 5000, 1e6);
  const headers = { date: 'Sat, 21 Nov 2026 10:00:00 GMT' };
  server.answers = [{ status: 200, headers, body: Buffer.from('{}') }];
});
afterAll(async () => {
  await client.close();
  await server.stop();
});

const asked = async (call: Promise<unknown>) => {
  await call;
  const { method, url = '', body, headers } = server.asked.at(-1) ?? { headers: {} };
  return { request: `${method} ${decodeURIComponent(url.replace('/k8s/c-1', ''))}`, body, headers };
};

/** Holds the factories of client-node that its package does not export: another version of it must build the same. */
describe('a request', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ['of a namespace', () => client.namespace('app-1', NEVER), 'GET /api/v1/namespaces/app-1'],
    ['of a first page', () => client.namespaces(PAGE, NEVER), 'GET /api/v1/namespaces?limit=500'],
    [
      'of a later page',
      () => client.namespaces({ limit: 7, next: 'c/+' }, NEVER),
      'GET /api/v1/namespaces?continue=c/+&limit=7',
    ],
    ['of a Secret', () => client.secret('app-1', 'pg', NEVER), 'GET /api/v1/namespaces/app-1/secrets/pg'],
    [
      'of Secrets of a namespace',
      () => client.secrets('app-1', 'a=b', PAGE, NEVER),
      'GET /api/v1/namespaces/app-1/secrets?labelSelector=a=b&limit=500',
    ],
    [
      'of all Secrets',
      () => client.secrets(undefined, 'a=b', PAGE, NEVER),
      'GET /api/v1/secrets?labelSelector=a=b&limit=500',
    ],
    ['to create', () => client.create('app-1', SECRET, NEVER), 'POST /api/v1/namespaces/app-1/secrets'],
    [
      'to try a creation',
      () => client.dryRun('app-1', SECRET, NEVER),
      'POST /api/v1/namespaces/app-1/secrets?dryRun=All',
    ],
    [
      'to replace',
      () => client.replace('app-1', 'pg', SECRET, NEVER),
      'PUT /api/v1/namespaces/app-1/secrets/pg',
    ],
    [
      'to remove',
      () => client.remove('app-1', 'pg', OPTIONS, NEVER),
      'DELETE /api/v1/namespaces/app-1/secrets/pg',
    ],
    ['who we are', () => client.whoAmI(NEVER), 'POST /apis/authentication.k8s.io/v1/selfsubjectreviews'],
    [
      'what we may',
      () => client.mayI({ verb: 'get' }, NEVER),
      'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    ],
  ])('%s goes where the API has it', async (_what, call, request) => {
    expect((await asked(call())).request).toBe(request);
  });

  it('carries the body as it was given, keys that JavaScript knows included, and says that it is JSON', async () => {
    for (const call of [
      client.create('app-1', SECRET, NEVER),
      client.replace('app-1', 'pg', SECRET, NEVER),
    ]) {
      const { body, headers } = await asked(call);
      expect(body).toBe(JSON.stringify(SECRET));
      expect(headers).toMatchObject({ 'content-type': 'application/json', authorization: 'Bearer good' });
    }
    expect((await asked(client.remove('app-1', 'pg', OPTIONS, NEVER))).body).toBe(JSON.stringify(OPTIONS));
  });

  it('asks for metadata only where Secrets are listed, and for gzip', async () => {
    const { headers } = await asked(client.secrets('app-1', 'a=b', PAGE, NEVER));
    expect(headers).toMatchObject({
      accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
      'accept-encoding': 'gzip',
      'user-agent': 'vaultcast',
    });
  });

  it("tells the server's clock beside who we are", async () => {
    expect(await client.whoAmI(NEVER)).toEqual({ review: {}, date: 'Sat, 21 Nov 2026 10:00:00 GMT' });
  });
});
