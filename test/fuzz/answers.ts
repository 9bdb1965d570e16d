import { createServer } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import '../local/network/dns.mjs';
import { createAuthority } from '../local/network/authority.ts';
import type { Authority } from '../local/network/authority.ts';
import { hostileText, mutated, type JsonValue } from './hostile.ts';

/** What a server says, whatever it was asked. */
export interface HostileAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

const STRANGE = [201, 202, 204, 206, 300, 301, 302, 307, 308, 413, 418, 422, 429, 451, 500, 503, 511, 599];
const oddStatus = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(400, 401, 403, 404, 409, 410) },
  { weight: 1, arbitrary: fc.constantFrom(...STRANGE) },
);

const ELSEWHERE = ['https://evil.example/', '//evil.example', 'https://127.0.0.1:1/', '/other'];

/** As a header can carry it. */
const headerText = hostileText.map((text) => text.replaceAll(/[^\x20-\x7E]/g, '').slice(0, 200));

const JSON_TYPE = 'application/json';
const OTHER_TYPES = ['text/html', `${JSON_TYPE}; charset=utf-16`, 'application/octet-stream', 'text/plain'];

const oddHeaders = fc.record(
  {
    'content-type': fc.constantFrom(JSON_TYPE, ...OTHER_TYPES),
    'retry-after': fc.oneof(fc.constantFrom('0', '-1', '1e9', 'Thu, 01 Jan 1970 00:00:00 GMT'), headerText),
    location: fc.oneof(fc.constantFrom(...ELSEWHERE), headerText),
    date: fc.oneof(fc.constantFrom('Fri, 20 Nov 2026 00:00:00 GMT', 'never'), headerText),
    'x-ms-request-id': headerText,
  },
  { requiredKeys: ['content-type'] },
);

const half = (body: Buffer): Buffer => body.subarray(0, body.length >> 1);

/** The same text as other bytes. */
const WIRES: readonly ((text: string) => { body: Buffer; encoding?: string })[] = [
  (text) => ({ body: Buffer.from(`\uFEFF${text}`) }),
  (text) => ({ body: Buffer.from(text, 'utf16le') }),
  (text) => ({ body: Buffer.from(text, 'latin1') }),
  (text) => ({ body: half(Buffer.from(text)) }),
  (text) => ({ body: Buffer.from(`${text}${text}`) }),
  (text) => ({ body: Buffer.from(text), encoding: 'gzip' }),
  (text) => ({ body: gzipSync(text), encoding: 'gzip' }),
  (text) => ({ body: half(gzipSync(text)), encoding: 'gzip' }),
  (text) => ({ body: gzipSync(text) }),
  () => ({ body: gzipSync(Buffer.alloc(4_000_000, ' ')), encoding: 'gzip' }),
  () => ({ body: Buffer.from('<!doctype html><title>Sign in</title>') }),
  () => ({ body: Buffer.alloc(0) }),
  () => ({ body: Buffer.from('null') }),
  () => ({ body: Buffer.from([0xff, 0xfe, 0x00, 0x80]) }),
  () => ({ body: Buffer.alloc(300_000, '[') }),
  () => ({ body: Buffer.from(`"${'x'.repeat(300_000)}"`) }),
];

interface Parts {
  content: JsonValue;
  status: number;
  headers: Record<string, string>;
  /** Of WIRES; -1: as it should be sent. */
  wire: number;
}

const AS_IT_SHOULD_BE = { status: 200, headers: { 'content-type': JSON_TYPE }, wire: -1 };

/** Sent as it should be. */
export const plainAnswer = (content: JsonValue): HostileAnswer => answerOf({ content, ...AS_IT_SHOULD_BE });

function answerOf({ content, status, headers, wire }: Parts): HostileAnswer {
  const text = JSON.stringify(content);
  const { body, encoding } = WIRES[wire]?.(text) ?? { body: Buffer.from(text) };
  return { status, headers: { ...headers, ...(encoding && { 'content-encoding': encoding }) }, body };
}

