import { Agent, request } from 'undici';

import type { Issued } from '../../local/network/authority.ts';

interface CallOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Reply {
  status: number;
  /** Parsed when the answer is JSON, else its text. */
  body: unknown;
}

/** A request to one API server as one user; an HTTP error is a reply, not an exception. */
export type Call = (path: string, options?: CallOptions) => Promise<Reply>;

/** Who asks: the holder of a client certificate, or of a bearer token. */
export type Caller = { certificate: Issued } | { token: string };

const TIMEOUT_MS = 15_000;

/** `close` drops the connections. */
export function connect(url: string, ca: string): { as(caller: Caller): Call; close(): Promise<void> } {
  const agents: Agent[] = [];
  const agentFor = (certificate?: Issued): Agent => {
    const agent = new Agent({
      connect: { ca, ...certificate },
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
    agents.push(agent);
    return agent;
  };
  const bearerAgent = agentFor();
  return {
    as: (caller) =>
      'token' in caller
        ? (path, options) => send(bearerAgent, url + path, withToken(options, caller.token))
        : callWith(agentFor(caller.certificate), url),
    close: async () => {
      await Promise.all(agents.map((agent) => agent.destroy()));
    },
  };
}

function callWith(dispatcher: Agent, url: string): Call {
  return (path, options = {}) => send(dispatcher, url + path, options);
}

function withToken(options: CallOptions = {}, token: string): CallOptions {
  return { ...options, headers: { authorization: `Bearer ${token}`, ...options.headers } };
}

async function send(dispatcher: Agent, url: string, options: CallOptions): Promise<Reply> {
  const { method = 'GET', body, headers } = options;
  const answer = await request(url, {
    dispatcher,
    method,
    headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.body.text();
  const isJson = String(answer.headers['content-type']).startsWith('application/json');
  return { status: answer.statusCode, body: isJson ? JSON.parse(text) : text };
}
