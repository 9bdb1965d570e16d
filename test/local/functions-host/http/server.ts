import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { answerAdmin } from './admin.ts';
import type { Platform } from '../groups/platform.ts';
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

async function answer(platform: Platform, request: HostRequest): Promise<HostReply> {
  const { pathname } = request.url;
  const prefix = `/${platform.settings.routePrefix}/`.replace('//', '/');
  if (pathname.toLowerCase() === '/runtime/webhooks/eventgrid') return answerEventGrid(platform, request);
  if (pathname.startsWith('/admin/')) return answerAdmin(platform, request);
  if (pathname.startsWith(prefix)) return answerHttp(platform, request, pathname.slice(prefix.length));
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

/**
 * A server that is not listening yet. What the host itself cannot handle (a body that is no JSON) is a 500. Once it
 * listens no more, no connection outlives its answer.
 */
export function createHostServer(platform: Platform): Server {
  const server = createServer((message, response) => {
    readRequest(message)
      .then((request) => answer(platform, request))
      .catch((): HostReply => ({ status: 500 }))
      .then(({ status, headers, body }) => {
        response.shouldKeepAlive = server.listening;
        response.writeHead(status, headers).end(body);
      })
      .catch(() => response.destroy());
  });
  // Who holds a connection closes it when it is idle: else a request of a machine that is busy could meet its end.
  server.keepAliveTimeout = 0;
  return server;
}
