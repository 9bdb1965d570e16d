import { describe, expect, it } from 'vitest';
import { externalSecret, importing, importOne, one, STORE } from './importing.ts';

const convert = (spec: object) => importOne(externalSecret(spec), STORE);

describe('an ExternalSecret', () => {
  it('becomes a route that names each key', async () => {
    const { spec, result } = await convert({
      target: { name: 'postgres' },
      data: [one('user', 'app-1--pg--user'), one('password', 'App-1--PG--password')],
    });

    expect(result).toBe('converted');
    expect(spec).toEqual({
      vault: 'team',
      prefix: 'app-1--pg--',
      clusters: { names: ['weu-1'] },
      namespaces: ['app-1'],
      layout: 'explicit',
      name: 'postgres',
      data: { user: { secret: 'app-1--pg--user' }, password: { secret: 'app-1--pg--password' } },
    });
  });

  it.each([
    ['a property', { property: 'user' }, { property: 'user' }],
    ['a path', { property: 'db.0.user' }, { pointer: '/db/0/user' }],
    [
      'a path with characters of its own in a JSON Pointer',
      { property: 'a/b.c~d' },
      { pointer: '/a~1b/c~0d' },
    ],
    ['base64', { decodingStrategy: 'Base64' }, { encoding: 'base64' }],
    ['base64url', { decodingStrategy: 'Base64URL' }, { encoding: 'base64url' }],
    ['no decoding', { decodingStrategy: 'None', metadataPolicy: 'None', conversionStrategy: 'Default' }, {}],
  ])('keeps %s of a value', async (_, remote, entry) => {
    const { spec } = await convert({ data: [one('k', 'secret/app-1--pg', remote)] });

    expect(spec?.['data']).toEqual({ k: { secret: 'app-1--pg', ...entry } });
  });

  it.each([
    ['one version', { data: [one('k', 'app-1--pg', { version: 'abc' })] }, 'spec.data[0].remoteRef.version'],
    ['tags', { data: [one('k', 'app-1--pg', { metadataPolicy: 'Fetch' })] }, 'tags of the secret'],
    ['a query', { data: [one('k', 'app-1--pg', { property: 'a.#.b' })] }, 'is a query'],
    ['guessing', { data: [one('k', 'app-1--pg', { decodingStrategy: 'Auto' })] }, 'guesses'],
    ['a key of the vault', { data: [one('k', 'key/signing')] }, 'is a key of the vault'],
    ['a certificate of the vault', { data: [one('k', 'cert/web')] }, 'part: chain'],
    ['a name that is none', { data: [one('k', 'a_b')] }, 'names no secret of a vault'],
    ['a name that cannot be routed', { data: [one('k', 'app-1---pg')] }, 'Give the secret another name'],
    ['keys that others make, too', { target: { creationPolicy: 'Merge' } }, 'A Secret of vaultcast is whole'],
    [
      'something that is no Secret',
      { target: { manifest: { kind: 'ConfigMap', apiVersion: 'v1' } } },
      'no Secret',
    ],
    ['engine v1', { target: { template: { engineVersion: 'v1' } } }, 'engineVersion v2 first'],
    [
      'a template in a ConfigMap',
      { target: { template: { templateFrom: [{ configMap: { name: 'x', items: [] } }] } } },
      'ConfigMap',
    ],
    [
      'labels made from values',
      { target: { template: { metadata: { labels: { a: '{{ .x }}' } } } } },
      'fixed values',
    ],
    [
      'a generator',
      { dataFrom: [{ sourceRef: { generatorRef: { kind: 'Password', name: 'x' } } }] },
      'generator',
    ],
    [
      'renamed keys',
      { dataFrom: [{ extract: { key: 'app-1--pg' }, rewrite: [{ regexp: { source: 'a', target: 'b' } }] }] },
      'renames keys',
    ],
    [
      'a field of a later release',
      { data: [{ ...one('k', 'app-1--pg'), brandNew: 1 }] },
      'spec.data[0].brandNew',
    ],
    [
      'a type that gives access to the cluster',
      { target: { template: { type: 'kubernetes.io/service-account-token' } } },
      'token type',
    ],
  ])('cannot be converted with %s, and says what to do', async (_, spec, why) => {
    const { result, notes } = await convert(spec);

    expect(result).toBe('cannot');
    expect(notes).toContain(why);
    expect(notes).toMatch(/\. [A-Z][^]*\.$/);
  });

  it.each([
    [{ refreshPolicy: 'CreatedOnce' }, 'rotations are delivered from now on'],
    [{ refreshInterval: '0' }, 'rotations are delivered from now on'],
    [{ refreshInterval: '0s' }, 'rotations are delivered from now on'],
    [
      { syncWindows: { kind: 'allow', windows: [{ schedule: '@daily', duration: '1h' }] } },
      'there are no windows',
    ],
    [{ target: { deletionPolicy: 'Merge' } }, 'with its last key the Secret goes, too'],
  ])('is converted with a difference by %j', async (spec, difference) => {
    const { result, notes } = await convert(spec);

    expect(result).toBe('different');
    expect(notes).toContain(difference);
  });

  it.each([
    [{ refreshInterval: '10m0s', refreshPolicy: 'Periodic' }, {}],
    [{ target: { creationPolicy: 'Orphan', deletionPolicy: 'Retain' } }, {}],
    [{ target: { deletionPolicy: 'Delete' } }, { onDeleted: 'remove' }],
    [{ target: { immutable: true } }, { immutable: true }],
    [{ target: { template: { type: 'example.com/x' } } }, { type: 'example.com/x' }],
    [
      { target: { template: { metadata: { labels: { a: 'b' }, annotations: { c: 'd' } } } } },
      { labels: { a: 'b' }, annotations: { c: 'd' } },
    ],
  ])('keeps what %j says', async (spec, option) => {
    const { result, spec: made } = await convert(spec);

    expect(result).toBe('converted');
    expect(made).toMatchObject(option);
  });

  it('needs nothing where it makes no Secret, or a ClusterExternalSecret made it', async () => {
    const none = externalSecret({ target: { creationPolicy: 'None' } }, 'none');
    const made = externalSecret({}, 'made', {
      ownerReferences: [{ kind: 'ClusterExternalSecret', name: 'all' }],
    });
    const all = {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ClusterExternalSecret',
      metadata: { name: 'all' },
      spec: { namespaces: ['app-1'], externalSecretSpec: externalSecret().spec },
    };

    const { items } = await importing([none, made, all, STORE]);

    expect(items.filter(({ result }) => result === 'nothing').map(({ from }) => from[0]?.name)).toEqual([
      'none',
      'made',
    ]);
  });

  it('is refused when another object makes the same Secret', async () => {
    const { items } = await importing([
      externalSecret({}, 'a', {}),
      externalSecret({ target: { name: 'a' } }, 'b'),
      STORE,
    ]);

    expect(items.map(({ result }) => result)).toEqual(['converted', 'cannot']);
    expect(items[1]?.notes[0]).toContain('ExternalSecret app-1/a makes Secret app-1/a, too');
  });

  it('is refused without a namespace, and goes where --namespace says', async () => {
    const bare = externalSecret({}, 'pg', { namespace: undefined });

    expect((await importing([bare, STORE])).items[0]?.notes[0]).toContain('--namespace');
    const { routes } = await importing([bare, STORE], ['--cluster', 'weu-1', '--namespace', 'app-1']);
    expect(routes[0]?.spec['namespaces']).toEqual(['app-1']);
  });

  it('is refused in a version of its API that is not known', async () => {
    const old = { ...externalSecret(), apiVersion: 'external-secrets.io/v1alpha1' };

    expect((await importing([old, STORE])).items[0]?.notes[0]).toContain('Bring it to v1 or v1beta1');
  });
});

