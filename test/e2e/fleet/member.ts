import { ACCEPT } from '../../support/contracts/kubernetes/bench.ts';
import type { Trust } from '../../local/stack/sites.ts';
import type { ApiServer } from '../control-plane/api-server.ts';
import type { AuditedRequest } from '../control-plane/audit-log.ts';
import { createPeople, type RealPeople } from '../cluster/people.ts';
import { installBase, untilLetIn } from '../cluster/policies.ts';
import { allowSecrets } from '../cluster/rbac.ts';

/** A real API server as the app finds it: with the shipped roles, one per namespace, and the consent policy. */
export interface FleetCluster {
  name: string;
  server: ApiServer;
  people: RealPeople;
  /** Makes a namespace that accepts one prefix and lets the app in. */
  invite(namespace: string, accept: string): Promise<void>;
  /** Gives the app its role in a namespace that accepts one prefix; resolves when the API server acts on both. */
  letIn(namespace: string, accept: string): Promise<void>;
  /** The decoded value of one key, as a pod would see it. */
  value(namespace: string, name: string, key: string): Promise<string | undefined>;
  /** The function tells what the app has asked of the server since, in order: `get secrets app-1/pg`, `update … 409`. */
  listen(): Promise<() => Promise<string[]>>;
}

export async function prepareCluster(server: ApiServer, trust: Trust): Promise<FleetCluster> {
  const { admin, name } = server;
  const user = trust.tokens.objectId;
  const pusher = server.as(await trust.tokens.issue(trust.audience));
  const people = createPeople(admin);
  await installBase(admin, pusher, user);
  const letIn: FleetCluster['letIn'] = async (namespace, accept) => {
    await allowSecrets(admin, user, namespace);
    await untilLetIn(pusher, namespace, accept);
  };
  const byApp = async (): Promise<AuditedRequest[]> =>
    (await server.audit()).filter((request) => request.user === user);
  return {
    name,
    server,
    people,
    letIn,
    invite: async (namespace, accept) => {
      await people.createNamespace(namespace, { [ACCEPT]: accept });
      await letIn(namespace, accept);
    },
    value: async (namespace, secret, key) => {
      const encoded = (await people.secret(namespace, secret))?.data?.[key];
      return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
    },
    listen: async () => {
      const { length } = await byApp();
      return async () => (await byApp()).slice(length).map(described);
    },
  };
}

function described({ verb, resource, namespace, name, status }: AuditedRequest): string {
  const place = resource === 'secrets' ? [namespace, name] : [name];
  const about = place.filter((part) => part !== undefined).join('/');
  return [verb, resource, about, status >= 400 ? status : ''].filter((word) => word !== '').join(' ');
}
