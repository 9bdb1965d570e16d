import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createKubernetes } from '../../shared/adapters/kubernetes/api.ts';
import { rightsVerdicts } from '../../shared/check/rights.ts';
import { lineOf } from '../../shared/check/verdict.ts';
import { wayVerdicts } from '../../shared/check/way.ts';
import { aCluster } from '../support/documents.ts';
import { compose } from '../support/manifests.ts';
import { apply, pathOf } from './cluster/apply.ts';
import { createPeople } from './cluster/people.ts';
import { INSTANCE } from './cluster/managed-secret.ts';
import { startOneCluster, type OneCluster } from './cluster/single.ts';
import { installBase, untilLetIn, WITHIN } from './cluster/policies.ts';
import { allowAllSecrets, allowSecrets, denySecrets } from './cluster/rbac.ts';

let cluster: OneCluster;
let kubernetes: ReturnType<typeof createKubernetes>;
let token: string;

beforeAll(async () => {
  cluster = await startOneCluster();
  token = await cluster.token(cluster.user);
  const { url, caPem: ca } = cluster;
  const auth = { source: 'entra', bearer: async () => token };
  kubernetes = createKubernetes({
    connect: async () => ({ server: url, ca, auth }),
    allowed: () => undefined,
    instance: INSTANCE,
  });
  await createPeople(cluster.admin).createNamespace('app-1', { 'vaultcast.dev/accept': 'app-1--' });
});
afterAll(async () => {
  await kubernetes?.close();
  await cluster?.stop();
});

/** The shipped manifests, as a platform engineer has applied them. */
beforeEach(async () => {
  const { admin, pusher, user } = cluster;
  await installBase(admin, pusher, user);
  await allowSecrets(admin, user, 'app-1');
  await untilLetIn(pusher, 'app-1', 'app-1--');
});

async function check(): Promise<string[]> {
  const document = aCluster('weu-1', { credential: { entra: { scope: 'api://clusters/.default' } } });
  const inspection = await kubernetes.inspect(document, AbortSignal.timeout(30_000));
  return [...wayVerdicts(inspection, document, Date.now()), ...rightsVerdicts(inspection, document)].map(
    lineOf,
  );
}

const wrong = async (): Promise<string[]> => (await check()).filter((line) => !line.startsWith('OK '));

const stored = async (): Promise<unknown> => {
  const { body } = await cluster.admin('/api/v1/namespaces/app-1/secrets');
  return (body as { items: unknown[] }).items;
};

describe('a check of a real API server', () => {
  it('finds all well where the shipped manifests are, and stores nothing', async () => {
    const lines = await check();
    expect(lines.filter((line) => !line.startsWith('OK '))).toEqual([]);
    expect(lines).toContain(`OK identity: the server knows it as ${cluster.user}`);
    expect(lines).toContain('OK permission: reads and writes Secrets in app-1');
    const byPolicy = lines.filter((line) => /^OK policy: .* by policy vaultcast-consent: /.test(line));
    expect(byPolicy).toHaveLength(5);
    expect(lines).toContain('OK policy: a Secret as vaultcast writes it is let through in namespace app-1');
    expect(await stored()).toEqual([]);
  });

  it('names a token that the server refuses', async () => {
    const good = token;
    token = 'not.a.token';
    expect(await wrong()).toEqual([expect.stringMatching(/^FAIL identity: .*\(CLUSTER_UNAUTHORIZED\) -> /)]);
    token = good;
  });

  it('names a role that is missing, by a command that gives it back', async () => {
    await denySecrets(cluster.admin, 'app-1');
    await expect
      .poll(wrong, WITHIN)
      .toContainEqual(
        `FAIL permission: may not get, list, create, update, delete secrets in namespace app-1 -> kubectl create rolebinding vaultcast -n app-1 --clusterrole=vaultcast-secrets --user='${cluster.user}'`,
      );
  });

  it('warns of rights in the whole cluster', async () => {
    const [binding] = compose(['cluster-wide'], { user: cluster.user }).filter(
      ({ kind, metadata }) => kind === 'ClusterRoleBinding' && metadata.name === 'vaultcast-secrets',
    );
    if (binding === undefined) throw new Error('the overlay binds nothing');
    await allowAllSecrets(cluster.admin, cluster.user);
    await expect
      .poll(wrong, WITHIN)
      .toContainEqual(
        expect.stringMatching(/^WARN excess: may get secrets in namespace kube-system, and need not/),
      );
    await cluster.admin(pathOf(binding), { method: 'DELETE' });
    await expect.poll(wrong, WITHIN).toEqual([]);
  });

  it.each([
    ['patch', '', 'namespaces'],
    ['deletecollection', '', 'secrets'],
    ['escalate', 'rbac.authorization.k8s.io', 'clusterroles'],
    ['delete', 'admissionregistration.k8s.io', 'validatingadmissionpolicybindings'],
  ])('warns of a way out: %s in group %j on %s', async (verb, group, resource) => {
    const apiGroup = 'rbac.authorization.k8s.io';
    const metadata = { name: 'way-out' };
    const rules = [{ apiGroups: [group], resources: [resource], verbs: [verb] }];
    const roleRef = { apiGroup, kind: 'ClusterRole', name: 'way-out' };
    const subjects = [{ apiGroup, kind: 'User', name: cluster.user }];
    const given = [
      { apiVersion: `${apiGroup}/v1`, kind: 'ClusterRole', metadata, rules },
      { apiVersion: `${apiGroup}/v1`, kind: 'ClusterRoleBinding', metadata, roleRef, subjects },
    ];
    await apply(cluster.admin, given);
    const warning = `WARN excess: may ${verb} ${resource} in the whole cluster, and need not`;
    await expect.poll(wrong, WITHIN).toContainEqual(expect.stringContaining(warning));
    for (const one of given) await cluster.admin(pathOf(one), { method: 'DELETE' });
    await expect.poll(wrong, WITHIN).toEqual([]);
  });

  it('proves that the policy is missing, and stores nothing', async () => {
    const policies = compose(['base'], { user: cluster.user }).filter(({ kind }) =>
      kind.endsWith('AdmissionPolicyBinding'),
    );
    for (const policy of policies) await cluster.admin(pathOf(policy), { method: 'DELETE' });
    await expect
      .poll(
        async () => (await wrong()).filter((line) => /^FAIL policy: .* is let through/.test(line)),
        WITHIN,
      )
      .toHaveLength(5);
    expect(await stored()).toEqual([]);
    await apply(cluster.admin, policies);
  });
});
