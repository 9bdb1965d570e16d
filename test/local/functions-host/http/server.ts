import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { answerAdmin } from './admin.ts';
import type { Host } from '../app.ts';
import { answerEventGrid } from './event-grid.ts';
import { answerHttp } from './functions.ts';

export interface HostRequest {
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface HostReply {
  status: number;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
}

async function answer(host: Host, request: HostRequest): Promise<HostReply> {
  const { pathname } = request.url;
  const prefix = `/${host.settings.routePrefix}/`.replace('//', '/');
  if (pathname.toLowerCase() === '/runtime/webhooks/eventgrid') return answerEventGrid(host, request);
  if (pathname.startsWith('/admin/')) return answerAdmin(host, request);
  if (pathname.startsWith(prefix)) return answerHttp(host, request, pathname.slice(prefix.length));
  return { status: 404 };
}

async function readRequest(message: IncomingMessage): Promise<HostRequest> {
  const { method = 'GET', url = '/', headers } = message;
  return {
    method,
    url: new URL(url, `http://${headers.host ?? 'localhost'}`),
    headers,
    body: await buffer(message),
  };
}

/** A server that is not listening yet. What the host itself cannot handle (a body that is no JSON) is a 500. */
export function createHostServer(host: Host): Server {
  return createServer((message, response) => {
    readRequest(message)
      .then((request) => answer(host, request))
      .catch((error: unknown) => ({ status: 500, headers: {}, body: String(error) }))
      .then(({ status, headers, body }: HostReply) => response.writeHead(status, headers).end(body))
      .catch(() => response.destroy());
  });
}
