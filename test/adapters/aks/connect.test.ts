import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../../../shared/errors.ts';
import type { Cluster } from '../../../shared/registry/document.ts';
import { createAuthority } from '../../local/network/authority.ts';
import { anAksCluster, armIdOf, startAzure } from './setup.ts';
import type { Process } from './setup.ts';

const DAY = 24 * 3600 * 1000;
const signal = () => AbortSignal.timeout(60_000);

let azure: Awaited<ReturnType<typeof startAzure>>;
beforeEach(async () => {
  azure = await startAzure();
});
afterEach(() => azure.stop());

const event = ({ kubernetes }: Process, cluster: Cluster = anAksCluster()) =>
  kubernetes.namespace(cluster, 'app-1', signal());
const run = ({ kubernetes }: Process, cluster: Cluster = anAksCluster()) =>
  kubernetes.namespaces(cluster, signal());
const failure = (work: Promise<unknown>) =>
  work.then((value) => ({ code: 'none', message: JSON.stringify(value) }), failureOf);

describe('an AKS cluster', () => {
  it('is looked up once, by what is needed and no more, however many want it at once', async () => {
    const process = azure.start();
    const views = await Promise.all(Array.from({ length: 20 }, () => event(process)));
    expect(views.every((view) => view?.accept === 'app-1--')).toBe(true);
    const [asked, ...more] = azure.arm.server.requests;
    expect(more).toEqual([]);
    expect(asked).toMatchObject({
      method: 'POST',
      status: 200,
      path: `${armIdOf('weu-1')}/listClusterUserCredential`,
    });
    expect(new URLSearchParams(asked?.query).get('format')).toBe('exec');
  });

  it('is known to other processes without asking Azure again', async () => {
    await event(azure.start());
    await event(azure.start());
    await run(azure.start());
    expect(azure.lookUps()).toBe(1);
    expect([...azure.endpoints.rows.values()]).toEqual([
      expect.objectContaining({ server: azure.cluster.url, ca: azure.authority.caPem, login: 'entra' }),
    ]);
  });

  it('is looked up anew by a run a day later, never by an event', async () => {
    const process = azure.start();
    await event(process);
    process.pass(DAY + 1);
    await event(process);
    expect(azure.lookUps()).toBe(1);
    await run(process);
    await run(process);
    expect(azure.lookUps()).toBe(2);
  });

  it('stays known when Azure fails a day later, and Azure is not asked at every list', async () => {
    const process = azure.start();
    await event(process);
    azure.arm.server.inject({ fault: { kind: 'status', status: 503 } });
    process.pass(DAY + 1);
    for (let lists = 0; lists < 5; lists += 1) expect(await run(process)).toHaveLength(1);
    expect(azure.lookUps()).toBe(2);
  });

  it('does not need the table: losing it costs a look-up', async () => {
    const broken = {
      read: () => Promise.reject(new Error('down')),
      save: () => Promise.reject(new Error('down')),
    };
    const process = azure.start({ endpoints: broken });
    await event(process);
    await event(process);
    expect(azure.lookUps()).toBe(1);
  });

  it('is another one when its ARM id changes under the same name', async () => {
    const process = azure.start();
    await event(process);
    const aks = armIdOf('weu-1', 'clusters').replace('/weu-1', '/another');
    expect(await failure(event(process, anAksCluster({ aks })))).toMatchObject({
      code: 'CLUSTER_UNREACHABLE',
    });
    expect(await event(process)).toBeDefined();
  });

  it('gets tokens for AKS alone, and Azure gets its own', async () => {
    await event(azure.start());
    expect(azure.scopes).toEqual([
      `${azure.arm.url}/.default`,
      '6dae42f8-4368-4678-94ff-3960e28e3630/.default',
    ]);
  });
});

describe('an AKS cluster that moved', () => {
  it('is looked up when its authority is another one, and the call goes on', async () => {
    const process = azure.start();
    await event(process);
    const authority = await createAuthority();
    const made = await azure.startCluster({ authority });
    azure.arm.put({ id: armIdOf('weu-1'), server: made.url, caPem: authority.caPem });
    // The old address now answers with the new authority's certificate.
    const stale = azure.endpoints.rows.get('weu-1');
    if (stale) azure.endpoints.rows.set('weu-1', { ...stale, server: made.url });
    const other = azure.start();
    other.pass(6 * 60_000);
    expect(await event(other)).toMatchObject({ name: 'app-1' });
    expect(azure.lookUps()).toBe(2);
    expect(azure.endpoints.rows.get('weu-1')?.ca).toBe(authority.caPem);
    await made.stop();
  });

  it('is looked up when its name is no longer known', async () => {
    const process = azure.start();
    await event(process);
    const stale = azure.endpoints.rows.get('weu-1');
    if (stale) azure.endpoints.rows.set('weu-1', { ...stale, server: 'https://gone.k8s.invalid:6443' });
    const other = azure.start();
    other.pass(6 * 60_000);
    expect(await event(other)).toMatchObject({ name: 'app-1' });
  });

  it('is looked up when it refuses the identity, but not at every call', async () => {
    const process = azure.start();
    await event(process);
    azure.cluster.server.inject({ fault: { kind: 'status', status: 401 } });
    process.pass(6 * 60_000);
    for (let calls = 0; calls < 4; calls += 1)
      expect(await failure(event(process))).toMatchObject({ code: 'CLUSTER_UNAUTHORIZED' });
    expect(azure.lookUps()).toBe(2);
  });
});