describe('dataFrom of an ExternalSecret', () => {
  const extract = (key: string, more: object = {}) => ({ dataFrom: [{ extract: { key, ...more } }] });

  it.each([
    [
      'its Secret is called like the secret',
      'app-1--all',
      { prefix: 'app-1--all', layout: 'flat', json: 'expand' },
    ],
    [
      'its Secret is called like the last part',
      'all',
      { prefix: 'app-1--', match: { names: ['app-1--all'] }, json: 'expand' },
    ],
  ])('expands a JSON secret by a layout where %s', async (_, name, route) => {
    const { spec, result } = await convert({ ...extract('app-1--all'), target: { name } });

    expect(result).toBe('converted');
    expect(spec).toMatchObject(route);
  });

  it.each([
    ['a Secret of any other name', { ...extract('app-1--all'), target: { name: 'other' } }],
    ['keys beside it', { ...extract('app-1--all'), data: [one('k', 'app-1--pg')] }],
    ['a part of the JSON', extract('app-1--all', { property: 'db' })],
    ['secrets that are found by name', { dataFrom: [{ find: { name: { regexp: '^app-1' } } }] }],
  ])('needs a look at the Secret for %s', async (_, spec) => {
    expect((await convert(spec)).notes).toContain('--context');
  });

  it('is refused with several entries, because nobody can tell which makes a key', async () => {
    const dataFrom = [{ extract: { key: 'app-1--a' } }, { extract: { key: 'app-1--b' } }];

    expect((await convert({ dataFrom })).notes).toContain('one entry only');
  });
});

