import { Agent, request } from 'undici';
import '../network/dns.mjs';
import { startKubernetes } from './api-server.ts';
import type { KubernetesOptions, KubernetesStandIn, Secret } from './api-server.ts';
import type { Status } from './wire/status.ts';
import { createAuthority } from '../network/authority.ts';
import type { Authority } from '../network/authority.ts';

/** What the tests look at in an answer; which parts are there depends on the request. */
type Body = Partial<Secret> &
  Partial<Status> & {
    metadata: { continue?: string; remainingItemCount?: number; resourceVersion?: string };
    items?: (Partial<Secret> & Pick<Secret, 'metadata'>)[];
  };

export interface Answer {
  status: number;
  body: Body;
}

export interface Send {
  (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export interface Fixture {
  authority: Authority;
  cluster: KubernetesStandIn;
  /** For a client of one's own. */
  agent: Agent;
  /** As user `pusher`; a body that is a string goes out as it is. */
  send: Send;
  stop(): Promise<void>;
}

export const SECRETS = '/api/v1/namespaces/app-1/secrets';

export const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A Secret as a client would post it. */
export function aSecret(name: string, more: object = {}, metadata: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, ...metadata },
    data: { key: base64('value') },
    ...more,
  };
}

export function sender(url: string, dispatcher: Agent): Send {
  return async (method, path, body, headers = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await request(`${url}${path}`, {
      dispatcher,
      method: method as 'GET',
      headers: { authorization: 'Bearer pusher', 'content-type': 'application/json', ...headers },
      body: body === undefined ? null : text,
    });
    const received = await answer.body.text();
    const isJson = String(answer.headers['content-type']).startsWith('application/json');
    return { status: answer.statusCode, body: (isJson ? JSON.parse(received) : received) as Body };
  };
}

/** One cluster with namespace `app-1`; tokens are user names, and `nobody` is none. */
export async function startFixture(options: Partial<KubernetesOptions> = {}): Promise<Fixture> {
  const authority = await createAuthority();
  const authenticate = (token: string) => Promise.resolve(token === 'nobody' ? undefined : token);
  const cluster = await startKubernetes({ authority, name: 'weu-1', authenticate, ...options });
  cluster.createNamespace('app-1');
  const agent = new Agent({ connect: { ca: authority.caPem } });
  const stop = async () => {
    await agent.destroy();
    await cluster.stop();
  };
  return { authority, cluster, agent, send: sender(cluster.url, agent), stop };
}