describe('Azure Resource Manager', () => {
  it.each([
    [403, 'CLUSTER_FORBIDDEN', 'role Azure Kubernetes Service Cluster User Role'],
    [404, 'CLUSTER_UNREACHABLE', 'no such managed cluster; check spec.aks'],
    [401, 'CLUSTER_UNAUTHORIZED', 'tenant of the subscription'],
    [409, 'CLUSTER_FAILED', 'it answered 409'],
    [503, 'CLUSTER_UNREACHABLE', 'it answered 503'],
  ])('that answers %d makes %s', async (status, code, says) => {
    azure.arm.server.inject({ fault: { kind: 'status', status, body: '{"error":{"code":"Sorry"}}' } });
    const found = await failure(event(azure.start()));
    expect(found).toMatchObject({ code, message: expect.stringContaining(says) });
    expect(found.message).toMatch(/^cluster weu-1, get namespaces app-1: Azure Resource Manager: /);
  });

  it.each([
    { kind: 'html' } as const,
    { kind: 'redirect', location: 'https://elsewhere.localhost' } as const,
  ])('that answers with %j is not believed', async (fault) => {
    azure.arm.server.inject({ fault });
    expect(await failure(event(azure.start()))).toMatchObject({ code: expect.stringMatching(/^CLUSTER_/) });
  });

  it('says the same of a role that is missing and of a cluster that is', async () => {
    const allow = azure.arm.forbid(armIdOf('weu-1'));
    const process = azure.start();
    expect(await failure(event(process))).toMatchObject({ code: 'CLUSTER_FORBIDDEN' });
    allow();
    azure.arm.remove(armIdOf('weu-1'));
    expect(await failure(event(process))).toMatchObject({ code: 'CLUSTER_UNREACHABLE' });
  });

  it('that asks to wait is not asked again before, for any cluster of the subscription', async () => {
    const headers = { 'retry-after': '90' };
    azure.arm.server.inject({ fault: { kind: 'status', status: 429, headers }, times: 1 });
    const process = azure.start();
    expect(await failure(event(process))).toMatchObject({ code: 'CLUSTER_THROTTLED', retryAfterMs: 90_000 });
    const other = anAksCluster({ aks: armIdOf('weu-2') }, 'weu-2');
    expect(await failure(event(process, other))).toMatchObject({ code: 'CLUSTER_THROTTLED' });
    expect(azure.lookUps()).toBe(1);
    process.pass(91_000);
    expect(await event(process)).toBeDefined();
    expect(azure.lookUps()).toBe(2);
  });

  it('does not keep an event longer than the event has', async () => {
    azure.arm.server.inject({ fault: { kind: 'hang' } });
    const { kubernetes } = azure.start();
    const hasty = kubernetes.namespace(anAksCluster(), 'app-1', AbortSignal.timeout(300));
    expect(await failure(hasty)).toMatchObject({ code: 'OUT_OF_TIME' });
  });
});

describe('static credentials', () => {
  const withOwn = async (login: 'certificate' | 'token') => {
    const { key, cert } = await azure.authority.issueClient('clusterUser', 'system:masters');
    const made = await azure.startCluster({
      clientCa: azure.authority.caPem,
      authenticate: async (token) => (token === 'static-canary' ? 'clusterUser' : undefined),
    });
    azure.arm.put({
      id: armIdOf('weu-1'),
      server: made.url,
      caPem: azure.authority.caPem,
      login:
        login === 'token' ? { token: 'static-canary' } : { certificate: cert, key, token: 'static-canary' },
    });
    return { made, key };
  };

  it('are refused, with what to do, and Azure is not asked at every call', async () => {
    const { made } = await withOwn('certificate');
    const process = azure.start();
    for (let calls = 0; calls < 3; calls += 1) {
      const found = await failure(event(process));
      expect(found).toMatchObject({ code: 'CLUSTER_CREDENTIAL' });
      expect(found.message).toMatch(/az aks update --enable-aad .* allowStaticCredentials: true/);
    }
    expect(azure.lookUps()).toBe(1);
    expect(made.server.requests).toEqual([]);
    await made.stop();
  });

  it.each(['certificate', 'token'] as const)('are used where the document allows it: %s', async (login) => {
    const { made, key } = await withOwn(login);
    const process = azure.start();
    const cluster = anAksCluster({ allowStaticCredentials: true });
    expect(await event(process, cluster)).toMatchObject({ name: 'app-1' });
    await event(process, cluster);
    expect(made.server.requests.map(({ user }) => user)).toEqual(['clusterUser', 'clusterUser']);
    // Azure gives a token beside the certificate; only one of them lets us in.
    const sent = login === 'token' ? 'Bearer static-canary' : undefined;
    expect(made.server.requests.map(({ headers }) => headers['authorization'])).toEqual([sent, sent]);
    expect(azure.lookUps()).toBe(1);
    const rows = JSON.stringify([...azure.endpoints.rows.values()]);
    expect(rows).not.toContain('static-canary');
    expect(rows).not.toContain(key.slice(40, 80));
    await made.stop();
  });

  it('are held in memory only: another process looks them up itself', async () => {
    const { made } = await withOwn('certificate');
    const cluster = anAksCluster({ allowStaticCredentials: true });
    await event(azure.start(), cluster);
    await event(azure.start(), cluster);
    expect(azure.lookUps()).toBe(2);
    await made.stop();
  });
});
