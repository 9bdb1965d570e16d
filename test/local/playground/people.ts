import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Stack } from '../stack/start.ts';

/** What people do to the local stack, by curl. */
export interface PeopleServer {
  url: string;
  stop(): Promise<void>;
}

interface Reply {
  status: number;
  body: unknown;
}

/** `names`: what the path names, in its order. */
type Action = (stack: Stack, names: readonly string[], body: string) => Promise<Reply> | Reply;

const SOURCES = 'vaultcast.dev/sources';
const ACCEPT = 'vaultcast.dev/accept';

/** As `kubectl get secret -o json` shows them, shortened to what matters here. */
function secretsIn(stack: Stack, [cluster = '']: readonly string[]): Reply {
  const body = stack
    .cluster(cluster)
    .secrets()
    .map(({ metadata, data }) => ({
      secret: `${metadata.namespace}/${metadata.name}`,
      data: Object.fromEntries(
        Object.entries(data ?? {}).map(([key, value]) => [
          key,
          Buffer.from(value, 'base64').toString('utf8'),
        ]),
      ),
      sources: metadata.annotations?.[SOURCES],
      resourceVersion: metadata.resourceVersion,
    }));
  return { status: 200, body };
}

async function rotate(stack: Stack, [name = '']: readonly string[], value: string): Promise<Reply> {
  const { version, eventId, answer } = await stack.rotate(name, value);
  return { status: 200, body: { version, event: eventId, answer: answer.status } };
}

/** As `kubectl annotate namespace` does it, for whoever owns the namespace. */
function accept(stack: Stack, [cluster = '', namespace = '']: readonly string[], entries: string): Reply {
  const { metadata } = stack.cluster(cluster).annotate(namespace, { [ACCEPT]: entries });
  return { status: 200, body: `${namespace} of ${cluster} accepts ${metadata.annotations?.[ACCEPT] ?? ''}` };
}

const ACTIONS: { method: string; path: RegExp; act: Action }[] = [
  { method: 'PUT', path: /^\/secrets\/([0-9A-Za-z-]{1,127})$/, act: rotate },
  { method: 'GET', path: /^\/clusters\/([^/]+)$/, act: secretsIn },
  { method: 'PUT', path: /^\/clusters\/([^/]+)\/namespaces\/([^/]+)\/accept$/, act: accept },
  {
    method: 'POST',
    path: /^\/clusters\/([^/]+)\/down$/,
    act: async (stack, [name = '']) => {
      await stack.cluster(name).server.down();
      return { status: 200, body: `${name} refuses connections` };
    },
  },
  {
    method: 'POST',
    path: /^\/clusters\/([^/]+)\/up$/,
    act: async (stack, [name = '']) => {
      await stack.cluster(name).server.up();
      return { status: 200, body: `${name} answers again` };
    },
  },
];

async function answer(stack: Stack, request: IncomingMessage): Promise<Reply> {
  const { method, url = '/' } = request;
  for (const action of ACTIONS) {
    const [found, ...names] = (action.method === method && action.path.exec(url)) || [];
    if (found !== undefined) return action.act(stack, names, await text(request));
  }
  return {
    status: 404,
    body: 'PUT /secrets/NAME, GET /clusters/NAME, PUT /clusters/NAME/namespaces/NAME/accept, POST /clusters/NAME/down or /up',
  };
}

/** Listens on this machine only, at a free port. A name that does not exist is a 400 that says so. */
export async function startPeople(stack: Stack): Promise<PeopleServer> {
  const server = createServer((request, response) => {
    answer(stack, request)
      .catch((error: unknown): Reply => ({ status: 400, body: (error as Error).message }))
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(`${JSON.stringify(body, undefined, 2)}\n`);
      })
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, stop };
}
