import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEntraConnect } from '../../../shared/adapters/kubernetes/connection.ts';
import { createKubernetes } from '../../../shared/adapters/kubernetes/api.ts';
import { failureOf } from '../../../shared/errors.ts';
import type { Failure } from '../../../shared/errors.ts';
import type { Cluster } from '../../../shared/registry/document.ts';
import type { Fault } from '../../local/network/faults.ts';
import { createAuthority } from '../../local/network/authority.ts';
import { aCluster, startCluster } from './setup.ts';
import { startSilent } from './silent-server.ts';

const VALUE = 'hunter2-hunter2';
const DATA = Buffer.from(VALUE).toString('base64');
const TIMEOUT = 700;
const TARGET = { cluster: 'weu-1', namespace: 'app-1', name: 'pg' };
const signal = () => AbortSignal.timeout(60_000);
const status = (code: number, more: object = {}, headers: Record<string, string> = {}): Fault => ({
  kind: 'status',
  status: code,
  headers,
  body: JSON.stringify({ kind: 'Status', code, message: `about ${VALUE} ${DATA}`, ...more }),
});

const PATIENT = { connect: createEntraConnect(() => async () => 'good'), allowed: () => undefined };

let local: Awaited<ReturnType<typeof startCluster>>;
/** For answers that come never or too late; all others have time, however busy the machine is. */
const hasty = createKubernetes({ ...PATIENT, timeoutMs: TIMEOUT });
beforeAll(async () => {
  local = await startCluster({ adapter: { maxBodyBytes: 100_000 } });
});
afterAll(() => Promise.all([local.stop(), hasty.close()]));
beforeEach(() => {
  local.standIn.createNamespace('app-1');
  local.standIn.put('app-1', { metadata: { name: 'pg' }, data: { password: DATA } });
});
afterEach(() => {
  local.standIn.server.clearFaults();
  local.standIn.deleteNamespace('app-1');
});

const manifest = () => ({
  namespace: 'app-1',
  name: 'pg',
  type: 'Opaque',
  immutable: false,
  labels: {},
  annotations: {},
  finalizers: [],
  data: { password: DATA },
});
const observe = (cluster = local.cluster) => local.kubernetes.secret(cluster, TARGET, signal());
async function live() {
  const found = await observe();
  if (!found) throw new Error('not there');
  return found;
}

async function failure(work: Promise<unknown>): Promise<Failure> {
  const found = await work.then((value) => {
    throw new Error(`no failure but ${JSON.stringify(value)}`);
  }, failureOf);
  for (const secret of [VALUE, DATA, 'good']) expect(JSON.stringify(found)).not.toContain(secret);
  return found;
}

