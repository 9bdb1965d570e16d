import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registryDocument } from '../../../shared/registry/document.ts';
import { createAuthority } from '../../local/network/authority.ts';
import { aFolder } from '../folder.ts';
import type { Folder } from '../folder.ts';
import { run } from '../run.ts';

const TOKEN = 'eyJ-this-is-a-token';
let folder: Folder;

beforeEach(async () => {
  folder = await aFolder();
});
afterEach(() => folder.remove());

const { caPem } = await createAuthority();
const CA = Buffer.from(caPem).toString('base64');

const aKubeconfig = (user: object, cluster: object = { 'certificate-authority-data': CA }) => ({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'Admin@Edge 1',
  clusters: [{ name: 'edge', cluster: { server: 'https://edge-1.example.com:6443/k8s/c-1', ...cluster } }],
  contexts: [{ name: 'Admin@Edge 1', context: { cluster: 'edge', user: 'me' } }],
  users: [{ name: 'me', user }],
});

async function importing(config: object, ...args: string[]) {
  const file = await folder.file('config', [config]);
  return run(['cluster', 'import', '--kubeconfig', file, ...args]);
}

describe('vaultcast cluster import', () => {
  it('prints the document of a cluster with a token login, and does not copy the token', async () => {
    const ran = await importing(aKubeconfig({ token: TOKEN }), '--label', 'env=prod');

    expect(ran.code).toBe(0);
    expect(parse(ran.out)).toEqual({
      apiVersion: 'vaultcast.dev/v1',
      kind: 'Cluster',
      metadata: { name: 'admin-edge-1', labels: { env: 'prod' } },
      spec: {
        server: 'https://edge-1.example.com:6443/k8s/c-1',
        certificateAuthorityData: CA,
        credential: { token: { secret: 'admin-edge-1-token' } },
      },
    });
    expect(registryDocument.safeParse(parse(ran.out)).success).toBe(true);
    expect(ran.err).toContain('list edge-1.example.com:6443 in CLUSTER_HOSTS');
    expect(ran.out + ran.err).not.toContain(TOKEN);
  });

  it('names the secret for a client certificate, and tells how to store it', async () => {
    const user = { 'client-certificate-data': 'Y2VydA==', 'client-key-data': 'a2V5' };

    const ran = await importing(aKubeconfig(user), '--name', 'edge.1');

    expect(parse(ran.out)).toMatchObject({
      metadata: { name: 'edge.1' },
      spec: { credential: { clientCertificate: { secret: 'edge-1-client-certificate' } } },
    });
    expect(ran.out + ran.err).not.toMatch(/Y2VydA|a2V5/);
  });

  it('asks how the app is to log in when the user has a login plugin, and never runs that plugin', async () => {
    const witness = `${folder.path}/ran`;
    const config = aKubeconfig({ exec: { command: '/bin/sh', args: ['-c', `touch ${witness}`] } });

    const asks = await importing(config);
    const entra = await importing(config, '--entra', 'api://edge/.default');

    expect(asks).toMatchObject({ code: 1, out: '', err: expect.stringContaining('never run') });
    expect(entra.err).toContain('List api://edge/.default in CLUSTER_SCOPES');
    expect(entra.err).toContain('list edge-1.example.com:6443 in CLUSTER_HOSTS');
    expect(parse(entra.out)).toMatchObject({
      spec: { credential: { entra: { scope: 'api://edge/.default' } } },
    });
    const { access } = await import('node:fs/promises');
    await expect(access(witness)).rejects.toThrow('ENOENT');
  });

  it('prints only the ARM id with --aks', async () => {
    const id =
      '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/weu-1';

    const ran = await importing(aKubeconfig({ exec: { command: 'kubelogin' } }), '--aks', id);

    expect(ran.err).toContain(`list ${id} in CLUSTER_HOSTS`);
    expect((parse(ran.out) as { spec: object }).spec).toEqual({ aks: id });
  });

  it('takes only certificates from an authority file, and refuses a file without one', async () => {
    await folder.file('ca.crt', `a private thing\n${caPem}`);
    await folder.file('passwd', 'root:x:0:0');
    const withCa = aKubeconfig({ token: TOKEN }, { 'certificate-authority': 'ca.crt' });
    const thief = aKubeconfig({ token: TOKEN }, { 'certificate-authority': 'passwd' });

    const data = (parse((await importing(withCa)).out) as { spec: { certificateAuthorityData: string } }).spec
      .certificateAuthorityData;
    const refused = await importing(thief);

    expect(Buffer.from(data, 'base64').toString()).toBe(caPem.endsWith('\n') ? caPem : `${caPem}\n`);
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('holds no certificate') });
  });

  it('names the fields it leaves out, and explains a kubeconfig that it cannot use', async () => {
    const loose = { 'insecure-skip-tls-verify': true, 'proxy-url': 'http://proxy' };
    const plain = { server: 'http://edge', 'certificate-authority-data': CA };

    expect((await importing(aKubeconfig({ token: TOKEN }, loose))).err).toMatch(
      /Left out: proxy-url[^]*Left out: insecure-skip-tls-verify/,
    );
    expect((await importing(aKubeconfig({ token: TOKEN }, plain))).err).toContain('must be an https:// URL');
    expect((await importing(aKubeconfig({}), '--context', 'other')).err).toContain('one of: Admin@Edge 1');
    expect((await importing({ contexts: `${TOKEN}` })).err).toContain('is no kubeconfig');
    expect((await importing(aKubeconfig({ token: TOKEN }), '--entra', 'a', '--token-secret', 'b')).code).toBe(
      64,
    );
  });

  it.each(['env', '=prod'])('refuses the label %s, which is none', async (label) => {
    const ran = await importing(aKubeconfig({ token: TOKEN }), '--label', label);

    expect(ran).toMatchObject({ code: 64, out: '', err: expect.stringContaining('Write KEY=VALUE') });
  });

  it('reads the files that kubectl would, and takes what the first of them says of a name', async () => {
    const user = { 'client-certificate': 'a.crt', 'client-key': 'a.key' };
    const first = await folder.file('first', [
      { ...aKubeconfig({}), contexts: [], users: [{ name: 'me', user }] },
    ]);
    const second = await folder.file('sub/second', [aKubeconfig({ token: TOKEN })]);
    const KUBECONFIG = [`${folder.path}/missing`, first, second].join(delimiter);

    const ran = await run(['cluster', 'import'], { env: { KUBECONFIG } });
    const home = await run(['cluster', 'import'], { env: { HOME: folder.path } });

    expect(parse(ran.out)).toMatchObject({
      metadata: { name: 'admin-edge-1' },
      spec: { credential: { clientCertificate: { secret: 'admin-edge-1-client-certificate' } } },
    });
    expect(home).toMatchObject({ code: 1, err: expect.stringContaining('.kube/config does not exist') });
  });
});

