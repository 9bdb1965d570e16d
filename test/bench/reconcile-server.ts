import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Authority } from '../local/network/authority.ts';
import { namespaceNames, objectsOf } from './reconcile-fleet.ts';

/** The API servers of all clusters behind one address, `/CLUSTER/api/v1/…`: they answer lists and nothing else. */
export interface FleetServer {
  url: string;
  /** Requests by what they asked for since the last look; writes among them. */
  counted(): { namespaces: number; secrets: number; others: number };
  stop(): Promise<void>;
}

const PLACE = /^\/(?<cluster>bench-\d+)\/api\/v1\/namespaces(?:\/(?<namespace>[a-z0-9-]+)\/secrets)?\?/;

export async function startFleetServer(authority: Authority): Promise<FleetServer> {
  const texts = new Map(namespaceNames.map((name) => [name, listOf(objectsOf('CLUSTER', name))]));
  const accept = { 'vaultcast.dev/accept': namespaceNames.map((name) => `${name}--`).join(',') };
  const namespaces = listOf(namespaceNames.map((name) => ({ metadata: { name, annotations: accept } })));
  let seen = { namespaces: 0, secrets: 0, others: 0 };
  const answer = (method: string | undefined, url: string): string | undefined => {
    const { cluster = '', namespace } = (method === 'GET' && PLACE.exec(url)?.groups) || {};
    const text = namespace === undefined ? namespaces : texts.get(namespace);
    if (cluster === '' || text === undefined) return void (seen.others += 1);
    seen[namespace === undefined ? 'namespaces' : 'secrets'] += 1;
    return text.replaceAll('CLUSTER', cluster);
  };
  const server = createServer(await authority.issue(['fleet.k8s.localhost']), (request, response) => {
    const text = answer(request.method, request.url ?? '');
    response.writeHead(text === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(text ?? '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://fleet.k8s.localhost:${(server.address() as AddressInfo).port}`,
    counted() {
      const counted = seen;
      seen = { namespaces: 0, secrets: 0, others: 0 };
      return counted;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listOf(items: readonly object[]): string {
  return JSON.stringify({
    kind: 'PartialObjectMetadataList',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: '7' },
    items,
  });
}
