import { createSecureContext, type SecureContext } from 'node:tls';
import type { RequestContext } from '@kubernetes/client-node';
import { Agent } from 'undici';
import { VaultcastError } from '../../errors.ts';
import { BOUNDS } from './bounds.ts';
import { type ClusterConnection, tlsOf } from './connection.ts';
import { exchange, type WireAnswer } from '../exchange.ts';

/** Sends the requests that client-node builds. */
interface Transport {
  /** @param kind of what is asked for */
  send(request: RequestContext, kind: keyof typeof BOUNDS, signal: AbortSignal): Promise<WireAnswer>;
  /** Closes connections that nobody will need for long, and lets requests under way finish; the next one makes a new one. */
  rest(): void;
  /** Lets requests under way finish. */
  close(): Promise<void>;
}

const CONNECTIONS = 8;
/** Less than any load balancer's idle timeout, so that nobody closes a connection just as it is used again. */
const KEEP_ALIVE_MS = 10_000;

/** One per cluster: client-node would make a new one, and a new handshake, for every request. */
function createAgent(tls: ReturnType<typeof contextOf>, timeoutMs: number): Agent {
  return new Agent({
    connect: { ...tls, timeout: timeoutMs },
    connections: CONNECTIONS,
    allowH2: false,
    // Every exchange has its own, which knows whether this process listened.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
}

/**
 * One for all connections to a cluster: each would else parse the certificates anew, and keep its own copy until the garbage is
 * collected. What cannot be parsed fails as a connection does.
 */
function contextOf(
  connection: ClusterConnection,
): ReturnType<typeof tlsOf> & { secureContext?: SecureContext } {
  const tls = tlsOf(connection);
  try {
    return { ...tls, secureContext: createSecureContext(tls) };
  } catch {
    return tls;
  }
}

/** Asked before a token is fetched: whatever made the address, requests go below the server's and nowhere else. */
function placeOf(request: RequestContext, server: URL): { origin: string; path: string } {
  const { origin, pathname, search } = new URL(request.getUrl());
  if (origin === server.origin && pathname.startsWith(server.pathname.replace(/\/?$/, '/')))
    return { origin, path: pathname + search };
  throw new VaultcastError('CLUSTER_NOT_ALLOWED', 'a request would leave its server');
}

/**
 * @param timeoutMs for one request, from when it is sent to the last byte
 * @param maxBodyBytes of any answer, beside what its kind may take
 */
export function createTransport(
  connection: ClusterConnection,
  timeoutMs: number,
  maxBodyBytes: number,
): Transport {
  const tls = contextOf(connection);
  let agent = createAgent(tls, timeoutMs);
  const server = new URL(connection.server);
  const { auth } = connection;

  return {
    async send(request, kind, signal) {
      const wire = {
        ...placeOf(request, server),
        method: request.getHttpMethod(),
        body: request.getBody() as string | undefined,
      };
      const bytes = Math.min(BOUNDS[kind].bytes, maxBodyBytes);
      const ask = (token?: string): Promise<WireAnswer> => {
        const authorization = token !== undefined && { authorization: `Bearer ${token}` };
        const headers = { 'user-agent': 'vaultcast', ...request.getHeaders(), ...authorization };
        const { values } = BOUNDS[kind];
        return exchange(agent, { ...wire, headers }, { timeoutMs, bytes, values }, signal);
      };
      if (!('bearer' in auth)) return ask();
      const token = await auth.bearer(signal);
      const answer = await ask(token);
      if (answer.status !== 401) return answer;
      const another = await auth.bearer(signal, token);
      return another === token ? answer : ask(another);
    },
    rest() {
      const before = agent;
      agent = createAgent(tls, timeoutMs);
      before.close().catch(() => {});
    },
    close: () => agent.close(),
  };
}
