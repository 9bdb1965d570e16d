import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';

import { newRunId } from '../../shared/status/run.ts';
import { eventually } from '../local/stack/eventually.ts';
import { clusterYaml, type ClusterSite, type Trust } from '../local/stack/sites.ts';
import { rowsOf, sendMessage } from '../local/stack/storage.ts';
import { routeYaml } from '../local/stack/tenancy.ts';
import { startStack, type Stack } from '../local/stack/start.ts';
import { startApiServers, type ApiServer, type ApiServers } from './control-plane/api-server.ts';
import { createPeople } from './cluster/people.ts';
import { connect } from './cluster/call.ts';
import { installBase, untilLetIn } from './cluster/policies.ts';
import { allowSecrets } from './cluster/rbac.ts';

/** The common name of the certificate is the user that RBAC and the policy know. */
const CERTIFICATE_USER = 'vaultcast-pusher';

let stack: Stack;
let servers: ApiServers;
let entra: ApiServer;
let certified: ApiServer;

async function realClusters(trust: Trust): Promise<ClusterSite[]> {
  servers = await startApiServers({ names: ['weu-1', 'neu-1'], ...trust });
  [entra, certified] = [servers.cluster('weu-1'), servers.cluster('neu-1')];
  return [entra, certified];
}

/** The shipped manifests for this user, and namespace app-1, where it may write. */
async function prepare(server: ApiServer, user: string, pusher: ApiServer['admin']): Promise<void> {
  await createPeople(server.admin).createNamespace('app-1', { 'vaultcast.dev/accept': 'app-1--' });
  await createPeople(server.admin).createNamespace('app-2', { 'vaultcast.dev/accept': 'app-2--' });
  await installBase(server.admin, pusher, user);
  await allowSecrets(server.admin, user, 'app-1');
  await untilLetIn(pusher, 'app-1', 'app-1--');
}

const certificateYaml = ({ name, url, caPem }: ClusterSite): string =>
  stringify({
    apiVersion: 'vaultcast.dev/v1',
    kind: 'Cluster',
    metadata: { name, labels: { env: 'prod' } },
    spec: {
      server: url,
      certificateAuthorityData: Buffer.from(caPem).toString('base64'),
      credential: { clientCertificate: { secret: 'neu-1-pusher' } },
    },
  });

beforeAll(async () => {
  stack = await startStack({ vaults: ['team', 'clusters'], realClusters, hosts: 0 });
  const { trust, vault } = stack;
  const issued = await trust.authority.issueClient(CERTIFICATE_USER);
  vault.set('clusters', 'neu-1-pusher', issued.cert + issued.key, {
    tags: { server: certified.url },
  });
  await stack.addHost({ VAULTS: `team=${vault.url('team')}`, CREDENTIAL_VAULT: vault.url('clusters') });
  const pusher = entra.as(await trust.tokens.issue(trust.audience));
  await prepare(entra, trust.tokens.objectId, pusher);
  const connection = connect(certified.url, certified.caPem);
  await prepare(certified, CERTIFICATE_USER, connection.as({ certificate: issued }));
  await connection.close();
  await stack.apply(
    [
      clusterYaml(entra, { env: 'prod' }),
      certificateYaml(certified),
      routeYaml('app-1', { prefix: 'app-1--', namespaces: ['app-1'] }),
      routeYaml('app-2', { prefix: 'app-2--', namespaces: ['app-2'] }),
    ].join('---\n'),
  );
});

afterAll(async () => {
  await stack?.stop();
  await servers?.stop();
});

async function valueIn(server: ApiServer, namespace: string): Promise<string | undefined> {
  const encoded = (await createPeople(server.admin).secret(namespace, 'pg'))?.data?.['password'];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}

const values = (): Promise<(string | undefined)[]> =>
  Promise.all([entra, certified].map((server) => valueIn(server, 'app-1')));

const credentialReads = (): number =>
  stack.vault.server.requests.filter(
    ({ path, status }) => path.startsWith('/secrets/neu-1-pusher') && status === 200,
  ).length;

describe('two clusters, one by Entra and one by client certificate', () => {
  it('a new version reaches both clusters by its event', async () => {
    const { eventId, answer } = await stack.rotate('app-1--pg--password', 'first');
    expect(answer.status).toBe(202);
    const lines = await stack.outcomes(eventId, 2);
    expect(lines.map(({ code, cluster }) => `${code} ${cluster}`).toSorted()).toEqual([
      'DELIVERED neu-1',
      'DELIVERED weu-1',
    ]);
    expect(await values()).toEqual(['first', 'first']);
  });

  it('each cluster knows the pusher under the name that RBAC was given for', async () => {
    const users = async (server: ApiServer): Promise<(string | undefined)[]> =>
      (await server.audit()).filter(({ verb }) => verb === 'create').map(({ user }) => user);
    expect(await users(entra)).toContain(stack.trust.tokens.objectId);
    expect(await users(certified)).toContain(CERTIFICATE_USER);
  });

  it('one reconcile mends both clusters', async () => {
    await Promise.all(
      [entra, certified].map((server) =>
        createPeople(server.admin).edit('app-1', 'pg', (secret) => ({
          ...secret,
          data: { password: Buffer.from('by hand').toString('base64') },
        })),
      ),
    );
    expect(await values()).toEqual(['by hand', 'by hand']);
    await stack.hosts[0]?.run('reconcile-timer');
    await expect.poll(values, { timeout: 60_000, interval: 200 }).toEqual(['first', 'first']);
  });

  it('each cluster lets the pusher into the namespaces that bind it, and into no others', async () => {
    const { eventId } = await stack.rotate('app-2--pg--password', 'nowhere');
    const lines = await stack.outcomes(eventId, 2);
    expect(lines.map(({ code }) => code)).toEqual(['CLUSTER_FORBIDDEN', 'CLUSTER_FORBIDDEN']);
  });

  it('a stored credential is read once in each function, however many calls that makes', () => {
    // The event's function and the reconcile's; here both are in one process.
    expect(credentialReads()).toBeLessThanOrEqual(2);
  });

  it('a check finds both clusters well, but for the namespace that nobody has bound', async () => {
    const run = newRunId(Date.now());
    await sendMessage(stack.storage, 'reconcile', { kind: 'check', run, clusters: ['weu-1', 'neu-1'] });
    const rows = await eventually(async () => {
      const found = (await rowsOf(stack.storage, 'Runs')).filter((row) => row['run'] === run);
      return found.length === 2 && found.every((row) => row['state'] !== 'running') ? found : undefined;
    }, 60_000);
    for (const row of rows) {
      const lines = JSON.parse(String(row['lines'])) as string[];
      expect(row['state']).toBe('failed');
      expect(lines.filter((line) => !line.startsWith('OK '))).toEqual([
        expect.stringMatching(
          /^FAIL permission: may not .* secrets in namespace app-2 -> kubectl create rolebinding/,
        ),
      ]);
      expect(lines.filter((line) => line.startsWith('OK policy: '))).toHaveLength(6);
    }
  });

  it('no line of the app holds a credential', () => {
    const output = JSON.stringify(stack.hosts.map(({ lines }) => lines));
    expect(output.length).toBeGreaterThan(100);
    expect(output).not.toMatch(/BEGIN (?:EC )?PRIVATE KEY|eyJ[\w-]+\.eyJ/);
  });
});
