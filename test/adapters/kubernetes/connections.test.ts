import { afterEach, describe, expect, it } from 'vitest';
import { createEntraConnect } from '../../../shared/adapters/kubernetes/connection.ts';
import { createTokenSource } from '../../../shared/adapters/identity/tokens.ts';
import { failureOf } from '../../../shared/errors.ts';
import { createListBudget } from '../../../shared/list-budget.ts';
import type { SecretMetadata } from '../../../shared/target/secret.ts';
import { SCOPE, startCluster } from './setup.ts';

const TARGET = { cluster: 'weu-1', namespace: 'app-1', name: 'pg' };
const signal = () => AbortSignal.timeout(60_000);
type Local = Awaited<ReturnType<typeof startCluster>>;

let local: Local | undefined;
afterEach(() => local?.stop());
async function start(options: Parameters<typeof startCluster>[0] = {}): Promise<Local> {
  local = await startCluster(options);
  local.standIn.createNamespace('app-1', { 'vaultcast.dev/accept': 'app-1--' });
  return local;
}

const sockets = ({ standIn }: Local) => new Set(standIn.server.requests.map(({ socket }) => socket)).size;
const observe = ({ kubernetes, cluster }: Local) => kubernetes.secret(cluster, TARGET, signal());

describe('connections', () => {
  it('serves 20 requests in a row over at most 2', async () => {
    const here = await start();
    for (let at = 0; at < 20; at += 1) await observe(here);
    expect(here.standIn.server.requests).toHaveLength(20);
    expect(sockets(here)).toBeLessThanOrEqual(2);
  });

  it('serves 50 requests at once over at most 8', async () => {
    const here = await start();
    await Promise.all(Array.from({ length: 50 }, () => observe(here)));
    expect(here.standIn.server.requests).toHaveLength(50);
    expect(sockets(here)).toBeLessThanOrEqual(8);
  });

  it('are allowed or refused once for each document, for a fleet has hundreds of entries to look through', async () => {
    let asked = 0;
    const allowed = (): undefined => void (asked += 1);
    const here = await start({ adapter: { allowed } });
    for (let at = 0; at < 5; at += 1) await observe(here);
    expect(asked).toBe(1);
    await here.kubernetes.secret({ ...here.cluster }, TARGET, signal());
    expect(asked).toBe(2);
  });

  it('are closed when nobody asks the cluster soon: what is under way ends well, and the next makes a new one', async () => {
    const here = await start();
    const underWay = [observe(here), observe(here)];
    await expect.poll(() => here.standIn.server.requests.length).toBeGreaterThan(0);
    here.kubernetes.rest(here.cluster);
    expect(await Promise.all(underWay)).toEqual([undefined, undefined]);
    const before = new Set(here.standIn.server.requests.map(({ socket }) => socket));
    await observe(here);
    expect(before.has(here.standIn.server.requests.at(-1)?.socket ?? 0)).toBe(false);
  });

  it('is made anew when the registered authority changes', async () => {
    const here = await start();
    await observe(here);
    const spec = { ...here.cluster.spec, certificateAuthorityData: Buffer.from('none').toString('base64') };
    const moved = { ...here.cluster, spec };
    const outcome = await here.kubernetes.secret(moved, TARGET, signal()).catch(failureOf);
    expect(outcome).toMatchObject({ code: 'CLUSTER_TLS' });
    expect(await observe(here)).toBeUndefined();
  });

  it('works below a path prefix, with or without a slash at its end', async () => {
    const here = await start({ pathPrefix: '/k8s/clusters/c-1' });
    expect(await here.kubernetes.namespace(here.cluster, 'app-1', signal())).toMatchObject({
      accept: 'app-1--',
    });
    const spec = { ...here.cluster.spec, server: `${here.cluster.spec.server}/` };
    expect(await here.kubernetes.namespaces({ ...here.cluster, spec }, signal())).toHaveLength(1);
    expect(here.standIn.server.requests.every(({ path }) => path.startsWith('/k8s/clusters/c-1/api/'))).toBe(
      true,
    );
  });
});

describe('bearer tokens', () => {
  it('asks for another token once when the first is refused', async () => {
    const asked: [string, string | undefined][] = [];
    const tokens = (scope: string) => async (_signal: AbortSignal, refused?: string) => {
      asked.push([scope, refused]);
      return refused === undefined ? 'stale' : 'good';
    };
    const here = await start({ adapter: { connect: createEntraConnect(tokens) } });
    expect(await observe(here)).toBeUndefined();
    expect(asked).toEqual([
      [SCOPE, undefined],
      [SCOPE, 'stale'],
    ]);
    expect(here.standIn.server.requests.map(({ status }) => status)).toEqual([401, 404]);
  });

  it('gives up after two refusals', async () => {
    let last = 0;
    const here = await start({
      adapter: { connect: createEntraConnect(() => async () => `bad-${(last += 1)}`) },
    });
    expect(await observe(here).catch(failureOf)).toMatchObject({ code: 'CLUSTER_UNAUTHORIZED' });
    expect(here.standIn.server.requests).toHaveLength(2);
  });

  it('are no matter of the cluster when they do not come: it was not asked', async () => {
    const tokens = createTokenSource({ getToken: () => new Promise<null>(() => {}) });
    const here = await start({ adapter: { connect: createEntraConnect(tokens) } });
    const hasty = here.kubernetes.secret(here.cluster, TARGET, AbortSignal.timeout(200));
    expect(await hasty.catch(failureOf)).toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
    expect(here.standIn.server.requests).toHaveLength(0);
  });

  it('does not send the same token twice', async () => {
    const here = await start({ adapter: { connect: createEntraConnect(() => async () => 'bad') } });
    expect(await observe(here).catch(failureOf)).toMatchObject({ code: 'CLUSTER_UNAUTHORIZED' });
    expect(here.standIn.server.requests).toHaveLength(1);
  });

  it('writes once although the token is refreshed in between', async () => {
    const tokens = () => async (_signal: AbortSignal, refused?: string) =>
      refused === undefined ? 'stale' : 'good';
    const here = await start({ adapter: { connect: createEntraConnect(tokens) } });
    const parts = { immutable: false, labels: {}, annotations: {}, finalizers: [], ownerReferences: [] };
    const manifest = { namespace: 'app-1', name: 'pg', type: 'Opaque', data: { k: 'dg==' }, ...parts };
    expect(await here.kubernetes.create(here.cluster, manifest, signal())).toMatchObject({ kind: 'written' });
    expect(here.standIn.writes.create).toBe(1);
  });
});