describe('the store of an ExternalSecret', () => {
  const clusterStore = (spec: object) => ({
    apiVersion: 'external-secrets.io/v1beta1',
    kind: 'ClusterSecretStore',
    metadata: { name: 'shared' },
    spec: { ...STORE.spec, ...spec },
  });
  const byCluster = externalSecret({ secretStoreRef: { name: 'shared', kind: 'ClusterSecretStore' } });
  const namespace = (labels: object) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'app-1', labels },
  });

  it('is asked for when it is not there', async () => {
    expect((await importOne(externalSecret())).notes).toContain('SecretStore kv is not among what was read');
    expect((await importOne(byCluster)).notes).toContain('ClusterSecretStore shared is not among');
  });

  it('is refused when it is no Key Vault, or one of a cloud of its own', async () => {
    const aws = { ...STORE, spec: { provider: { aws: { region: 'x' } } } };
    const azurekv = { vaultUrl: 'https://x', customCloudConfig: { activeDirectoryEndpoint: 'https://x' } };

    expect((await importOne(externalSecret(), aws)).notes).toContain('it is no Azure Key Vault');
    expect(
      (await importOne(externalSecret(), { ...STORE, spec: { provider: { azurekv } } })).notes,
    ).toContain('cloud of its own');
  });

  it.each([
    ['names the namespace', [{ namespaces: ['app-1'] }]],
    ['matches its name', [{ namespaceRegexes: ['^app-\\d+$'] }]],
    ['selects its labels', [{ namespaceSelector: { matchLabels: { team: 'blue' } } }]],
    [
      'selects it by an expression',
      [{ namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'In', values: ['blue'] }] } }],
    ],
    ['has another condition that lets it in', [{ namespaces: ['x'] }, { namespaces: ['app-1'] }]],
  ])('lets a namespace in whose condition %s', async (_, conditions) => {
    expect(
      (await importOne(byCluster, clusterStore({ conditions }), namespace({ team: 'blue' }))).result,
    ).toBe('converted');
  });

  it.each([
    ['names another one', [{ namespaces: ['app-2'] }], 'keep namespace app-1 out'],
    [
      'selects other labels',
      [{ namespaceSelector: { matchLabels: { team: 'red' } } }],
      'keep namespace app-1 out',
    ],
    [
      'excludes it',
      [{ namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['blue'] }] } }],
      'keep namespace app-1 out',
    ],
    [
      'asks for a label not to be there',
      [{ namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'DoesNotExist' }] } }],
      'keep namespace app-1 out',
    ],
    ['is no expression', [{ namespaceRegexes: ['('] }], 'keep namespace app-1 out'],
  ])('keeps a namespace out when its condition %s', async (_, conditions, why) => {
    expect(
      (await importOne(byCluster, clusterStore({ conditions }), namespace({ team: 'blue' }))).notes,
    ).toContain(why);
  });

  it('asks for the Namespace when only its labels can tell', async () => {
    const conditions = [{ namespaceSelector: { matchLabels: { team: 'blue' } } }];

    expect((await importOne(byCluster, clusterStore({ conditions }))).notes).toContain('which was not read');
  });

  it('is refused when keys come from several vaults', async () => {
    const other = {
      ...STORE,
      metadata: { ...STORE.metadata, name: 'other' },
      spec: { provider: { azurekv: { vaultUrl: 'https://other.vault.azure.net' } } },
    };
    const data = [
      one('a', 'app-1--a'),
      { ...one('b', 'app-1--b'), sourceRef: { storeRef: { name: 'other' } } },
    ];

    expect((await importOne(externalSecret({ data }), STORE, other)).notes).toContain('several vaults');
    const both = data.map((entry) => ({
      ...entry,
      sourceRef: { storeRef: { name: 'other', kind: 'SecretStore' } },
    }));
    expect((await importOne(externalSecret({ data: both }), STORE, other)).spec?.['vault']).toBe('other');
  });
});
