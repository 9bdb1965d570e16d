import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { HttpMethod, RequestContext } from '@kubernetes/client-node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTransport } from '../../../shared/adapters/kubernetes/transport.ts';
import { failureOf } from '../../../shared/errors.ts';
import type { Cluster } from '../../../shared/registry/document.ts';
import { clusterDocument } from '../../../shared/registry/cluster-schema.ts';
import { NEVER } from '../../../shared/time.ts';
import { createAuthority } from '../../local/network/authority.ts';
import { startHttps } from '../../local/network/https-server.ts';
import { problems } from '../../support/environment.ts';
import { anAksCluster, armIdOf, startAzure } from '../aks/setup.ts';
import { startStored } from '../identity/stored/setup.ts';
import { SCOPE } from './setup.ts';

/**
 * What somebody may try who writes the registry, or answers in the place of a cluster. The thief's server counts
 * connections, not requests: not even a handshake may reach it.
 */
let thief: { port: number; connections: number; stop(): Promise<void> };
beforeAll(async () => {
  const server = createServer((socket) => {
    thief.connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  thief = { port, connections: 0, stop: () => new Promise((resolve) => void server.close(() => resolve())) };
});
afterAll(() => thief.stop());

type Here = Awaited<ReturnType<typeof startStored>>;
let here: Here | undefined;
afterEach(async () => {
  await here?.stop();
  here = undefined;
});

const failure = (work: Promise<unknown>) =>
  work.then((value) => ({ code: 'none', message: JSON.stringify(value) }), failureOf);

const TOKEN = { token: { secret: 'weu-1-token' } };
const CERTIFICATE = { clientCertificate: { secret: 'weu-1-cert' } };
const entra = (scope: string) => ({ entra: { scope } });
const PROD = 'api://99999999-7777-8888-9999-000000000000/.default';

/** A row that no schema has seen: the guard at the request must hold by itself. */
const unchecked = (cluster: Cluster, spec: object): Cluster => ({
  ...cluster,
  spec: { ...cluster.spec, ...spec } as Cluster['spec'],
});

describe('a cluster of another place', () => {
  const OWN = 6443;
  const places: [string, (port: number) => string][] = [
    ['another host', (port) => `https://thief.localhost:${port}`],
    ['another port of the host', (port) => `https://weu-1.k8s.localhost:${port}`],
    ['a host that ends alike', (port) => `https://evilk8s.localhost:${port}`],
    ['the domain itself', (port) => `https://k8s.localhost:${port}`],
    ['a host with a dot at its end', () => `https://weu-1.k8s.localhost.:${OWN}`],
    ['a host before an @', (port) => `https://weu-1.k8s.localhost:${OWN}@thief.localhost:${port}`],
    ['a host before a backslash', (port) => `https://thief.localhost:${port}\\@weu-1.k8s.localhost:${OWN}`],
    ['a host in the path', (port) => `https://thief.localhost:${port}/weu-1.k8s.localhost:${OWN}`],
    ['a host in the fragment', (port) => `https://thief.localhost:${port}#.k8s.localhost:${OWN}`],
    ['a host in the query', (port) => `https://thief.localhost:${port}?.k8s.localhost:${OWN}`],
    ['a name in other letters', (port) => `https://weu-1.k8s.l\u{43E}calhost:${port}`],
    ['a name with another dot', (port) => `https://thief\u3002localhost:${port}`],
    ['an address in other digits', (port) => `https://0x7f.1:${port}`],
    ['plain http', (port) => `http://weu-1.k8s.localhost:${port}`],
    ['no address at all', () => 'weu-1.k8s.localhost'],
  ];

  describe.each([
    ['a token', TOKEN],
    ['a client certificate', CERTIFICATE],
    ['Entra', entra(SCOPE)],
  ])('with %s', (_, credential) => {
    it.each(places)('gets no connection and no credential: %s', async (_place, address) => {
      here = await startStored({
        hosts: `*.k8s.localhost:${OWN}`,
        scopes: () => `${SCOPE}@*.k8s.localhost:${OWN}`,
      });
      here.store('weu-1-token', here.known.token);
      const before = thief.connections;
      const cluster = unchecked(here.document(credential), { server: address(thief.port) });
      expect(await failure(here.observe(cluster))).toMatchObject({ code: 'CLUSTER_NOT_ALLOWED' });
      const inspected = await here.kubernetes.inspect(cluster, AbortSignal.timeout(5000));
      expect(inspected.ended?.failure.code).toBe('CLUSTER_NOT_ALLOWED');
      expect({ thief: thief.connections - before, scopes: here.scopes, reads: here.reads() }).toEqual({
        thief: 0,
        scopes: [],
        reads: 0,
      });
    });
  });

  it('in capitals is the same place', async () => {
    here = await startStored();
    here.store('weu-1-token', here.known.token);
    const cluster = here.document(TOKEN, { server: here.cluster.url.replace('weu-1.k8s', 'WEU-1.K8S') });
    expect(await here.observe(cluster)).toMatchObject({ name: 'app-1' });
  });
});

describe('a scope', () => {
  const scopes = ({ host }: URL): string => `${SCOPE}@${host},${PROD}@*.prod.k8s.localhost:6443`;

  it('is asked for when CLUSTER_SCOPES binds it to the server', async () => {
    here = await startStored({
      scopes,
      authenticate: async (token) => (token === 'entra-canary' ? 'pusher' : undefined),
    });
    expect(await here.observe(here.document(entra(SCOPE)))).toMatchObject({ name: 'app-1' });
    expect(here.scopes).toEqual([SCOPE]);
  });

  it.each([
    ['of another environment', PROD, (own: string) => own],
    ['at another port of the host', SCOPE, () => `https://weu-1.k8s.localhost:${thief.port}`],
    ['on another host', SCOPE, () => `https://weu-2.k8s.localhost:${thief.port}`],
  ])('is not asked for when it is bound to a server %s', async (_, scope, serverOf) => {
    here = await startStored({ scopes });
    const before = thief.connections;
    const asked = here.observe(here.document(entra(scope), { server: serverOf(here.cluster.url) }));
    expect(await failure(asked)).toMatchObject({
      code: 'CLUSTER_NOT_ALLOWED',
      message: expect.stringContaining(
        'CLUSTER_SCOPES does not let tokens of its scope go to its server',
      ) as string,
    });
    expect([here.scopes, here.cluster.server.requests, thief.connections - before]).toEqual([[], [], 0]);
  });
});

describe('a scope of somebody else', () => {
  it.each([
    'https://vault.azure.net/.default',
    'https://management.azure.com/.default',
    'https://graph.microsoft.com/.default',
    'https://storage.azure.com/.default',
    '6dae42f8-4368-4678-94ff-3960e28e3630/.default',
    'api://not-listed/.default',
  ])('is not asked for: %s', async (scope) => {
    here = await startStored();
    expect(await failure(here.observe(here.document(entra(scope))))).toMatchObject({
      code: 'CLUSTER_NOT_ALLOWED',
    });
    expect(here.scopes).toEqual([]);
    expect(here.cluster.server.requests).toEqual([]);
  });
});

describe('a request of a client', () => {
  it.each([
    ['another host', (port: number) => `https://thief.localhost:${port}/k8s/c-1/api`],
    ['another port', (port: number) => `https://weu-1.k8s.localhost:${port}/k8s/c-1/api`],
    ['another cluster of the host', () => 'https://weu-1.k8s.localhost:6443/k8s/c-2/api'],
    ['a cluster whose path begins alike', () => 'https://weu-1.k8s.localhost:6443/k8s/c-10/api'],
    ['a path that climbs', () => 'https://weu-1.k8s.localhost:6443/k8s/c-1/../c-2/api'],
  ])('does not leave its server for %s: no token is fetched for it', async (_, url) => {
    let tokens = 0;
    const bearer = async (): Promise<string> => `token-${(tokens += 1)}`;
    const server = 'https://weu-1.k8s.localhost:6443/k8s/c-1';
    const connection = { server, ca: undefined, auth: { source: 'test', bearer } };
    const transport = createTransport(connection, 5000, 1000);
    const before = thief.connections;
    const sent = transport.send(new RequestContext(url(thief.port), HttpMethod.GET), 'secret', NEVER);
    expect(await failure(sent)).toMatchObject({ code: 'CLUSTER_NOT_ALLOWED' });
    expect([tokens, thief.connections - before]).toEqual([0, 0]);
    await transport.close();
  });
});

describe('a redirect', () => {
  it.each(['token', 'certificate'])('leads nobody with a %s to another host', async (kind) => {
    here = await startStored();
    const issued = await here.authority.issueClient('pusher', 'system:masters');
    here.store('weu-1-token', here.known.token);
    here.store('weu-1-cert', issued.cert + issued.key);
    const location = `https://thief.localhost:${thief.port}/api/v1/namespaces/app-1`;
    here.cluster.server.inject({ fault: { kind: 'redirect', location } });
    const before = thief.connections;
    const cluster = here.document(kind === 'token' ? TOKEN : CERTIFICATE);
    expect(await failure(here.observe(cluster))).toMatchObject({ code: 'CLUSTER_FAILED' });
    expect(thief.connections - before).toBe(0);
  });
});

describe('a host that is allowed, with the certificate of another authority', () => {
  it('sees a handshake and no credential', async () => {
    here = await startStored();
    const stranger = await createAuthority();
    const server = await startHttps({
      ...(await stranger.issue(['weu-1.k8s.localhost'])),
      handle: () => ({ status: 200, body: {} }),
    });
    const there = `https://weu-1.k8s.localhost:${server.port}`;
    here.store('weu-1-token', here.known.token, { tags: { server: there } });
    const cluster = here.document(TOKEN, { server: there });
    expect(await failure(here.observe(cluster))).toMatchObject({ code: 'CLUSTER_TLS' });
    expect(server.requests).toEqual([]);
    await server.stop();
  });
});

describe('an AKS cluster', () => {
  const id = armIdOf('weu-1');
  it.each([
    ['of another group', armIdOf('weu-1', 'others')],
    ['of a group that begins alike', armIdOf('weu-1', 'clusters-2')],
    ['of another subscription', id.replace('11111111', '99999999')],
    ['by a path that climbs', id.replace('/clusters/', '/clusters/../others/')],
    ['of a group of dots', armIdOf('weu-1', '..')],
  ])('%s is neither looked up nor given a token', async (_, aks) => {
    const azure = await startAzure();
    const { kubernetes } = azure.start();
    const cluster = unchecked(anAksCluster(), { aks });
    const asked = kubernetes.namespace(cluster, 'app-1', AbortSignal.timeout(5000));
    expect(await failure(asked)).toMatchObject({ code: 'CLUSTER_NOT_ALLOWED' });
    expect([azure.lookUps(), azure.scopes]).toEqual([0, []]);
    await azure.stop();
  });

  it('that Azure says is elsewhere gets no token of AKS', async () => {
    const azure = await startAzure();
    azure.arm.put({ id, server: `https://thief.localhost:${thief.port}`, caPem: azure.authority.caPem });
    const before = thief.connections;
    const { kubernetes } = azure.start();
    const asked = kubernetes.namespace(anAksCluster(), 'app-1', AbortSignal.timeout(5000));
    expect(await failure(asked)).toMatchObject({ code: 'CLUSTER_NOT_ALLOWED' });
    expect([thief.connections - before, azure.scopes]).toEqual([0, [`${azure.arm.url}/.default`]]);
    await azure.stop();
  });

  it('does not lend its tokens to a cluster given by server', () => {
    const both = { aks: id, server: 'https://weu-1.k8s.localhost', credential: TOKEN };
    const document = {
      apiVersion: 'vaultcast.dev/v1',
      kind: 'Cluster',
      metadata: { name: 'weu-1' },
      spec: both,
    };
    expect(clusterDocument.safeParse(document).success).toBe(false);
  });
});

describe('the credential vault', () => {
  it.each([
    'https://clusters.vault.azure.net',
    'https://CLUSTERS.vault.azure.net/',
    'https://clusters.vault.azure.net:443',
  ])('cannot be one that routes name: %s', (url) => {
    const wrong = problems({ VAULTS: `team=${url}`, CREDENTIAL_VAULT: 'https://clusters.vault.azure.net' });
    expect(wrong).toEqual([expect.stringContaining('routes could then deliver cluster credentials')]);
  });

  it('is asked for a name and nothing that leads elsewhere', async () => {
    here = await startStored();
    const secrets = ['../../keys/root', 'weu-1-token/versions', 'a?b', 'a%2fb'];
    for (const secret of secrets) {
      const cluster = unchecked(here.document(TOKEN), { credential: { token: { secret } } });
      expect(await failure(here.observe(cluster))).toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
    }
    expect(here.vault.server.requests).toEqual([]);
  });
});