describe('every call fails with its code when the server', () => {
  const rows: [string, Fault, string][] = [
    ['resets before the headers', { kind: 'reset', when: 'before-headers' }, 'CLUSTER_UNREACHABLE'],
    ['resets in the middle of the body', { kind: 'reset', when: 'mid-body' }, 'CLUSTER_UNREACHABLE'],
    [
      'applies the request and loses the answer',
      { kind: 'reset', when: 'after-apply' },
      'CLUSTER_UNREACHABLE',
    ],
    ['hangs', { kind: 'hang' }, 'CLUSTER_TIMEOUT'],
    ['answers too late', { kind: 'delay', ms: TIMEOUT + 60_000 }, 'CLUSTER_TIMEOUT'],
    ['drips', { kind: 'drip', bytesPerSecond: 20 }, 'CLUSTER_TIMEOUT'],
    ['redirects', { kind: 'redirect', location: 'https://127.0.0.1:9/login' }, 'CLUSTER_FAILED'],
    ['shows a web page', { kind: 'html' }, 'CLUSTER_FAILED'],
    ['sends too much', { kind: 'oversized', bytes: 200_000 }, 'CLUSTER_FAILED'],
    ['sends JSON of another shape', { kind: 'oversized', bytes: 200 }, 'CLUSTER_FAILED'],
    ['sends broken JSON', { kind: 'status', status: 200, body: `{"data":"${DATA}` }, 'CLUSTER_FAILED'],
    ['sends nothing', { kind: 'status', status: 200, body: '' }, 'CLUSTER_FAILED'],
    ['sends null', { kind: 'status', status: 200, body: 'null' }, 'CLUSTER_FAILED'],
    ['answers 401', status(401), 'CLUSTER_UNAUTHORIZED'],
    ['answers 403', status(403, { reason: 'Forbidden' }), 'CLUSTER_FORBIDDEN'],
    [
      'answers 404 as no API server does',
      { kind: 'status', status: 404, body: 'not here' },
      'CLUSTER_FAILED',
    ],
    ['answers 429', status(429), 'CLUSTER_THROTTLED'],
    ['answers 500', status(500, { reason: 'InternalError' }), 'CLUSTER_FAILED'],
    ['answers 503', status(503), 'CLUSTER_FAILED'],
    ['answers 503 without a body', { kind: 'status', status: 503 }, 'CLUSTER_FAILED'],
  ];

  it.each(rows)('%s', async (_what, fault, code) => {
    const observed = await live();
    local.standIn.server.inject({ fault });
    const { cluster } = local;
    const kubernetes = code === 'CLUSTER_TIMEOUT' ? hasty : local.kubernetes;
    const calls = [
      kubernetes.secret(cluster, TARGET, signal()),
      kubernetes.namespace(cluster, 'app-1', signal()),
      kubernetes.namespaces(cluster, signal()),
      kubernetes.managedSecrets(cluster, 'app-1', signal()),
      kubernetes.create(cluster, { ...manifest(), name: 'other' }, signal()),
      kubernetes.replace(cluster, { ...manifest(), labels: { a: 'b' } }, observed, signal()),
      kubernetes.remove(cluster, observed, signal()),
    ];
    const codes = await Promise.all(calls.map(async (call) => (await failure(call)).code));
    expect(codes).toEqual(calls.map(() => code));
  });

  it('refuses connections, and is found again when it is back', async () => {
    await local.standIn.server.down();
    expect((await failure(observe())).code).toBe('CLUSTER_UNREACHABLE');
    await local.standIn.server.up();
    expect((await live()).name).toBe('pg');
  });

  it('accepts connections and never speaks TLS', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const cluster = aCluster(`https://127.0.0.1:${port}`, local.authority.caPem, 'silent');
    expect((await failure(hasty.secret(cluster, TARGET, signal()))).code).toBe('CLUSTER_TIMEOUT');
    silent.close();
  });

  it('speaks no TLS at all', async () => {
    const plain = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => void plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as AddressInfo;
    const cluster = aCluster(`https://127.0.0.1:${port}`, local.authority.caPem, 'plain');
    expect((await failure(observe(cluster))).code).toBe('CLUSTER_TLS');
    plain.close();
  });
});

describe('a cluster is not trusted', () => {
  const at = (server: string, ca: string, name: string): Cluster => aCluster(server, ca, name);

  it('under a name its certificate does not have', async () => {
    const server = local.standIn.url.replace('weu-1.k8s', 'weu-2.k8s');
    expect(await failure(observe(at(server, local.authority.caPem, 'weu-2')))).toMatchObject({
      code: 'CLUSTER_TLS',
      message: expect.stringContaining('for another name'),
    });
  });

  it('by the certificate of another authority', async () => {
    const { caPem } = await createAuthority();
    expect((await failure(observe(at(local.standIn.url, caPem, 'unknown')))).code).toBe('CLUSTER_TLS');
  });

  it('when its name cannot be resolved', async () => {
    const cluster = at('https://nowhere.invalid', local.authority.caPem, 'nowhere');
    expect((await failure(observe(cluster))).code).toBe('CLUSTER_UNREACHABLE');
  });
});

describe('waiting', () => {
  it.each([
    [{ 'retry-after': '7' }, 7000],
    [{}, undefined],
  ])('hands on Retry-After: %j', async (headers, wait) => {
    for (const code of [429, 503]) {
      local.standIn.server.inject({ fault: status(code, {}, headers), times: 1 });
      expect((await failure(observe())).retryAfterMs).toBe(wait);
    }
  });

  it("ends with the caller's time budget, and gives up the connection, not just the promise", async () => {
    const silent = await startSilent(await local.authority.issue(['127.0.0.1']));
    const caller = new AbortController();
    const cluster = aCluster(`https://127.0.0.1:${silent.port}`, local.authority.caPem, 'silent');
    // Longer than the test may take: only the caller can end this one.
    const patient = createKubernetes({ ...PATIENT, timeoutMs: 60_000 });
    const work = failure(patient.secret(cluster, TARGET, caller.signal));
    await silent.asked;
    caller.abort();
    expect(await work).toMatchObject({
      code: 'CLUSTER_TIMEOUT',
      message: expect.stringContaining('the time budget ended'),
    });
    await silent.left;
    await silent.stop();
  });
});

