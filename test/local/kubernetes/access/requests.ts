import type { LocalRequest } from '../../network/https-server.ts';
import { forbidden, methodNotAllowed, noSuchResource } from '../wire/status.ts';
import type { Resource } from '../storage/store.ts';

/** What a request asks for, in the words of Kubernetes' authorization. */
export interface Ask {
  verb: string;
  /** Also resources that the stand-in does not store: they are authorized first, as in the real server. */
  resource: string;
  /** Empty at the cluster scope. */
  namespace: string;
  /** Empty for collections. */
  name: string;
}

const VERBS: Readonly<Record<string, { one?: string; many?: string }>> = {
  GET: { one: 'get', many: 'list' },
  POST: { many: 'create' },
  PUT: { one: 'update' },
  PATCH: { one: 'patch' },
  DELETE: { one: 'delete', many: 'deletecollection' },
};

/** The namespace of a Namespace is itself: a namespaced Role is enough to get it. */
function target(path: string): Omit<Ask, 'verb'> | undefined {
  const [root, version, ...parts] = path.split('/').slice(1);
  if (root !== 'api' || version !== 'v1') return undefined;
  const [resource = '', name = '', inner, innerName = '', ...more] = parts;
  if (more.length > 0 || resource === '') return undefined;
  if (resource !== 'namespaces') return { resource, namespace: '', name };
  if (inner === undefined) return { resource, namespace: name, name };
  return { resource: inner, namespace: name, name: innerName };
}

/** Undefined: no path of a resource. */
export function askOf({ method, query }: LocalRequest, path: string): Ask | undefined {
  const about = target(path);
  if (!about) return undefined;
  const verbs = VERBS[method] ?? {};
  const verb = about.name === '' ? verbs.many : verbs.one;
  if (verb === undefined) throw methodNotAllowed();
  const watched = verb === 'list' && ['true', '1'].includes(query.get('watch') ?? '');
  return { ...about, verb: watched ? 'watch' : verb };
}

export function stored({ resource }: Ask): Resource {
  if (resource === 'secrets' || resource === 'namespaces') return resource;
  throw noSuchResource();
}

/** A refusal as RBAC words it. */
export function notAllowed(user: string, { verb, resource, namespace, name }: Ask) {
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return forbidden(
    { resource, name },
    `User "${user}" cannot ${verb} resource "${resource}" in API group "" ${where}`,
  );
}
