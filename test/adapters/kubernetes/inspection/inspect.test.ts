import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { rightsVerdicts } from '../../../../shared/check/rights.ts';
import { lineOf } from '../../../../shared/check/verdict.ts';
import { wayVerdicts } from '../../../../shared/check/way.ts';
import type { Cluster } from '../../../../shared/registry/document.ts';
import type { AdmissionReview } from '../../../local/kubernetes/api-server.ts';
import { createAuthority } from '../../../local/network/authority.ts';
import { startStored } from '../../identity/stored/setup.ts';

type Here = Awaited<ReturnType<typeof startStored>>;
let local: Here | undefined;
afterEach(() => local?.stop());

const TOKEN = { token: { secret: 'weu-1-token' } };

/** The rights that the manifests give: nothing else, nowhere else. */
const asBound = (_user: string, verb: string, resource: string, namespace: string): boolean => {
  if (resource === 'namespaces') return ['get', 'list'].includes(verb);
  return (
    resource === 'secrets' &&
    namespace === 'app-1' &&
    ['get', 'list', 'create', 'update', 'delete'].includes(verb)
  );
};

/** The consent policy, as far as probes meet it. */
function policy({ object }: AdmissionReview): string | undefined {
  if (object === undefined) return undefined;
  const { labels = {}, annotations = {} } = object.metadata;
  if (labels['vaultcast.dev/instance'] !== 'vaultcast') return 'it is not of this instance';
  if (Object.keys(annotations).some((key) => key.endsWith('/steer'))) return 'it steers others';
  if (object.type === 'kubernetes.io/service-account-token') return 'they are not written';
  const isAccepted = annotations['vaultcast.dev/sources']?.includes('/app-1--') === true;
  return isAccepted ? undefined : 'it is not accepted';
}

/** A token that says things of itself; the stand-in takes it for the one it knows, whatever it says. */
const aJwt = (claims: object): string =>
  `canary.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.canary`;

async function start(options: Parameters<typeof startStored>[0] = {}): Promise<Here> {
  local = await startStored({ authorize: asBound, admit: policy, ...options });
  local.known.token = aJwt({ sub: 'pusher' });
  local.store('weu-1-token', local.known.token);
  return local;
}

async function check(here: Here, cluster: Cluster = here.document(TOKEN)): Promise<string[]> {
  const inspection = await here.kubernetes.inspect(cluster, AbortSignal.timeout(15_000));
  return [...wayVerdicts(inspection, cluster, Date.now()), ...rightsVerdicts(inspection, cluster)].map(
    lineOf,
  );
}

const wrong = (lines: readonly string[]): string[] => lines.filter((line) => !line.startsWith('OK '));