it('logs in with a client certificate', async () => {
  const here = await start();
  await here.stop();
  const { authority } = here;
  const { key, cert } = await authority.issueClient('pusher', 'system:masters');
  local = await startCluster({
    clientCa: authority.caPem,
    authority,
    adapter: {
      connect: async ({ spec }) => ({
        server: spec.server ?? '',
        ca: authority.caPem,
        auth: { certificate: cert, key },
      }),
    },
  });
  local.standIn.createNamespace('app-1');
  expect(await observe(local)).toBeUndefined();
  expect(local.standIn.server.requests.at(-1)).toMatchObject({ status: 404, user: 'pusher' });
  expect(local.standIn.server.requests.at(-1)?.headers).not.toHaveProperty('authorization');
});

describe('long lists', () => {
  const fill = ({ standIn }: Local, count: number) => {
    for (let at = 0; at < count; at += 1)
      standIn.put('app-1', {
        metadata: { name: `s-${at}`, labels: { 'app.kubernetes.io/managed-by': 'vaultcast' } },
        data: { k: 'dmFsdWU=' },
      });
  };
  const list = ({ kubernetes, cluster }: Local) => kubernetes.managedSecrets(cluster, 'app-1', signal());

  it('are read page by page, metadata only', async () => {
    const here = await start();
    fill(here, 1201);
    const found = await list(here);
    expect(new Set(found.map(({ name }) => name)).size).toBe(1201);
    expect(here.standIn.server.requests).toHaveLength(3);
    const [first] = here.standIn.server.requests;
    expect(first?.headers['accept']).toContain('PartialObjectMetadataList');
    expect(new URLSearchParams(first?.query).get('limit')).toBe('500');
  });

  it('are not charged for Secrets that are not ours, and those do not come', async () => {
    const here = await start();
    const sources = 'x'.repeat(5000);
    for (let at = 0; at < 300; at += 1)
      here.standIn.put('app-1', {
        metadata: {
          name: `s-${at}`,
          labels: {
            'app.kubernetes.io/managed-by': 'vaultcast',
            'vaultcast.dev/instance': at < 290 ? 'other' : 'ours',
          },
          annotations: { 'vaultcast.dev/sources': sources },
        },
      });
    const look = {
      budget: createListBudget(0, { items: 1000, bytes: 1e9, kept: 60_000, most: 1e9 }),
      isOurs: ({ labels }: SecretMetadata) => labels['vaultcast.dev/instance'] === 'ours',
    };
    const found = await here.kubernetes.managedSecrets(here.cluster, 'app-1', signal(), look);
    expect(found).toHaveLength(10);
    await expect(
      here.kubernetes.managedSecrets(here.cluster, 'app-1', signal(), { ...look, isOurs: () => true }),
    ).rejects.toThrow('its lists are longer than');
  });

  it('start again when their snapshot expires', async () => {
    const here = await start();
    fill(here, 600);
    let pages = 0;
    here.standIn.server.inject({
      fault: { kind: 'delay', ms: 0 },
      when: ({ query }) => {
        pages += 1;
        if (query.has('continue') && pages === 2) here.standIn.expireContinueTokens();
        return false;
      },
    });
    expect(await list(here)).toHaveLength(600);
    expect(here.standIn.server.requests.map(({ status }) => status)).toEqual([200, 410, 200, 200]);
  });

  it('are given up when they expire three times: half a list would look like deletions', async () => {
    const here = await start();
    fill(here, 600);
    here.standIn.server.inject({
      fault: { kind: 'delay', ms: 0 },
      when: ({ query }) => {
        if (query.has('continue')) here.standIn.expireContinueTokens();
        return false;
      },
    });
    expect(await list(here).catch(failureOf)).toMatchObject({ code: 'CLUSTER_FAILED' });
    expect(here.standIn.server.requests).toHaveLength(6);
  });

  it.each([
    { kind: 'reset', when: 'mid-body' } as const,
    { kind: 'status', status: 500 } as const,
    { kind: 'html' } as const,
  ])('are rejected when a later page fails (%j)', async (fault) => {
    const here = await start();
    fill(here, 1100);
    here.standIn.server.inject({ fault, when: ({ query }) => query.has('continue'), times: 1 });
    await expect(list(here)).rejects.toThrow(/^cluster weu-1, list secrets app-1: /);
  });
});
