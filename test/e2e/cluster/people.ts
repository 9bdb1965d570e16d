import type { ClusterPeople, RawSecret } from '../../support/contracts/kubernetes/bench.ts';
import type { Call, Reply } from './call.ts';
import { secretsPath } from './managed-secret.ts';

const MERGE = { 'content-type': 'application/merge-patch+json' };

/** What people do to a real cluster; every method rejects when the API server refuses. */
export interface RealPeople extends ClusterPeople {
  createNamespace(name: string, annotations?: Record<string, string>): Promise<void>;
  annotate(namespace: string, annotations: Record<string, string | undefined>): Promise<void>;
  terminate(namespace: string): Promise<void>;
  put(namespace: string, secret: RawSecret): Promise<RawSecret>;
  edit(namespace: string, name: string, change: (secret: RawSecret) => RawSecret): Promise<RawSecret>;
  remove(namespace: string, name: string): Promise<void>;
  /** Undefined when it is absent. */
  namespace(name: string): Promise<unknown>;
  secret(namespace: string, name: string): Promise<RawSecret | undefined>;
}

/** An administrator, for whom RBAC allows everything. */
export function createPeople(admin: Call): RealPeople {
  const ask = async (path: string, options: Parameters<Call>[1] = {}): Promise<unknown> =>
    accepted(`${options.method ?? 'GET'} ${path}`, await admin(path, options));
  const secretPath = (namespace: string, name: string): string => `${secretsPath(namespace)}/${name}`;
  const secret: RealPeople['secret'] = async (namespace, name) => {
    const reply = await admin(secretPath(namespace, name));
    return reply.status === 404 ? undefined : (accepted(`GET ${name}`, reply) as RawSecret);
  };
  const put: RealPeople['put'] = async (namespace, body) => {
    const found = await secret(namespace, body.metadata.name);
    const written = found
      ? await ask(secretPath(namespace, body.metadata.name), { method: 'PUT', body })
      : await ask(secretsPath(namespace), { method: 'POST', body });
    return written as RawSecret;
  };
  return {
    namespace: async (name) => {
      const reply = await admin(`/api/v1/namespaces/${name}`);
      return reply.status === 404 ? undefined : accepted(`GET namespace ${name}`, reply);
    },
    secret,
    put,
    createNamespace: async (name, annotations = {}) => {
      const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, annotations } };
      await ask('/api/v1/namespaces', { method: 'POST', body });
    },
    annotate: async (namespace, changes) => {
      // A merge patch removes what is null.
      const annotations = Object.fromEntries(
        Object.entries(changes).map(([key, value]) => [key, value ?? null]),
      );
      const body = { metadata: { annotations } };
      await ask(`/api/v1/namespaces/${namespace}`, { method: 'PATCH', headers: MERGE, body });
    },
    terminate: async (namespace) => {
      await ask(`/api/v1/namespaces/${namespace}`, { method: 'DELETE' });
    },
    edit: async (namespace, name, change) => {
      const found = await secret(namespace, name);
      if (found === undefined) throw new Error(`there is no Secret ${namespace}/${name}`);
      return put(namespace, change(found));
    },
    remove: async (namespace, name) => {
      await ask(secretPath(namespace, name), { method: 'DELETE' });
    },
  };
}

function accepted(what: string, { status, body }: Reply): unknown {
  if (status >= 300) throw new Error(`${what} answered ${status}: ${JSON.stringify(body)}`);
  return body;
}
