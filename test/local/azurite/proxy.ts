import { Agent, createServer, request as sendRequest } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createFaultPlan, playFault } from '../network/faults.ts';
import type { FaultPlan, WireReply } from '../network/faults.ts';
import type { LocalServer, LoggedRequest } from '../network/https-server.ts';

const flat = (headers: IncomingMessage['headers']): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

/** Sends a request on as it came, signature and Host header included. */
async function forward(
  agent: Agent,
  port: number,
  message: IncomingMessage,
  body: Buffer,
): Promise<WireReply> {
  const options = { agent, host: '127.0.0.1', port, path: message.url ?? '/', headers: message.headers };
  const reply = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = sendRequest({ ...options, method: message.method ?? 'GET' }, resolve);
    request.on('error', reject).end(body);
  });
  const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...headers } = flat(reply.headers);
  return { status: reply.statusCode ?? 502, headers, body: await buffer(reply) };
}

function logEntry(message: IncomingMessage, url: URL, socket: number): LoggedRequest {
  const path = decodeURIComponent(url.pathname);
  const headers = flat(message.headers);
  return {
    at: Date.now(),
    method: message.method ?? 'GET',
    path,
    query: url.search.slice(1),
    status: 0,
    socket,
    headers,
  };
}

type Serve = (message: IncomingMessage, response: ServerResponse) => Promise<void>;

function proxy(target: number, agent: Agent, plan: FaultPlan, requests: LoggedRequest[]): Serve {
  const sockets = new Map<Socket, number>();
  return async (message, response) => {
    const url = new URL(message.url ?? '/', 'http://127.0.0.1');
    const socket = sockets.get(message.socket) ?? sockets.size + 1;
    sockets.set(message.socket, socket);
    const entry = logEntry(message, url, socket);
    requests.push(entry);
    const body = await buffer(message);
    entry.body = body.toString('utf8');
    const head = (to: ServerResponse, reply: WireReply): void => {
      if (to.destroyed) return;
      entry.status = reply.status;
      to.writeHead(reply.status, reply.headers);
    };
    const send = (to: ServerResponse, reply: WireReply): void => {
      head(to, reply);
      to.end(reply.body);
    };
    const real = (): Promise<WireReply> => forward(agent, target, message, body);
    const fault = plan.take({ ...entry, query: url.searchParams });
    if (fault) await playFault(fault, response, { real, head, send });
    else send(response, await real());
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Something in front of a plain HTTP service that tests can break without touching the service. */
export async function startProxy(target: number): Promise<LocalServer> {
  const requests: LoggedRequest[] = [];
  const plan = createFaultPlan();
  const agent = new Agent({ keepAlive: true });
  const serve = proxy(target, agent, plan, requests);
  const server = createServer({ keepAliveTimeout: 60_000 }, (message, response) => {
    // A client that hangs up in the middle is its own business.
    serve(message, response).catch(() => response.destroy());
  });
  const down = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    requests,
    inject: (rule) => plan.add(rule),
    clearFaults: () => plan.clear(),
    down,
    up: () => (server.listening ? Promise.resolve() : listen(server, port)),
    stop: async () => {
      await down();
      agent.destroy();
    },
  };
}
