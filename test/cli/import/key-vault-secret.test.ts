import { describe, expect, it } from 'vitest';
import { importing, importOne } from './importing.ts';

const akvs = (object: object, output: object = {}, name = 'a') => ({
  apiVersion: 'spv.no/v2beta1',
  kind: 'AzureKeyVaultSecret',
  metadata: { name, namespace: 'app-1' },
  spec: {
    vault: { name: 'team', object: { name: 'app-1--pg', type: 'secret', ...object } },
    output: { secret: { name: 'pg', dataKey: 'password', ...output } },
  },
});

describe('an AzureKeyVaultSecret', () => {
  it('becomes a route with its one key', async () => {
    const { spec, result } = await importOne(akvs({}));

    expect(result).toBe('converted');
    expect(spec).toEqual({
      vault: 'team',
      prefix: 'app-1--',
      clusters: { names: ['weu-1'] },
      namespaces: ['app-1'],
      layout: 'explicit',
      name: 'pg',
      data: { password: { secret: 'app-1--pg' } },
    });
  });

  it.each([
    ['kubernetes.io/dockerconfigjson', { '.dockerconfigjson': { secret: 'app-1--pg' } }],
    ['kubernetes.io/dockercfg', { '.dockercfg': { secret: 'app-1--pg' } }],
    ['kubernetes.io/ssh-auth', { 'ssh-privatekey': { secret: 'app-1--pg' } }],
  ])('of type %s has the key of its type', async (type, data) => {
    expect((await importOne(akvs({}, { type, dataKey: undefined }))).spec).toMatchObject({ type, data });
  });

  it('of type basic-auth splits the login at its colon', async () => {
    const { spec } = await importOne(akvs({}, { type: 'kubernetes.io/basic-auth', dataKey: undefined }));

    expect(spec).toMatchObject({
      type: 'kubernetes.io/basic-auth',
      data: {
        username: { template: '{{ login | split: ":" | first }}', secrets: { login: 'app-1--pg' } },
        password: { template: '{{ login | split: ":" | last }}' },
      },
    });
  });

  it.each(['secret', 'certificate'])(
    'with TLS of a %s takes it apart, and says how its PEM differs',
    async (type) => {
      const { spec, result, notes } = await importOne(
        akvs({ type }, { type: 'kubernetes.io/tls', chainOrder: 'ensureserverfirst' }),
      );

      expect(result).toBe('different');
      expect(notes).toContain('tls.key: it is written as PKCS#8');
      expect(spec).toMatchObject({
        data: {
          'tls.crt': { certificate: 'app-1--pg', part: 'chain' },
          'tls.key': { certificate: 'app-1--pg', part: 'key' },
        },
      });
    },
  );

  it('with base64decode decodes the value', async () => {
    const object = akvs({});
    const spec = { ...object.spec, output: { ...object.spec.output, transform: ['base64decode'] } };

    expect((await importOne({ ...object, spec })).spec?.['data']).toEqual({
      password: { secret: 'app-1--pg', encoding: 'base64' },
    });
  });

  it('joins others that make keys of the same Secret', async () => {
    const objects = [akvs({}), akvs({ name: 'app-1--user' }, { dataKey: 'user' }, 'b')];

    const { items, routes } = await importing(objects);

    expect(items).toMatchObject([
      { result: 'converted', from: [{ name: 'a' }, { name: 'b' }], secrets: ['app-1/pg'] },
    ]);
    expect(routes[0]?.spec).toMatchObject({
      prefix: 'app-1--',
      data: { password: {}, user: { secret: 'app-1--user' } },
    });
  });

  it.each([
    ['the same key', akvs({ name: 'other' }, {}, 'b')],
    ['another type', akvs({}, { dataKey: 'k', type: 'example.com/x' }, 'b')],
    [
      'another vault',
      {
        ...akvs({}, { dataKey: 'k' }, 'b'),
        spec: {
          ...akvs({}, { dataKey: 'k' }).spec,
          vault: { name: 'other', object: { name: 'x', type: 'secret' } },
        },
      },
    ],
  ])('is refused beside one that makes %s of the same Secret', async (_, second) => {
    const { items } = await importing([akvs({}), second]);

    expect(items.map(({ result }) => result)).toEqual(['converted', 'cannot']);
  });

  it('of several values expands its JSON', async () => {
    const multi = { type: 'multi-key-value-secret', contentType: 'application/x-json' };

    expect((await importOne(akvs(multi))).spec).toMatchObject({ prefix: 'app-1--', json: 'expand' });
    expect((await importOne(akvs(multi, { name: 'other' }))).notes).toContain('--context');
  });

  it('of several values in YAML expands it, and says what becomes of null', async () => {
    const multi = { type: 'multi-key-value-secret', contentType: 'application/x-yaml' };

    const { spec, notes, result } = await importOne(akvs(multi));

    expect(spec).toMatchObject({ prefix: 'app-1--', json: 'expand', format: 'yaml' });
    expect(result).toBe('different');
    expect(notes).toContain('null');
  });

  it.each([
    [undefined, 'it is missing'],
    ['text/plain', 'text/plain is not known'],
  ])('of several values cannot be converted with the content type %s', async (contentType, why) => {
    const multi = { type: 'multi-key-value-secret', contentType };

    expect(await importOne(akvs(multi))).toMatchObject({
      result: 'cannot',
      notes: expect.stringContaining(why),
    });
  });

  it.each([
    ['a key', akvs({ type: 'key' }), 'is no secret of the vault'],
    ['a version', akvs({ version: 'abc' }), 'one version for ever'],
    ['no key', akvs({}, { dataKey: undefined }), 'dataKey is missing'],
    ['a certificate in a Secret of type Opaque', akvs({ type: 'certificate' }), 'in DER'],
    ['a name that is none', akvs({ name: 'a_b' }), 'names no secret of a vault'],
  ])('cannot be converted with %s', async (_, object, why) => {
    expect(await importOne(object)).toMatchObject({ result: 'cannot', notes: expect.stringContaining(why) });
  });

  it.each([['trim'], ['base64encode'], ['base64decode', 'trim']])(
    'cannot be converted with the transforms %s',
    async (...transform) => {
      const object = akvs({});
      const spec = { ...object.spec, output: { ...object.spec.output, transform } };

      expect((await importOne({ ...object, spec })).notes).toContain('values are never changed');
    },
  );

  it('cannot be converted with a ConfigMap, and needs nothing without any output', async () => {
    const { spec, ...rest } = akvs({});
    const configMap = { ...rest, spec: { ...spec, output: { configMap: { name: 'c', dataKey: 'k' } } } };

    expect((await importOne(configMap)).notes).toContain('vaultcast makes Secrets only');
    expect(await importOne({ ...rest, spec: { vault: spec.vault } })).toMatchObject({ result: 'nothing' });
  });
});