describe('a check', () => {
  it('finds all well where all is well, and writes nothing', async () => {
    const here = await start();
    expect(await check(here)).toEqual([
      `OK server: ${here.cluster.url}`,
      'OK name: resolves to 127.0.0.1',
      'OK tcp: connects',
      expect.stringMatching(/^OK tls: the certificate is of the registered authority, valid until \d{4}-/),
      'OK credential: token weu-1-token',
      'OK identity: the server knows it as pusher',
      expect.stringMatching(/^OK clock: \d s apart$/),
      'OK permission: get, list namespaces in the whole cluster',
      'OK permission: reads and writes Secrets in app-1',
      expect.stringMatching(/^OK excess: was asked for and is denied, as it should be: do everything in /),
      expect.stringMatching(/^OK excess: .* deployments in the whole cluster/),
      expect.stringMatching(/^OK excess: .* clusterrolebindings in the whole cluster/),
      expect.stringMatching(/^OK excess: .* rolebindings in namespace app-1/),
      'OK policy: a Secret as vaultcast writes it is let through in namespace app-1',
      ...[
        'a Secret that is not marked as managed by vaultcast',
        'a Secret of another instance',
        'an annotation that no route may set',
        'a token of a service account',
        'a source that the namespace does not accept',
      ].map((what) => `OK policy: ${what} is refused in namespace app-1 by policy vaultcast-consent`),
      'OK accept: namespace app-1 accepts app-1--',
    ]);
    expect(here.cluster.writes).toEqual({ create: 0, update: 0, delete: 0 });
    expect(here.cluster.secrets()).toEqual([]);
  });

  it('names another authority, and prints how to get the right one', async () => {
    const here = await start();
    const { caPem } = await createAuthority();
    const cluster = here.document(TOKEN, { certificateAuthorityData: Buffer.from(caPem).toString('base64') });
    const lines = await check(here, cluster);
    expect(lines.slice(0, 2)).toEqual([`OK server: ${here.cluster.url}`, 'OK name: resolves to 127.0.0.1']);
    expect(wrong(lines)).toEqual([
      expect.stringMatching(
        /^FAIL tls: .*not from the registered authority .*\(CLUSTER_TLS\) -> .*kubectl config view --raw --minify .*certificate-authority-data/,
      ),
    ]);
    expect(here.cluster.server.requests).toEqual([]);
  });

  it('names a certificate for another name', async () => {
    const here = await start();
    const cluster = here.document(TOKEN, { server: here.cluster.url.replace('weu-1.', 'weu-2.') });
    expect(wrong(await check(here, cluster))).toEqual([
      expect.stringMatching(/^FAIL tls: weu-2\.k8s\.localhost: its certificate is for another name/),
    ]);
  });

  it('names a token that is refused, and how to store another', async () => {
    const here = await start();
    const expired = aJwt({ exp: 1_700_000_000 });
    here.store('weu-1-token', expired);
    const lines = wrong(await check(here));
    const mend =
      '-> store a fresh one: az keyvault secret set --vault-name CREDENTIAL_VAULT --name weu-1-token';
    expect(lines).toEqual([
      expect.stringContaining(`FAIL credential: token weu-1-token, expired on 2023-11-14 22:13 ${mend}`),
      expect.stringMatching(
        /^FAIL identity: .*the identity is not known.* \(CLUSTER_UNAUTHORIZED\) -> store a fresh one: az /,
      ),
    ]);
    expect(lines.join()).not.toContain(expired);
  });

  it('names what is missing of RBAC, and the command that gives it', async () => {
    const here = await start({
      authorize: (user, verb, ...rest) =>
        asBound(user, verb, ...rest) && !['create', 'delete'].includes(verb),
    });
    expect(wrong(await check(here))).toEqual([
      `FAIL permission: may not create, delete secrets in namespace app-1 -> kubectl create rolebinding vaultcast -n app-1 --clusterrole=vaultcast-secrets --user='pusher'`,
      expect.stringMatching(/^WARN policy: not proven: /),
    ]);
  });

  it('names the roles of Azure where an access review says that Azure refused, and quotes none of it', async () => {
    const here = await start();
    const reason = 'canary: User does not have access to the resource in Azure. Update role assignment.';
    const body = JSON.stringify({ kind: 'SelfSubjectAccessReview', status: { allowed: false, reason } });
    const headers = { 'content-type': 'application/json' };
    here.cluster.server.inject({
      fault: { kind: 'status', status: 201, headers, body },
      when: ({ path }) => path.endsWith('/selfsubjectaccessreviews'),
    });
    const lines = wrong(await check(here));
    expect(lines).toEqual([
      expect.stringMatching(/: Azure RBAC decides in this cluster -> .* --role "vaultcast namespaces" /),
      expect.stringMatching(/ --role "vaultcast secrets" --scope CLUSTER_ID\/namespaces\/app-1 /),
      expect.stringMatching(/^WARN policy: not proven: /),
    ]);
    expect(lines.join()).not.toMatch(/canary|Update role/);
  });

  it('goes on where it may not even list namespaces', async () => {
    const here = await start({ authorize: () => false });
    expect(wrong(await check(here))).toEqual([
      expect.stringMatching(
        /^FAIL permission: may not get, list namespaces in the whole cluster -> kubectl apply -k .*base$/,
      ),
      expect.stringMatching(/^WARN policy: not proven/),
    ]);
  });

  it('warns of every right that a thief would like', async () => {
    const here = await start({ authorize: () => true });
    const lines = wrong(await check(here));
    const rights = lines.map((line) => /^WARN excess: may (.*), and need not -> /.exec(line)?.[1]);
    expect(rights.slice(0, 3)).toEqual([
      'do everything in the whole cluster',
      'create, update, patch, delete namespaces in the whole cluster',
      'patch, deletecollection, get, list, create, update, delete secrets in the whole cluster',
    ]);
    expect(rights).toContain('create pods/exec in the whole cluster');
    expect(rights.filter((right) => right === undefined)).toEqual([]);
    expect(lines.every((line) => line.includes("| grep 'pusher'"))).toBe(true);
  });

  it('does not call cluster-wide Secrets an excess where the document asks for them', async () => {
    const verbs = ['get', 'list', 'create', 'update', 'delete'];
    const here = await start({
      authorize: (user, verb, resource, namespace) =>
        (resource === 'secrets' && verbs.includes(verb)) || asBound(user, verb, resource, namespace),
    });
    expect(wrong(await check(here, here.document(TOKEN, { scope: 'cluster' })))).toEqual([]);
  });

  it('proves that the policy is missing by writes that it must refuse, and leaves nothing behind', async () => {
    const here = await start({ admit: () => undefined });
    const lines = wrong(await check(here));
    expect(lines.map((line) => line.split(' is let through')[0])).toEqual([
      'FAIL policy: a Secret that is not marked as managed by vaultcast',
      'FAIL policy: a Secret of another instance',
      'FAIL policy: an annotation that no route may set',
      'FAIL policy: a token of a service account',
      'FAIL policy: a source that the namespace does not accept',
    ]);
    expect(lines[0]).toMatch(
      /the policy is missing, or of an earlier release -> kubectl apply -k .* user: 'pusher' and instance: vaultcast$/,
    );
    expect(here.cluster.secrets()).toEqual([]);
  });

  it('proves nothing by a write that fails for another reason', async () => {
    const here = await start();
    here.cluster.server.inject({
      fault: { kind: 'status', status: 500 },
      when: ({ query }) => query.has('dryRun'),
    });
    const lines = wrong(await check(here));
    expect(lines).toHaveLength(6);
    expect(
      lines.every((line) => /^WARN policy: .*: not proven in namespace app-1: .*answered 500 -> /.test(line)),
    ).toBe(true);
  });

  it('does not repeat a token that the server gives for a user', async () => {
    const token = 'opaque-canary-token';
    const here = await start({ authenticate: async (given) => given });
    here.known.token = token;
    here.store('weu-1-token', token);
    expect((await check(here)).join('\n')).not.toContain(token);
  });

  it('proves nothing by the refusal of a policy that is not of vaultcast', async () => {
    const here = await start();
    const message =
      "secrets \"x\" is forbidden: ValidatingAdmissionPolicy 'vaultcasting' with binding 'b' denied request: no";
    here.cluster.server.inject({
      fault: { kind: 'status', status: 422, body: JSON.stringify({ kind: 'Status', code: 422, message }) },
      when: ({ query }) => query.has('dryRun'),
    });
    const lines = wrong(await check(here));
    expect(lines).toHaveLength(6);
    for (const line of lines)
      expect(line).toMatch(/^WARN policy: .*not proven .*an admission policy that is not of vaultcast/);
  });

  it('names a server that does not run', async () => {
    const here = await start();
    await here.cluster.server.down();
    expect(wrong(await check(here))).toEqual([
      expect.stringMatching(
        /^FAIL tcp: .*refused the connection \(CLUSTER_UNREACHABLE\) -> start the API server/,
      ),
    ]);
  });

  it('names a server that never speaks', async () => {
    const here = await start();
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => void sockets.add(socket));
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const server = `https://weu-1.k8s.localhost:${port}`;
    expect(wrong(await check(here, here.document(TOKEN, { server })))).toEqual([
      expect.stringMatching(
        /^FAIL tls: .*nothing within 5000 ms \(CLUSTER_TIMEOUT\) -> start the API server/,
      ),
    ]);
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => void silent.close(() => resolve()));
  });

  it('names a host that nobody knows', async () => {
    const here = await start({ hosts: '*.k8s.invalid' });
    const lines = await check(here, here.document(TOKEN, { server: 'https://weu-1.k8s.invalid:6443' }));
    expect(wrong(lines)).toEqual([
      expect.stringMatching(
        /^FAIL name: .*its host name .* -> correct spec.server, or link the private DNS zone/,
      ),
    ]);
  });

  it('names a cluster that is not allowed', async () => {
    const here = await start({ hosts: 'elsewhere.example.com' });
    expect(await check(here)).toEqual([
      expect.stringMatching(
        /^FAIL credential: .*not covered by CLUSTER_HOSTS .* -> add the cluster to CLUSTER_HOSTS/,
      ),
    ]);
  });

  it('names a credential that does not say which server it is for, and does not send it', async () => {
    const here = await start();
    here.store('weu-1-token', here.known.token, { tags: {} });
    const [line, ...more] = wrong(await check(here));
    expect(more).toEqual([]);
    expect(line).toMatch(/^FAIL credential: secret weu-1-token of CREDENTIAL_VAULT has no tag `server`/);
    expect(line).toContain(`--name weu-1-token --file FILE --tags server=${here.cluster.url} `);
    expect(here.cluster.server.requests).toEqual([]);
  });

  it('names a secret that is not there', async () => {
    const here = await start();
    here.vault.delete(here.vaultName, 'weu-1-token');
    expect(wrong(await check(here))).toEqual([
      expect.stringMatching(
        /^FAIL credential: secret weu-1-token of CREDENTIAL_VAULT is deleted .* -> store a fresh one/,
      ),
    ]);
  });

  it('names an address that is no API server', async () => {
    const here = await start();
    here.cluster.server.inject({ fault: { kind: 'html' } });
    expect(wrong(await check(here))).toEqual([
      expect.stringMatching(
        /^FAIL identity: .*\(CLUSTER_FAILED\) -> correct spec.server: is it an API server\?/,
      ),
    ]);
  });

  it('names entries that accept nothing', async () => {
    const here = await start();
    here.cluster.annotate('app-1', { 'vaultcast.dev/accept': 'app-1--, App 2--,' });
    expect(wrong(await check(here))).toEqual([
      'WARN accept: namespace app-1 has 2 entries that are empty or malformed: such accept nothing -> kubectl annotate namespace app-1 --overwrite vaultcast.dev/accept=ENTRIES',
    ]);
  });

  it('says when nobody takes part', async () => {
    const here = await start();
    here.cluster.annotate('app-1', { 'vaultcast.dev/accept': undefined });
    expect(wrong(await check(here))).toEqual([
      expect.stringMatching(/^WARN policy: not proven: there is no namespace that takes part/),
      expect.stringMatching(/^WARN accept: no namespace accepts anything -> kubectl annotate namespace NAME/),
    ]);
  });
});
