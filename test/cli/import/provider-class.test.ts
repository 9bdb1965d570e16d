import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { importing, importOne } from './importing.ts';

const VAULT_OBJECTS = [
  { objectName: 'app-1--pg', objectType: 'secret', objectAlias: 'PG' },
  { objectName: 'app-1--bytes', objectType: 'secret', objectEncoding: 'hex' },
  { objectName: 'app-1--web', objectType: 'cert' },
  { objectName: 'app-1--signing', objectType: 'key' },
  { objectName: 'app-1--web', objectType: 'secret', objectAlias: 'web-with-key' },
];

function providerClass(
  secretObjects: unknown,
  parameters: object = {},
  objects: readonly object[] = VAULT_OBJECTS,
) {
  const array = objects.map((object) => stringify(object));
  return {
    apiVersion: 'secrets-store.csi.x-k8s.io/v1',
    kind: 'SecretProviderClass',
    metadata: { name: 'all', namespace: 'app-1' },
    spec: {
      provider: 'azure',
      parameters: { keyvaultName: 'team', tenantId: 'x', objects: stringify({ array }), ...parameters },
      secretObjects,
    },
  };
}

const aSecret = (data: object[], more: object = {}) => ({ secretName: 'pg', type: 'Opaque', data, ...more });

describe('a SecretProviderClass', () => {
  it('becomes a route for each Secret that it makes', async () => {
    const { items, routes } = await importing([
      providerClass([
        aSecret(
          [
            { objectName: 'PG', key: 'password' },
            { objectName: 'app-1--bytes', key: 'bytes' },
          ],
          { labels: { a: 'b' } },
        ),
        aSecret([{ objectName: 'app-1--web', key: 'ca' }], { secretName: 'web' }),
      ]),
    ]);

    expect(items.map(({ result, secrets }) => [result, secrets?.[0]])).toEqual([
      ['different', 'app-1/pg'],
      ['different', 'app-1/web'],
    ]);
    expect(items[0]?.notes).toEqual(['the Secret is there whether a pod mounts the volume or not']);
    expect(routes[0]?.spec).toMatchObject({
      vault: 'team',
      prefix: 'app-1--',
      labels: { a: 'b' },
      data: { password: { secret: 'app-1--pg' }, bytes: { secret: 'app-1--bytes', encoding: 'hex' } },
    });
    expect(routes[1]?.spec).toMatchObject({ data: { ca: { certificate: 'app-1--web', part: 'chain' } } });
  });

  it('takes a certificate apart for TLS', async () => {
    const data = [
      { objectName: 'app-1--web', key: 'tls.crt' },
      { objectName: 'web-with-key', key: 'tls.key' },
    ];
    const { spec, notes } = await importOne(providerClass([aSecret(data, { type: 'kubernetes.io/tls' })]));

    expect(notes).toContain('PKCS#8');
    expect(spec).toMatchObject({
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': { part: 'chain' }, 'tls.key': { part: 'key' } },
    });
  });

  it.each([
    ['the key of a public certificate', 'app-1--web', 'tls.key'],
    ['a certificate of a key', 'app-1--signing', 'tls.crt'],
  ])(
    'cannot make a TLS Secret with %s, of which the driver makes none either',
    async (_, objectName, key) => {
      const data = [{ objectName, key }];
      expect(await importOne(providerClass([aSecret(data, { type: 'kubernetes.io/tls' })]))).toMatchObject({
        result: 'cannot',
        notes: expect.stringContaining(`brings no ${key}`),
      });
    },
  );

  it.each([
    ['pem', 'cannot', 'turns a PKCS#12 certificate into PEM'],
    ['pfx', 'different', 'whether a pod mounts'],
  ])('with objectFormat %s is %s', async (objectFormat, result, why) => {
    const objects = [{ objectName: 'app-1--web', objectType: 'secret', objectFormat }];
    const object = providerClass([aSecret([{ objectName: 'app-1--web', key: 'k' }])], {}, objects);

    expect(await importOne(object)).toMatchObject({ result, notes: expect.stringContaining(why) });
  });

  it('needs nothing when it makes files only', async () => {
    expect(await importOne(providerClass(undefined))).toMatchObject({ result: 'nothing' });
  });

  it.each([
    ['AzureChinaCloud', 'https://team.vault.azure.cn'],
    ['AzureUSGovernmentCloud', 'https://team.vault.usgovcloudapi.net'],
  ])('knows the vaults of %s', async (cloudName, url) => {
    const { ran } = await importing([
      providerClass([aSecret([{ objectName: 'PG', key: 'k' }])], { cloudName }),
    ]);

    expect(ran.err).toContain(`team=${url}`);
  });

  it.each([
    [
      'an object that is not there',
      [{ objectName: 'nobody', key: 'k' }],
      {},
      'none of spec.parameters.objects',
    ],
    ['a key of the vault', [{ objectName: 'app-1--signing', key: 'k' }], {}, 'is a key of the vault'],
    ['a plain value', [{ key: 'k', plainValue: 'x', objectName: 'PG' }], {}, 'no secret of the vault'],
    [
      'another provider',
      [{ objectName: 'PG', key: 'k' }],
      { provider: 'vault' },
      'not the provider of Azure',
    ],
    [
      'a cloud of its own',
      [{ objectName: 'PG', key: 'k' }],
      { parameters: { cloudEnvFileName: '/x' } },
      'cloud of its own',
    ],
    [
      'a cloud that is none',
      [{ objectName: 'PG', key: 'k' }],
      { parameters: { cloudName: 'Moon' } },
      'no cloud that is known',
    ],
    ['no vault', [{ objectName: 'PG', key: 'k' }], { parameters: { keyvaultName: '' } }, 'names no vault'],
    [
      'objects that are no YAML',
      [{ objectName: 'PG', key: 'k' }],
      { parameters: { objects: '{' } },
      'is no YAML',
    ],
  ])(
    'cannot be converted with %s',
    async (_, data, change: { provider?: string; parameters?: object }, why) => {
      const object = providerClass([aSecret(data)], change.parameters);
      const spec = {
        ...object.spec,
        ...(change.provider === undefined ? {} : { provider: change.provider }),
      };

      expect(await importOne({ ...object, spec })).toMatchObject({
        result: 'cannot',
        notes: expect.stringContaining(why),
      });
    },
  );

  it.each([
    ['a version', { objectVersion: 'abc' }, 'one version for ever'],
    ['older versions', { objectVersionHistory: 3 }, 'older versions'],
    ['a field of a later release', { brandNew: 'x' }, 'does not know the field'],
  ])('cannot be converted when an object asks for %s', async (_, more, why) => {
    const objects = [{ objectName: 'app-1--pg', objectType: 'secret', ...more }];
    const object = providerClass([aSecret([{ objectName: 'app-1--pg', key: 'k' }])], {}, objects);

    expect((await importOne(object)).notes).toContain(why);
  });
});
