import { readdir } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDocuments } from '../../../shared/registry/read.ts';
import { aFolder } from '../folder.ts';
import type { Folder } from '../folder.ts';
import { run } from '../run.ts';
import { externalSecret, importing, one, STORE } from './importing.ts';

let folder: Folder;

beforeEach(async () => {
  folder = await aFolder();
});
afterEach(() => folder.remove());

describe('vaultcast import of files', () => {
  it('reports what becomes of each object, sums it up, and says what is left to do', async () => {
    const objects = [
      externalSecret(),
      externalSecret({ refreshInterval: '0' }, 'mq'),
      externalSecret({ data: [one('k', 'key/x')] }, 'key'),
      STORE,
    ];
    await folder.file('app-1.yaml', [
      ...objects,
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } },
    ]);

    const ran = await run(['import', '-f', folder.path, '--cluster', 'weu-1']);

    expect(ran.code).toBe(2);
    expect(ran.out).toBe(
      [
        'converted  ExternalSecret app-1/pg -> Route app-1-pg',
        'different  ExternalSecret app-1/mq -> Route app-1-mq',
        '             spec.refreshInterval: 0 left the Secret as it was made; rotations are delivered from now on',
        'cannot     ExternalSecret app-1/key',
        '             key/x is a key of the vault, as JSON. Read it where it is needed: it is public.',
        '',
        '2 converted (1 with a difference), 1 cannot be.',
        '',
      ].join('\n'),
    );
    expect(ran.err).toContain('VAULTS of the app must have: team=https://team.vault.azure.net');
    expect(ran.err).toContain('vaultcast adopt --context CONTEXT app-1/pg app-1/mq');
  });

  it('prints routes that apply takes', async () => {
    await folder.file('app-1.yaml', [externalSecret(), STORE]);

    const ran = await run(['import', '-f', folder.path, '--cluster-label', 'env=prod', '-o', 'yaml']);

    const { documents, problems } = readDocuments('routes.yaml', ran.out);
    expect(problems).toEqual([]);
    expect(documents.map(({ document }) => document.spec)).toMatchObject([
      { clusters: { matchLabels: { env: 'prod' } } },
    ]);
    expect(ran.err).toContain('1 converted.');
  });

  it('writes routes, consent and report into an empty folder, and into no other', async () => {
    await folder.file('app-1.yaml', [externalSecret(), STORE]);
    const args = [
      'import',
      '-f',
      folder.path,
      '--cluster',
      'weu-1',
      '--write',
      `${folder.path}/moved`,
      '--user',
      'oid',
    ];

    const first = await run(args);
    const second = await run(args);

    expect(first.code).toBe(0);
    expect(
      (await readdir(`${folder.path}/moved`, { recursive: true })).toSorted((a, b) => (a < b ? -1 : 1)),
    ).toEqual(['consent', 'consent/app-1.yaml', 'registry', 'registry/app-1.yaml', 'report.txt']);
    expect(
      parseAllDocuments(await folder.read('moved/consent/app-1.yaml')).map((one) => one.toJS() as object),
    ).toMatchObject([
      { kind: 'Namespace', metadata: { annotations: { 'vaultcast.dev/accept': 'team/app-1--' } } },
      { kind: 'RoleBinding', subjects: [{ name: 'oid' }] },
    ]);
    expect(await folder.read('moved/report.txt')).toContain('1 converted.');
    expect(second).toMatchObject({ code: 1, err: expect.stringContaining('is not empty') });
  });

  it('asks for what nothing tells', async () => {
    await folder.file('app-1.yaml', [externalSecret(), STORE]);
    const f = ['import', '-f', folder.path];

    expect(await run(['import'])).toMatchObject({
      code: 64,
      err: expect.stringContaining('-f, or a cluster with --context'),
    });
    expect(await run(f)).toMatchObject({
      code: 64,
      err: expect.stringContaining('Give --cluster or --cluster-label'),
    });
    expect(await run([...f, '--cluster-label', 'env'])).toMatchObject({
      code: 64,
      err: expect.stringContaining('KEY=VALUE'),
    });
    expect(await run([...f, '--cluster', 'a', '--verify'])).toMatchObject({
      code: 64,
      err: expect.stringContaining('--context'),
    });
    expect((await run(['import', '-f', '/nowhere', '--cluster', 'a'])).err).toContain(
      '/nowhere does not exist',
    );
  });

  it('names files that are no YAML, and reads Lists as kubectl prints them', async () => {
    await folder.file('template.yaml', '{{- if .Values.on }}\nkind: x\n{{- end }}\n');
    await folder.file('list.yaml', [{ apiVersion: 'v1', kind: 'List', items: [externalSecret(), STORE] }]);

    const ran = await run(['import', '-f', folder.path, '--cluster', 'a']);

    expect(ran.err).toContain('template.yaml is no YAML');
    expect(ran.out).toContain('1 converted.');
  });

  it('tells of every object of these tools, also of kinds that it does not know', async () => {
    const named = (apiVersion: string, kind: string, name: string) => ({
      apiVersion,
      kind,
      metadata: { name, namespace: 'app-1' },
      spec: {},
    });
    const { items, ran } = await importing([
      named('external-secrets.io/v1alpha1', 'PushSecret', 'up'),
      named('kubernetes-client.io/v1', 'ExternalSecret', 'old'),
      named('generators.external-secrets.io/v1alpha1', 'Password', 'made'),
      named('secrets-store.csi.x-k8s.io/v1', 'SecretProviderClassPodStatus', 'mounted'),
      named('apps/v1', 'Deployment', 'shop'),
    ]);

    expect(items.map(({ result, from }) => [result, from[0]?.name])).toEqual([
      ['cannot', 'up'],
      ['cannot', 'old'],
      ['cannot', 'made'],
    ]);
    expect(items.map(({ notes }) => notes.join(' '))).toEqual([
      expect.stringContaining('vaultcast only delivers'),
      expect.stringContaining('version kubernetes-client.io/v1 of its API is not known'),
      expect.stringContaining('does not know this kind'),
    ]);
    expect(ran.code).toBe(2);
  });

  it('says so when there is nothing to import', async () => {
    const ran = await run(['import', '-f', '-', '--cluster', 'weu-1'], { stdin: '' });
    expect(ran).toMatchObject({ code: 0, out: 'Nothing of these tools was found.\n', err: '' });
  });

  it('calls a vault by its alias, or by its name where the app has none yet', async () => {
    const known = await importing(
      [externalSecret(), STORE],
      ['--cluster', 'a', '--vault-url', 'kva=https://team.vault.azure.net'],
    );
    const unknown = await importing(
      [externalSecret(), STORE],
      ['--cluster', 'a', '--vault-url', 'kva=https://x.vault.azure.net'],
    );
    const taken = await importing(
      [externalSecret(), STORE],
      ['--cluster', 'a', '--vault-url', 'team=https://x.vault.azure.net'],
    );

    expect(known.routes[0]?.spec['vault']).toBe('kva');
    expect(unknown.routes[0]?.spec['vault']).toBe('team');
    expect(taken.items[0]?.notes[0]).toContain('team is that of https://x.vault.azure.net');
  });

  it('does not take two vaults of one name for one', async () => {
    const china = {
      ...STORE,
      metadata: { name: 'cn', namespace: 'app-1' },
      spec: { provider: { azurekv: { vaultUrl: 'https://team.vault.azure.cn' } } },
    };
    const other = externalSecret({ secretStoreRef: { name: 'cn' } }, 'cn');

    const { items } = await importing([externalSecret(), other, STORE, china]);

    expect(items.map(({ result }) => result)).toEqual(['converted', 'cannot']);
  });

  it('gives a route a name of its own', async () => {
    const objects = ['a-b', 'a'].map((namespace, index) =>
      externalSecret({ secretStoreRef: { name: 'all', kind: 'ClusterSecretStore' } }, ['c', 'b-c'][index], {
        namespace,
      }),
    );
    const all = { ...STORE, kind: 'ClusterSecretStore', metadata: { name: 'all' } };

    const { routes } = await importing([...objects, all]);

    expect(routes.map(({ metadata }) => metadata.name)).toEqual(['a-b-c', 'a-b-c-2']);
  });

  it.each([
    [['app-1--pg--a', 'app-1--pg--b'], { prefix: 'app-1--pg--' }],
    [['app-1--pg--a', 'app-1--mq'], { prefix: 'app-1--' }],
    [['app-1--pg', 'app-1--pg--a'], { prefix: 'app-1--' }],
    [['app-1', 'app-1--pg'], { prefix: '', allSecrets: true }],
    [['db-password', 'api-key'], { prefix: '', allSecrets: true }],
    [['db-password'], { prefix: 'db-password' }],
    [['app-1--pg', 'app-10--pg'], { prefix: '', allSecrets: true }],
  ])('finds for %j the prefix %j', async (names, prefix) => {
    const data = names.map((name, index) => one(`k${index}`, name));

    expect((await importing([externalSecret({ data }), STORE])).routes[0]?.spec).toMatchObject(prefix);
  });
});

