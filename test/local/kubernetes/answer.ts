import { randomUUID } from 'node:crypto';
import type { LocalReply, LocalRequest } from '../network/https-server.ts';
import { askOf } from './access/requests.ts';
import { ACCESS_REVIEW, accessReview, SELF_REVIEW, selfReview } from './access/reviews.ts';
import { noSuchResource, Refusal } from './wire/status.ts';
import { authenticated } from './access/users.ts';
import type { Authenticate, User } from './access/users.ts';
import { may, serve } from './verbs.ts';
import type { Cluster } from './verbs.ts';

export interface Api extends Cluster {
  authenticate: Authenticate;
  /** As of managers that serve many clusters under one host: `/k8s/clusters/c-1`; else empty. */
  pathPrefix: string;
}

const VERSION = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.3',
  gitTreeState: 'clean',
  platform: 'linux/amd64',
};

/** Open to everybody, as load balancers need it. */
const HEALTH = ['/readyz', '/livez', '/healthz'];

const PAGE_NOT_FOUND: LocalReply = { status: 404, body: '404 page not found\n' };

function dispatch(api: Api, user: User, path: string, request: LocalRequest): LocalReply {
  if (path === '/version') return { status: 200, body: VERSION };
  if (request.method === 'POST' && path === SELF_REVIEW)
    return { status: 201, body: selfReview(user, api.now()) };
  if (request.method === 'POST' && path === ACCESS_REVIEW)
    return { status: 201, body: accessReview(request.body, (ask) => may(api, user, ask)) };
  const ask = askOf(request, path);
  if (ask) return serve(api, user, ask, request);
  if (path.startsWith('/api/')) throw noSuchResource();
  return PAGE_NOT_FOUND;
}

function refusalReply(error: unknown): LocalReply {
  if (!(error instanceof Refusal)) throw error;
  return { status: error.status.code, body: error.status };
}

async function answered(api: Api, path: string, request: LocalRequest): Promise<LocalReply> {
  const user = await authenticated(request, api.authenticate);
  try {
    return { ...dispatch(api, user, path, request), user: user.name };
  } catch (error) {
    return { ...refusalReply(error), user: user.name };
  }
}

/** Answers one request; every failure is a Status, as kube-apiserver words it. */
export async function answer(api: Api, request: LocalRequest): Promise<LocalReply> {
  if (!request.path.startsWith(`${api.pathPrefix}/`)) return PAGE_NOT_FOUND;
  const path = request.path.slice(api.pathPrefix.length);
  if (HEALTH.includes(path)) return { status: 200, body: 'ok' };
  const reply = await answered(api, path, request).catch(refusalReply);
  const headers = { 'audit-id': randomUUID(), 'cache-control': 'no-cache, private' };
  return { ...reply, headers: { ...headers, ...reply.headers } };
}