describe('what vaultcast cluster import says to run', () => {
  /** kubectl and az as far as these commands need them; az writes down its arguments and what it was given. */
  async function storing(user: object, ...args: string[]): Promise<{ stored: string; asked: string }> {
    const ran = await importing(aKubeconfig(user), ...args);
    const commands = ran.err.split('\n').filter((line) => line.startsWith('  '));
    await folder.file('bin/kubectl', KUBECTL);
    await folder.file('bin/az', AZ);
    await chmod(`${folder.path}/bin/kubectl`, 0o755);
    await chmod(`${folder.path}/bin/az`, 0o755);
    const env = { PATH: `${folder.path}/bin:${process.env['PATH']}`, STORED: `${folder.path}/stored` };
    await promisify(execFile)('sh', ['-c', commands.join('\n')], { env }).catch(() => undefined);
    const read = (name: string) => folder.read(name).catch(() => 'nothing');
    return { stored: await read('stored'), asked: await read('stored.args') };
  }

  /** Prints one field of the only user, from files only when it is told to flatten. */
  const KUBECTL = `#!/bin/sh
case "$*" in *--flatten*) ;; *) exit 0 ;; esac
field=$(echo "$*" | sed "s/.*{.users\\[0\\].user.\\(.*\\)}/\\1/")
exec cat "$(dirname "$0")/../flat/$field"
`;
  const AZ = `#!/bin/sh
echo "$*" > "$STORED.args"
cat > "$STORED"
`;
  const SERVER = 'https://edge-1.example.com:6443/k8s/c-1';
  const base64 = (text: string) => Buffer.from(text).toString('base64');

  it('stores the token, for this server only', async () => {
    await folder.file('flat/token', TOKEN);

    const { stored, asked } = await storing({ token: TOKEN }, '--name', 'edge-1');

    expect(stored).toBe(TOKEN);
    expect(asked.trim()).toBe(
      `keyvault secret set --vault-name CREDENTIAL_VAULT --name edge-1-token --tags server=${SERVER} --file /dev/stdin`,
    );
  });

  it('stores a token that stands in a file of its own', async () => {
    await folder.file('secret/token', `${TOKEN}\n`);

    expect((await storing({ tokenFile: 'secret/token' })).stored).toBe(TOKEN);
  });

  it('stores a client certificate and its key that stand in files of their own', async () => {
    const [cert, key] = ['-----BEGIN CERTIFICATE-----\nx\n', '-----BEGIN PRIVATE KEY-----\ny'];
    await folder.file('flat/client-certificate-data', base64(cert));
    await folder.file('flat/client-key-data', base64(key));
    const user = { 'client-certificate': 'client.crt', 'client-key': 'client.key' };

    const { stored, asked } = await storing(user);

    expect(stored).toBe(cert + key);
    expect(asked).toContain(`--tags server=${SERVER} --content-type application/x-pem-file`);
  });

  it.each([
    ['a token', { token: TOKEN }],
    ['a certificate', { 'client-certificate-data': 'x' }],
  ])('stores nothing where there is no longer %s', async (_, user) => {
    expect(await storing(user)).toEqual({ stored: 'nothing', asked: 'nothing' });
  });
});
