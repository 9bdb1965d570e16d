import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { createFaultPlan, playFault } from './faults.ts';
import type { FaultRule, WireReply } from './faults.ts';
import type { Issued } from './authority.ts';

export interface LocalRequest {
  method: string;
  /** Decoded, without query; `..` is left as sent. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
  /** Only of a certificate that `clientCa` issued. */
  clientCertificate?: { commonName: string; organization?: string };
}

export interface LocalReply {
  status: number;
  headers?: Record<string, string>;
  /** JSON unless it is a string. */
  body?: unknown;
  /** Who asked, for the log. */
  user?: string;
}

export interface LoggedRequest {
  /** Arrival, milliseconds of Date.now. */
  at: number;
  method: string;
  path: string;
  query: string;
  /** 0: no answer was sent (yet). */
  status: number;
  user?: string;
  /** Ordinal of the TCP connection, from 1. */
  socket: number;
  headers: Record<string, string>;
  /** What was sent; only of storage, where it is rows and messages. */
  body?: string;
}

export interface LocalServer {
  port: number;
  /** In order of arrival; an entry is complete once its answer leaves. */
  requests: LoggedRequest[];
  /** Returns the function that removes the rule again. */
  inject(rule: FaultRule): () => void;
  clearFaults(): void;
  /** Refuses connections and cuts the open ones. */
  down(): Promise<void>;
  /** Listens on the same port again. */
  up(): Promise<void>;
  stop(): Promise<void>;
}

export interface HttpsOptions extends Issued {
  /** PEM; client certificates are requested, never required. */
  clientCa?: string;
  handle: (request: LocalRequest) => Promise<LocalReply> | LocalReply;
}

function toWire({ status, headers, body }: LocalReply): WireReply {
  if (body === undefined) return { status, headers: { ...headers }, body: Buffer.alloc(0) };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const contentType = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  return { status, headers: { 'content-type': contentType, ...headers }, body: Buffer.from(text) };
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function clientCertificate(socket: Socket): LocalRequest['clientCertificate'] {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const { CN, O } = socket.getPeerCertificate().subject;
  return { commonName: String(CN), ...(O === undefined ? {} : { organization: String(O) }) };
}

/** The target is split by hand: `new URL` would resolve `..` before the stand-in could refuse it. */
function splitTarget(target = '/'): { path: string; query: URLSearchParams } {
  const at = target.indexOf('?');
  const path = decodeURIComponent(at < 0 ? target : target.slice(0, at));
  return { path, query: new URLSearchParams(at < 0 ? '' : target.slice(at + 1)) };
}

async function toLocalRequest(message: IncomingMessage): Promise<LocalRequest> {
  const certificate = clientCertificate(message.socket);
  return {
    method: message.method ?? 'GET',
    ...splitTarget(message.url),
    headers: message.headers,
    body: await readBody(message),
    ...(certificate && { clientCertificate: certificate }),
  };
}

function numberSockets(): (socket: Socket) => number {
  const ordinals = new WeakMap<Socket, number>();
  let last = 0;
  return (socket) => {
    const known = ordinals.get(socket) ?? (last += 1);
    ordinals.set(socket, known);
    return known;
  };
}

function logEntry(message: IncomingMessage, socket: number): LoggedRequest {
  const { path, query } = splitTarget(message.url);
  const headers = Object.entries(message.headers).map(([name, value]) => [name, String(value)]);
  const method = message.method ?? 'GET';
  return {
    at: Date.now(),
    method,
    path,
    query: query.toString(),
    status: 0,
    socket,
    headers: Object.fromEntries(headers),
  };
}

/** Writes answers and notes their status in the log entry before the client can see them. */
function senders(entry: LoggedRequest) {
  const head = (response: ServerResponse, reply: WireReply) => {
    if (response.destroyed) return;
    entry.status = reply.status;
    response.writeHead(reply.status, reply.headers);
  };
  const send = (response: ServerResponse, reply: WireReply) => {
    head(response, reply);
    response.end(reply.body);
  };
  return { head, send };
}

function createListener(options: HttpsOptions, requests: LoggedRequest[]) {
  const plan = createFaultPlan();
  const ordinal = numberSockets();
  const serve = async (message: IncomingMessage, response: ServerResponse) => {
    const entry = logEntry(message, ordinal(message.socket));
    requests.push(entry);
    const request = await toLocalRequest(message);
    const real = async () => {
      const reply = await options.handle(request);
      if (reply.user !== undefined) entry.user = reply.user;
      return toWire(reply);
    };
    const { head, send } = senders(entry);
    const fault = plan.take(request);
    if (fault) await playFault(fault, response, { real, head, send });
    else send(response, await real());
  };
  const listener = (message: IncomingMessage, response: ServerResponse) => {
    serve(message, response).catch((error: unknown) => failed(response, error));
  };
  return { plan, listener };
}

/** A stand-in that throws is a mistake of the test: say so where the test will look. */
function failed(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const status = error instanceof URIError ? 400 : 500;
  response.writeHead(status, { 'content-type': 'text/plain' });
  response.end(`stand-in: ${error instanceof Error ? error.message : String(error)}`);
}

/** An HTTPS server on 127.0.0.1 at a free port, with a request log, faults, and outages. */
export async function startHttps(options: HttpsOptions): Promise<LocalServer> {
  const requests: LoggedRequest[] = [];
  const { plan, listener } = createListener(options, requests);
  const { key, cert, clientCa } = options;
  const mutual = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: false };
  const server = createServer({ key, cert, ...mutual, keepAliveTimeout: 60_000 }, listener);
  // A handshake that fails (unknown CA, wrong name, plain HTTP) is the client's business.
  server.on('tlsClientError', () => {});
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  const down = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    requests,
    inject: (rule) => plan.add(rule),
    clearFaults: () => plan.clear(),
    down,
    up: () => (server.listening ? Promise.resolve() : listen(port)),
    stop: down,
  };
}
