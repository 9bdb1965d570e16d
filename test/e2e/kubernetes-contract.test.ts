import { afterAll, beforeAll, vi } from 'vitest';

import '../local/network/dns.mjs';
import { createEntraConnect } from '../../shared/adapters/kubernetes/connection.ts';
import { createKubernetes } from '../../shared/adapters/kubernetes/api.ts';
import { aCluster } from '../adapters/kubernetes/setup.ts';
import { kubernetesContract } from '../support/contracts/kubernetes/suite.ts';
import type { KubernetesUnderTest } from '../support/contracts/kubernetes/bench.ts';
import type { Call } from './cluster/call.ts';
import { createPeople, type RealPeople } from './cluster/people.ts';
import { secretsPath } from './cluster/managed-secret.ts';
import { startOneCluster, type OneCluster } from './cluster/single.ts';
import { WITHIN } from './cluster/policies.ts';
import { allowAllSecrets, allowNamespaces, allowSecrets } from './cluster/rbac.ts';

/** For one run after the other: the manifests bind one user at a time. */
let server: OneCluster;

beforeAll(async () => {
  server = await startOneCluster();
});
afterAll(() => server?.stop());

/** The adapter, with a token of that user. */
function adapterFor(user: string): Pick<KubernetesUnderTest, 'kubernetes' | 'cluster' | 'stop'> {
  const kubernetes = createKubernetes({
    connect: createEntraConnect(() => () => server.token(user)),
    allowed: () => undefined,
  });
  const cluster = aCluster(server.url, server.caPem);
  return { kubernetes, cluster, stop: () => kubernetes.close() };
}

/** The API server acts on a role a moment after it has stored it. */
const letIn = (pusher: Call, namespace: string): Promise<unknown> =>
  vi.waitUntil(async () => (await pusher(secretsPath(namespace))).status === 200, WITHIN);

kubernetesContract('a real API server with a role in every namespace', async () => {
  const user = 'pusher-of-some-namespaces';
  const admins = createPeople(server.admin);
  const pusher = await server.person(user);
  await allowNamespaces(server.admin, user);
  const people: RealPeople = {
    ...admins,
    createNamespace: async (name, annotations) => {
      await admins.createNamespace(name, annotations);
      await allowSecrets(server.admin, user, name);
      await letIn(pusher, name);
    },
  };
  return { ...adapterFor(user), people, scope: 'namespace' };
});

kubernetesContract('a real API server with a role in the whole cluster', async () => {
  const user = 'pusher-of-all-namespaces';
  await allowAllSecrets(server.admin, user);
  await letIn(await server.person(user), 'default');
  return { ...adapterFor(user), people: createPeople(server.admin), scope: 'cluster' };
});