export type Refusal = Pick<Parts, 'content' | 'status'>;

interface Contents {
  /** What a call is answered with when all is well. */
  fitting: fc.Arbitrary<JsonValue>;
  /** What says why it is not, and the status that goes with it. */
  refusals: fc.Arbitrary<Refusal>;
  /** What belongs to other calls. */
  foreign: fc.Arbitrary<JsonValue>;
}

/** Answers that are good but for one thing: what they say, the headers, or how they are sent; refusals; and good ones. */
export function answers({ fitting, refusals, foreign }: Contents): fc.Arbitrary<HostileAnswer> {
  const good = fitting.map((content): Parts => ({ content, ...AS_IT_SHOULD_BE }));
  const but = <K extends keyof Parts>(name: K, values: fc.Arbitrary<Parts[K]>): fc.Arbitrary<Parts> =>
    fc.tuple(good, values).map(([parts, value]) => ({ ...parts, [name]: value }));
  const contents = refusals.map(({ content }) => content);
  const wrong = fc
    .tuple(fc.oneof(contents, mutated(contents)), oddStatus)
    .map(([content, status]): Refusal => ({ content, status }));
  const refusal = fc
    .oneof({ weight: 3, arbitrary: refusals }, { weight: 2, arbitrary: wrong })
    .map((told): Parts => ({ ...AS_IT_SHOULD_BE, ...told }));
  const redirect = fc
    .tuple(good, fc.constantFrom(301, 302, 303, 307, 308), fc.constantFrom(...ELSEWHERE))
    .map(([parts, status, location]): Parts => ({
      ...parts,
      status,
      headers: { ...parts.headers, location },
    }));
  const parts = fc.oneof(
    { weight: 7, arbitrary: good },
    { weight: 4, arbitrary: but('content', mutated(fitting)) },
    { weight: 3, arbitrary: but('content', fc.oneof(foreign, mutated(foreign))) },
    { weight: 1, arbitrary: but('headers', oddHeaders) },
    { weight: 2, arbitrary: but('wire', fc.nat({ max: WIRES.length - 1 })) },
    { weight: 5, arbitrary: refusal },
    { weight: 1, arbitrary: redirect },
  );
  return parts.map(answerOf);
}

export interface AnsweringServer {
  authority: Authority;
  port: number;
  /** The next answers in turn; the last of them is repeated. */
  answers: HostileAnswer[];
  /** What came, in the order of its ends. */
  asked: {
    method: string | undefined;
    url: string | undefined;
    headers: IncomingHttpHeaders;
    body: string;
  }[];
  /** The bearer tokens that came, by host. */
  tokens: Set<string>;
  stop(): Promise<void>;
}

const NOTHING: HostileAnswer = { status: 500, headers: {}, body: Buffer.alloc(0) };

/** An HTTPS server for these names that gives whatever answer it was told to, with or without asking for a token. */
export async function startAnswering(names: string[], challenge?: string): Promise<AnsweringServer> {
  const authority = await createAuthority();
  const issued = await authority.issue(names);
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const { authorization, host } = request.headers;
    if (authorization !== undefined) here.tokens.add(`${host} ${authorization}`);
    const asks = { status: 401, headers: { 'www-authenticate': challenge ?? '' }, body: Buffer.alloc(0) };
    const next = (): HostileAnswer =>
      (here.answers.length > 1 ? here.answers.shift() : here.answers[0]) ?? NOTHING;
    const given = challenge !== undefined && authorization === undefined ? asks : next();
    const { method, url, headers } = request;
    void text(request).then((body) => {
      here.asked.push({ method, url, headers, body });
      response.writeHead(given.status, given.headers);
      response.end(given.status === 204 ? undefined : given.body);
    });
  };
  const server = createServer({ ...issued, keepAliveTimeout: 60_000 }, listener);
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const here: AnsweringServer = {
    authority,
    port: (server.address() as AddressInfo).port,
    answers: [NOTHING],
    asked: [],
    tokens: new Set(),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return here;
}