it('follows no redirect, not even to the right place', async () => {
  const location = `${local.standIn.url}/api/v1/namespaces/app-1/secrets/pg`;
  local.standIn.server.inject({ fault: { kind: 'redirect', location }, times: 1 });
  const before = local.standIn.server.requests.length;
  expect((await failure(observe())).message).toContain('a redirect, which is not followed');
  expect(local.standIn.server.requests).toHaveLength(before + 1);
});

it('stops reading an answer that is too large', async () => {
  local.standIn.server.inject({ fault: { kind: 'oversized', bytes: 200_000 } });
  expect((await failure(observe())).message).toContain('larger than 100000 bytes');
});

describe('refused writes', () => {
  it.each([
    [413, {}],
    [422, { reason: 'Invalid', details: { causes: [{ field: 'data', reason: 'FieldValueInvalid' }] } }],
    [400, { reason: 'BadRequest' }],
  ])('a %i is final and says nothing of the content', async (code, more) => {
    local.standIn.server.inject({ fault: status(code, more) });
    const found = await failure(local.kubernetes.create(local.cluster, manifest(), signal()));
    expect(found.code).toBe('SECRET_INVALID');
  });

  it('takes effect although the answer is lost: the next observation shows it', async () => {
    const changed = { ...manifest(), labels: { a: 'b' } };
    const before = await live();
    local.standIn.server.inject({ fault: { kind: 'reset', when: 'after-apply' }, times: 1 });
    await failure(local.kubernetes.replace(local.cluster, changed, before, signal()));
    expect((await live()).labels).toEqual({ a: 'b' });
    expect(await local.kubernetes.replace(local.cluster, changed, before, signal())).toEqual({
      kind: 'conflict',
    });
  });

  it('believes no answer about another object', async () => {
    local.standIn.put('app-1', { metadata: { name: 'other' } });
    const other = JSON.stringify(local.standIn.secret('app-1', 'other'));
    local.standIn.server.inject({ fault: { kind: 'status', status: 200, body: other } });
    expect((await failure(observe())).code).toBe('CLUSTER_FAILED');
    expect((await failure(local.kubernetes.create(local.cluster, manifest(), signal()))).code).toBe(
      'CLUSTER_FAILED',
    );
  });
});

it('contacts nobody that the configuration does not allow', async () => {
  let connected = 0;
  const kubernetes = createKubernetes({
    connect: (cluster, of, freshness) => {
      connected += 1;
      return createEntraConnect(() => async () => 'good')(cluster, of, freshness);
    },
    allowed: () => 'its host matches nothing in CLUSTER_HOSTS',
  });
  const before = local.standIn.server.requests.length;
  expect(await failure(kubernetes.secret(local.cluster, TARGET, signal()))).toEqual({
    code: 'CLUSTER_NOT_ALLOWED',
    message: 'cluster weu-1, get secrets app-1/pg: its host matches nothing in CLUSTER_HOSTS',
  });
  expect([connected, local.standIn.server.requests.length]).toEqual([0, before]);
});

it('asks for no token, and sends none, where a cluster is not at an https address', async () => {
  let asked = 0;
  const kubernetes = createKubernetes({
    connect: async () => ({
      server: local.cluster.spec.server?.replace('https:', 'http:') ?? '',
      ca: local.authority.caPem,
      auth: { source: 'test', bearer: async () => `token ${(asked += 1)}` },
    }),
    allowed: () => undefined,
  });
  const before = local.standIn.server.requests.length;
  expect(await failure(kubernetes.secret(local.cluster, TARGET, signal()))).toEqual({
    code: 'CLUSTER_NOT_ALLOWED',
    message: 'cluster weu-1, get secrets app-1/pg: its server is not an https address',
  });
  expect([asked, local.standIn.server.requests.length]).toEqual([0, before]);
});
