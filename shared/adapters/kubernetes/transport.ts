import { ResponseContext } from '@kubernetes/client-node';
import type { RequestContext } from '@kubernetes/client-node';
import { Agent, fetch } from 'undici';
import type { Response } from 'undici';
import { VaultcastError } from '../../errors.ts';
import { NEVER } from '../../time.ts';
import { budgetEnded, type ClusterConnection, tlsOf } from './connection.ts';

export interface TransportLimits {
  /** For one request from first to last byte, a second attempt with another token included. */
  timeoutMs: number;
  maxBodyBytes: number;
}

/** What client-node sends its requests through. */
interface Transport {
  send(request: RequestContext): Promise<ResponseContext>;
  /** Lets requests under way finish. */
  close(): Promise<void>;
}

const CONNECTIONS = 8;
/** Less than any load balancer's idle timeout, so that nobody closes a connection just as it is used again. */
const KEEP_ALIVE_MS = 10_000;

/** One per cluster: client-node would make a new one, and a new handshake, for every request. */
function createAgent(connection: ClusterConnection, { timeoutMs }: TransportLimits): Agent {
  return new Agent({
    connect: { ...tlsOf(connection), timeout: timeoutMs },
    connections: CONNECTIONS,
    allowH2: false,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
}

async function readBody(response: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the body and closes its connection.
    if (size > maxBytes)
      throw new VaultcastError('CLUSTER_FAILED', `its answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function toContext(response: Response, body: Buffer): ResponseContext {
  return new ResponseContext(response.status, Object.fromEntries(response.headers), {
    text: async () => body.toString('utf8'),
    binary: async () => body,
    stream: () => null,
  });
}

/** Asked before a token is fetched: whatever made the address, requests go below the server's and nowhere else. */
function checkPlace(url: string, server: string): void {
  const [to, at] = [new URL(url), new URL(server)];
  if (to.origin === at.origin && to.pathname.startsWith(at.pathname.replace(/\/?$/, '/'))) return;
  throw new VaultcastError('CLUSTER_NOT_ALLOWED', 'a request would leave its server');
}

export function createTransport(connection: ClusterConnection, limits: TransportLimits): Transport {
  const agent = createAgent(connection, limits);
  const { auth } = connection;

  const exchange = async (request: RequestContext, signal: AbortSignal, token?: string) => {
    const response = await fetch(request.getUrl(), {
      dispatcher: agent,
      method: request.getHttpMethod(),
      headers: { ...request.getHeaders(), ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      body: (request.getBody() as string | undefined) ?? null,
      signal,
      // Seen as an answer like any other, and refused as one: a redirect could lead anywhere.
      redirect: 'manual',
    });
    return toContext(response, await readBody(response, limits.maxBodyBytes));
  };

  const authorized = async (request: RequestContext, signal: AbortSignal) => {
    checkPlace(request.getUrl(), connection.server);
    if (!('bearer' in auth)) return exchange(request, signal);
    const token = await auth.bearer(signal);
    const answer = await exchange(request, signal, token);
    if (answer.httpStatusCode !== 401) return answer;
    const another = await auth.bearer(signal, token);
    return another === token ? answer : exchange(request, signal, another);
  };

  return {
    async send(request) {
      const caller = request.getSignal() ?? NEVER;
      const timeout = AbortSignal.timeout(limits.timeoutMs);
      try {
        return await authorized(request, AbortSignal.any([caller, timeout]));
      } catch (error) {
        if (caller.aborted) throw budgetEnded();
        if (timeout.aborted && !(error instanceof VaultcastError))
          throw new VaultcastError('CLUSTER_TIMEOUT', `no complete answer within ${limits.timeoutMs} ms`);
        throw error;
      }
    },
    close: () => agent.close(),
  };
}
