import { hash } from 'node:crypto';
import {
  createHttpHeaders,
  type HttpClient,
  type PipelineRequest,
  RestError,
} from '@azure/core-rest-pipeline';
import { EnvHttpProxyAgent } from 'undici';
import { checkShape } from './bounded-json.ts';
import { ExchangeFailure } from './exchange-failure.ts';
import { exchange, UNCOUNTED, type WireAnswer } from './exchange.ts';

interface AzureHttpOptions {
  /** Of one request, from when it is sent to the last byte. */
  timeoutMs: number;
  /** Of one answer, decompressed; and what it may hold when it is JSON. */
  bytes: number;
  values: number;
  /** Authorities to trust instead of Node's, PEM: for tests against a server of their own. */
  ca?: string | undefined;
}

interface AzureHttp extends HttpClient {
  /** Over the same connections: what a success says is the digest of its body, which nobody parses. */
  digesting: HttpClient;
}

/** Sockets to one service: more would be handshakes only. */
const CONNECTIONS = 64;
const KEEP_ALIVE_MS = 20_000;
const CONNECT_MS = 3000;

/**
 * What Azure's SDKs send their requests through instead of their own client, which reads an answer of any size and counts no
 * time of its own. Rejects with RestError where there was no connection, which SDKs try again, else with ExchangeFailure.
 */
export function createAzureHttp({ timeoutMs, bytes, values, ca }: AzureHttpOptions): AzureHttp {
  // People may be behind a proxy, as the SDKs' own client allows for.
  const agent = new EnvHttpProxyAgent({
    connect: { timeout: Math.min(timeoutMs, CONNECT_MS), ...(ca !== undefined && { ca }) },
    connections: CONNECTIONS,
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
  const client = (most: number): HttpClient => ({
    async sendRequest(request) {
      const signal = request.abortSignal instanceof AbortSignal ? request.abortSignal : undefined;
      const answer = await exchange(agent, wireOf(request), { timeoutMs, bytes, values: most }, signal).catch(
        (error: unknown) => {
          throw disconnected(error, request);
        },
      );
      const headers = createHttpHeaders(textsOf(answer.headers));
      return { request, headers, status: answer.status, bodyAsText: textOf(answer, most) };
    },
  });
  return { ...client(values), digesting: client(UNCOUNTED) };
}

function wireOf({ url, method, headers, body, allowInsecureConnection }: PipelineRequest) {
  const { origin, pathname, search, protocol } = new URL(url);
  if (protocol !== 'https:' && !allowInsecureConnection) throw new TypeError('an address that is not https');
  if (body !== undefined && body !== null && typeof body !== 'string')
    throw new TypeError('a body that is no text');
  return {
    origin,
    path: pathname + search,
    method,
    headers: headers.toJSON({ preserveCase: true }),
    body: body ?? undefined,
  };
}

/**
 * What SDKs may read. They go through an answer by its fields, and through a text letter by letter, for minutes: JSON of these
 * services is an object, or empty. Of an error that is none, the status says enough.
 */
function textOf(answer: WireAnswer, values: number): string {
  const { status, body } = answer;
  if (values === UNCOUNTED && status < 300) return hash('sha256', body);
  const text = body.toString('utf8');
  if (!isJson(answer) || text === '') return text;
  checkShape(answer, values);
  if (/^\s*\{/.test(text)) return text;
  if (status >= 300) return '';
  throw new ExchangeFailure('unusable', 'unusable answer: no object');
}

const isJson = ({ headers }: WireAnswer): boolean =>
  String(headers['content-type'] ?? 'application/json').includes('json');

function textsOf(headers: WireAnswer['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** As the SDKs' own client calls what they try again. */
const RENAMED: Readonly<Record<string, string>> = {
  UND_ERR_SOCKET: 'ECONNRESET',
  UND_ERR_CONNECT_TIMEOUT: 'ETIMEDOUT',
};

/** undici's errors have codes, the system's or its own. */
function disconnected(error: unknown, request: PipelineRequest): unknown {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (typeof code !== 'string') return error;
  return new RestError('no connection', { code: RENAMED[code] ?? code, request });
}
