import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createDoor } from './door.ts';
import { CliError, reasonOf } from '../../terminal/failure.ts';
import { harmless } from '../../terminal/text.ts';
import { isNeighbours } from './neighbour.ts';

interface Reply {
  status: number;
  /** Media type. */
  type: string;
  body: string | Buffer;
}

/** What is asked for by somebody who was let in. `body` is what a POST brought, parsed. */
interface Asked {
  method: string;
  /** Without the session's own part, such as `api/fleet`; the page itself is the empty path. */
  path: string;
  query: URLSearchParams;
  body: unknown;
}

type Answer = (asked: Asked) => Promise<Reply>;

/** Nothing inline, nothing from elsewhere, in no frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** A browser needs six; whoever takes more keeps nobody's files open but these. */
const CONNECTIONS_MAX = 100;
const TIMES = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  connectionsCheckingInterval: 5000,
  keepAliveTimeout: 10_000,
};

/** Serves on this machine alone; `address` is to be opened once. Throws CliError for a port that is taken. */
export async function startServer(port: number, answer: Answer) {
  const server = createServer({ maxHeaderSize: 16_384, ...TIMES });
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(port, error)));
    server.listen(port, '127.0.0.1', resolve);
  });
  // What arrived meanwhile is read after this turn of the event loop.
  const { address, reply } = behindDoor((server.address() as AddressInfo).port, answer);
  server.on('request', (request, response) => {
    void reply(request).then((made) => send(response, made));
  });
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { address, stop };
}

function cannotListen(port: number, { code = 'an error' }: NodeJS.ErrnoException): CliError {
  return new CliError(`127.0.0.1:${port} cannot be used: ${code}`, 'Give another one: --port 0 takes any.');
}

interface Made extends Reply {
  headers?: Record<string, string>;
}

/** `answer` for those who are let in at this port. `reply` never rejects: what fails is said as other commands say it. */
function behindDoor(port: number, answer: Answer) {
  const door = createDoor(port);
  const reply = async (request: IncomingMessage): Promise<Made> => {
    const { method = '', url = '/', headers } = request;
    try {
      const isNeighbours = door.isEntrance(url) && (await isForeign(request));
      const verdict = door.judge({ method, url, headers, isNeighbours });
      if (verdict.kind === 'refuse') return refused(verdict.status, verdict.why);
      if (verdict.kind === 'enter') return entry(verdict);
      const body = method === 'POST' ? await bodyOf(request) : undefined;
      if (body === NO_JSON) return refused(400, 'That is no JSON: reload the page.');
      return await answer({ method, path: verdict.path, query: verdict.query, body });
    } catch (error) {
      return failed(error);
    }
  };
  return { address: door.address, reply };
}

/**
 * A page that goes on to the real one: a browser sends a strict cookie only where this site itself leads, and a redirect
 * would belong to whatever had the address opened.
 */
function entry({ cookie, page }: { cookie: string; page: string }): Made {
  const body = `<!doctype html><html lang="en"><meta charset="utf-8"><title>vaultcast</title>
<link rel="icon" href="${page}icon.svg" type="image/svg+xml">
<meta http-equiv="refresh" content="0; url=${page}"><p><a href="${page}">Go on to the dashboard</a></p></html>`;
  return { status: 200, type: 'text/html; charset=utf-8', body, headers: { 'set-cookie': cookie } };
}

/** A document for the page. Rows that others wrote may hold anything: nothing in it turns text around, or is not seen. */
export function json(body: unknown, status = 200): Reply {
  const seen = (_: string, value: unknown): unknown => (typeof value === 'string' ? harmless(value) : value);
  // Of names of fields as well.
  return { status, type: 'application/json; charset=utf-8', body: harmless(JSON.stringify(body, seen)) };
}

export function plain(status: number, body: string): Reply {
  return { status, type: 'text/plain; charset=utf-8', body: `${body}\n` };
}

/** Nothing more is heard from whoever asked, such as the rest of what they send. */
function refused(status: number, why: string): Made {
  return { ...plain(status, why), headers: { connection: 'close' } };
}

function failed(error: unknown): Reply {
  const advice = error instanceof CliError ? error.advice : undefined;
  return json({ message: reasonOf(error), ...(advice === undefined ? {} : { advice }) }, 503);
}

const NO_JSON = Symbol('no JSON');

/** The door has seen how long it is. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const sent = await text(request);
  try {
    return JSON.parse(sent);
  } catch {
    return NO_JSON;
  }
}

function isForeign({
  socket: { remotePort: client = 0, localPort: server = 0 },
}: IncomingMessage): Promise<boolean> {
  return isNeighbours({ client, server });
}

function send(response: ServerResponse, { status, type, body, headers = {} }: Made): void {
  response.writeHead(status, { ...HEADERS, ...headers, 'content-type': type });
  response.end(body);
}
