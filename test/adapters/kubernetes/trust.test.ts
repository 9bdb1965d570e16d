import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createKubernetes } from '../../../shared/adapters/kubernetes/api.ts';
import { createEntraConnect } from '../../../shared/adapters/kubernetes/connection.ts';
import { failureOf } from '../../../shared/errors.ts';
import { type Issued, openOpenssl } from '../../render/authority.ts';
import { aCluster } from './setup.ts';

const NAMESPACE = { metadata: { name: 'app-1', annotations: { 'vaultcast.dev/accept': 'app-1--' } } };
const signal = () => AbortSignal.timeout(60_000);

const openssl = openOpenssl();
let root: Issued;
let intermediate: Issued;
let leaf: Issued;
let stranger: Issued;

beforeAll(() => {
  root = openssl.issue({ name: 'root', ca: true });
  intermediate = openssl.issue({ name: 'intermediate', ca: true, issuer: root });
  leaf = openssl.issue({ name: 'api', issuer: intermediate });
  stranger = openssl.issue({ name: 'root', ca: true });
});
afterAll(() => openssl.close());

let stop = async (): Promise<void> => {};
afterEach(() => stop());

/** An API server that shows this chain, and the adapter on it. */
async function start(key: string, ...chain: string[]) {
  const server = createServer({ key, cert: chain.join('') }, (_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(NAMESPACE));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  const kubernetes = createKubernetes({
    connect: createEntraConnect(() => async () => 'good'),
    allowed: () => undefined,
    timeoutMs: 5000,
  });
  stop = async () => {
    server.closeAllConnections();
    server.close();
    await kubernetes.close();
  };
  return {
    kubernetes,
    registered: (authority: string, host = '127.0.0.1') => aCluster(`https://${host}:${port}`, authority),
  };
}

const look = async ({ kubernetes, registered }: Awaited<ReturnType<typeof start>>, authority: string) =>
  kubernetes.namespace(registered(authority), 'app-1', signal()).then(() => 'connected', failureOf);

describe('the certificate of an API server', () => {
  it('is trusted when the registered intermediate signed it', async () => {
    const here = await start(leaf.key, leaf.cert, intermediate.cert);
    expect(await look(here, intermediate.cert)).toBe('connected');
  });

  it('is trusted when the registered intermediate signed it and is not shown', async () => {
    const here = await start(leaf.key, leaf.cert);
    expect(await look(here, intermediate.cert)).toBe('connected');
  });

  it('is trusted when it is itself the registered one', async () => {
    const here = await start(leaf.key, leaf.cert);
    expect(await look(here, leaf.cert)).toBe('connected');
  });

  it('is trusted when the registered root signed its issuer', async () => {
    const here = await start(leaf.key, leaf.cert, intermediate.cert);
    expect(await look(here, root.cert)).toBe('connected');
  });

  it('is trusted by a check as by a push', async () => {
    const { kubernetes, registered } = await start(leaf.key, leaf.cert, intermediate.cert);
    const found = await kubernetes.inspect(registered(intermediate.cert), signal());
    expect(found.certificateExpires).toBeGreaterThan(Date.now());
  });

  it('is refused when it merely has the issuer of the registered one', async () => {
    const other = openssl.issue({ name: 'api', issuer: intermediate });
    const here = await start(other.key, other.cert, intermediate.cert);
    expect(await look(here, leaf.cert)).toMatchObject({ code: 'CLUSTER_TLS' });
  });

  it('is refused when its root has only the name of the registered one', async () => {
    const here = await start(leaf.key, leaf.cert, intermediate.cert);
    expect(await look(here, stranger.cert)).toMatchObject({ code: 'CLUSTER_TLS' });
  });

  it('is refused when it is the registered one, for another host', async () => {
    const { kubernetes, registered } = await start(leaf.key, leaf.cert);
    const elsewhere = registered(leaf.cert, 'weu-1.k8s.localhost');
    expect(await kubernetes.namespace(elsewhere, 'app-1', signal()).catch(failureOf)).toMatchObject({
      code: 'CLUSTER_TLS',
      message: expect.stringContaining('another name') as string,
    });
  });
});