describe('the consent that vaultcast import writes', () => {
  const namespace = (name: string, labels: object = {}, annotations: object = {}) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels, annotations },
  });
  let written = 0;
  const DATA = [one('a', 'app-1--a'), one('b', 'shared--b'), one('c', 'app-10--c')];

  async function consent(
    objects: readonly object[],
    ...args: string[]
  ): Promise<{ accept: string | undefined; err: string }> {
    written += 1;
    const target = `${folder.path}/out-${written}`;
    const stdin = [externalSecret({ data: DATA }), STORE, ...objects];
    const { ran } = await importing(stdin, ['--cluster', 'a', '--write', target, ...args]);
    const file = await folder.read(`out-${written}/consent/app-1.yaml`).catch(() => '');
    const [document] = parseAllDocuments(file);
    const metadata = (document?.toJS() ?? {}) as { metadata?: { annotations?: Record<string, string> } };
    return { accept: metadata.metadata?.annotations?.['vaultcast.dev/accept'], err: ran.err };
  }

  it('is the prefix of the namespace for its own secrets, and the whole name of every other', async () => {
    expect((await consent([])).accept).toBe('team/app-1--,team/app-10--c,team/shared--b');
  });

  it('keeps what the namespace accepts already, and is not written when that is enough', async () => {
    const some = namespace('app-1', {}, { 'vaultcast.dev/accept': 'app-4--, team/shared--b' });
    const enough = namespace(
      'app-1',
      {},
      { 'vaultcast.dev/accept': 'team/app-1--,team/app-10--c,team/shared--b' },
    );

    expect((await consent([some])).accept).toBe('app-4--,team/shared--b,team/app-1--,team/app-10--c');
    expect((await consent([enough])).accept).toBeUndefined();
  });

  it('is the prefix that a label of the namespace holds, with --accept-from-label; what lies outside is named', async () => {
    const { accept, err } = await consent(
      [namespace('app-1', { team: 'app-1' })],
      '--accept-from-label',
      'team',
    );

    expect(accept).toBe('app-1--');
    expect(err).toContain('Namespace app-1 will not accept shared--b: its label says another prefix.');
    expect(err).toContain('Namespace app-1 will not accept app-10--c');
    expect(err).not.toContain('will not accept app-1--a');
  });

  it('is nothing for a namespace without that label', async () => {
    const { accept, err } = await consent([namespace('app-1')], '--accept-from-label', 'team');

    expect(accept).toBeUndefined();
    expect(err).toContain('Namespace app-1 will not accept app-1--a');
  });
});
