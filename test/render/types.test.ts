import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { routeDocument } from '../../shared/registry/document.ts';
import { secretCauses } from '../local/kubernetes/rules/validation.ts';
import { aRoute, writtenRoute } from '../support/documents.ts';
import { anExplicitRoute, bytesAt, refusalOf, render, textAt, texts } from './builders.ts';
import { reaching, SEED } from '../support/reach.ts';

const SECRET = 'app-1--it';
const typed = (type: string, spec: object = {}) => aRoute('app-1', { type, ...spec });

const auths = (user: string, password: string) => ({
  username: user,
  password,
  auth: Buffer.from(`${user}:${password}`).toString('base64'),
});

describe('kubernetes.io/dockerconfigjson', () => {
  const route = typed('kubernetes.io/dockerconfigjson');

  it('keeps a ready docker config byte by byte', async () => {
    const value = '{ "auths": {"team.azurecr.io": {"auth": "YTpi"}} }\n';
    expect(texts(await render(route, { [SECRET]: value }))).toEqual({ '.dockerconfigjson': value });
  });

  it('is made of registry, username and password of one secret', async () => {
    const value = '{"registry":"team.azurecr.io","username":"pull","password":"p:ä\\"","email":"a@b.c"}';
    expect(JSON.parse(textAt(await render(route, { [SECRET]: value }), '.dockerconfigjson'))).toEqual({
      auths: { 'team.azurecr.io': { ...auths('pull', 'p:ä"'), email: 'a@b.c' } },
    });
  });

  it('is made of several secrets and several registries', async () => {
    const logins = [
      {
        registry: { text: 'team.azurecr.io' },
        username: { secret: 'app-1--acr-user' },
        password: { secret: 'app-1--acr-password' },
      },
      {
        registry: { secret: 'app-1--hub', property: 'host' },
        username: { secret: 'app-1--hub', property: 'user' },
        password: { secret: 'app-1--hub', pointer: '/token' },
      },
    ];
    const explicit = anExplicitRoute(
      { '.dockerconfigjson': { logins } },
      { type: 'kubernetes.io/dockerconfigjson' },
    );
    const rendered = await render(explicit, {
      'app-1--acr-user': 'pull',
      'app-1--acr-password': 'secret',
      'app-1--hub': '{"host":"docker.io","user":"u","token":"t"}',
    });
    expect(JSON.parse(textAt(rendered, '.dockerconfigjson'))).toEqual({
      auths: { 'team.azurecr.io': auths('pull', 'secret'), 'docker.io': auths('u', 't') },
    });
    expect([...rendered.used.keys()].sort()).toEqual([
      'app-1--acr-password',
      'app-1--acr-user',
      'app-1--hub',
    ]);
  });

  it.each([
    ['no JSON', 'hunter2', 'is not JSON'],
    ['neither form', '{"user":"hunter2"}', 'neither a docker config'],
    ['a colon in the user name', '{"registry":"r","username":"a:b","password":"hunter2"}', 'colon'],
    ['no registry', '{"registry":"","username":"a","password":"hunter2"}', 'must not be empty'],
  ])('refuses %s', async (_, value, reason) => {
    const refusal = await refusalOf(render(route, { [SECRET]: value }));
    expect(refusal).toContain(reason);
    expect(refusal).not.toContain('hunter2');
  });

  it('refuses a key that is no JSON object, as the API server would', async () => {
    const explicit = (value: string) =>
      render(
        anExplicitRoute(
          { '.dockerconfigjson': { secret: SECRET } },
          { type: 'kubernetes.io/dockerconfigjson' },
        ),
        { [SECRET]: value },
      );
    expect(await refusalOf(explicit('[]'))).toBe('the key .dockerconfigjson holds no JSON object');
    expect(await refusalOf(explicit('hunter2'))).toBe('the key .dockerconfigjson is not JSON');
  });
});

describe('kubernetes.io/basic-auth', () => {
  const route = typed('kubernetes.io/basic-auth');

  it.each([
    ['user:pa:ss', 'user', 'pa:ss'],
    [':', '', ''],
    ['user:\n', 'user', '\n'],
    ['{"username":"u","password":"p"}', 'u', 'p'],
    ['{"username":"u","password":1.10}', 'u', '1.10'],
  ])('reads %j', async (value, username, password) => {
    expect(texts(await render(route, { [SECRET]: value }))).toEqual({ username, password });
  });

  it.each(['hunter2', '{"user":"hunter2"}'])('refuses %j', async (value) => {
    const refusal = await refusalOf(render(route, { [SECRET]: value }));
    expect(refusal).toContain('neither user:password nor JSON');
    expect(refusal).not.toContain('hunter2');
  });

  it('takes keys as the names of secrets spell them', async () => {
    const rendered = await render(route, { 'app-1--db--username': 'u', 'app-1--db--password': 'p:q' });
    expect(texts(rendered)).toEqual({ username: 'u', password: 'p:q' });
  });

  it('needs one of its keys', async () => {
    expect(await refusalOf(render(route, { 'app-1--db--user': 'u' }))).toBe(
      'type kubernetes.io/basic-auth needs a key username or password',
    );
  });
});

describe('kubernetes.io/ssh-auth', () => {
  const route = typed('kubernetes.io/ssh-auth');

  it('keeps every line break, and literal ones as they are', async () => {
    const value = '-----BEGIN X-----\nabc\\ndef\r\n-----END X-----\n';
    expect(texts(await render(route, { [SECRET]: value }))).toEqual({ 'ssh-privatekey': value });
  });

  it('mends literal line breaks when asked', async () => {
    const mending = typed('kubernetes.io/ssh-auth', { unescapeNewlines: true });
    expect(textAt(await render(mending, { [SECRET]: String.raw`a\nb` }), 'ssh-privatekey')).toBe('a\nb');
  });

  it('refuses an empty key', async () => {
    expect(await refusalOf(render(route, { [SECRET]: '' }))).toBe(
      'type kubernetes.io/ssh-auth needs a key ssh-privatekey that is not empty',
    );
  });
});

describe('other types', () => {
  it('kubernetes.io/tls needs both of its keys', async () => {
    const route = anExplicitRoute({ 'tls.crt': { secret: SECRET } }, { type: 'kubernetes.io/tls' });
    expect(await refusalOf(render(route, { [SECRET]: 'x' }))).toBe(
      'type kubernetes.io/tls needs the key tls.key',
    );
    const other = anExplicitRoute({ other: { secret: SECRET } }, { type: 'kubernetes.io/tls' });
    expect(await refusalOf(render(other, { [SECRET]: 'x' }))).toBe(
      'type kubernetes.io/tls needs the keys tls.crt and tls.key',
    );
  });

  it('kubernetes.io/dockercfg gets its key', async () => {
    const rendered = await render(typed('kubernetes.io/dockercfg'), {
      [SECRET]: '{"r":{"auth":"dTpw"}}',
    });
    expect(Object.keys(rendered.data)).toEqual(['.dockercfg']);
  });

  it.each(['Opaque', 'example.com/own', 'constructor'])('%s takes any key', async (type) => {
    expect(bytesAt(await render(typed(type), { [SECRET]: 'x' }), 'value').toString()).toBe('x');
  });

  it.each(['kubernetes.io/service-account-token', 'bootstrap.kubernetes.io/token'])(
    '%s is no type a route may ask for',
    (type) => {
      expect(routeDocument.safeParse(writtenRoute('app-1', { type })).success).toBe(false);
    },
  );
});

const SOME_ARE_TAKEN = { least: 0.05, because: 'each type asks for keys of its own' };

describe('what the API server thinks of it', () => {
  const causesOf = (type: string, data: Record<string, string>) =>
    secretCauses({ metadata: { name: 'it', namespace: 'app-1' }, type, data } as Parameters<
      typeof secretCauses
    >[0]);
  const TYPES = ['tls', 'dockerconfigjson', 'dockercfg', 'basic-auth', 'ssh-auth'].map(
    (name) => `kubernetes.io/${name}`,
  );
  const KEYS = [
    'tls.crt',
    'tls.key',
    '.dockerconfigjson',
    '.dockercfg',
    'username',
    'password',
    'ssh-privatekey',
  ];

  it('is that whatever it refuses is refused here, and nothing else of types that hold no document', async ({
    task,
  }) => {
    const values = fc.constantFrom('', '{}', '[]', 'text', '{"auths":{}}', '"a"');
    const data = fc.dictionary(fc.constantFrom(...KEYS), values, {
      minKeys: 1,
      maxKeys: 5,
      noNullPrototype: false,
    });
    await reaching(task, { refused: 'often', taken: SOME_ARE_TAKEN }, async (saw) => {
      const property = fc.asyncProperty(fc.constantFrom(...TYPES), data, async (type, wanted) => {
        const entries = Object.keys(wanted).map(
          (key, index) => [key, { secret: `app-1--s${index}` }] as const,
        );
        const route = anExplicitRoute(Object.fromEntries(entries), { type });
        const secrets = Object.values(wanted).map((value, index) => [`app-1--s${index}`, value] as const);
        const base64 = Object.entries(wanted).map(
          ([key, value]) => [key, Buffer.from(value).toString('base64')] as const,
        );
        const isRefused = await render(route, Object.fromEntries(secrets)).then(
          () => false,
          () => true,
        );
        const causes = causesOf(type, Object.fromEntries(base64));
        // Of these we ask more: what no server or kubelet could read.
        const isStricter = ['tls', 'dockerconfigjson', 'dockercfg'].includes(
          type.slice('kubernetes.io/'.length),
        );
        const isKnown = causes.length > 0 || !isStricter;
        saw('refused', isRefused);
        saw('taken', !isRefused);
        expect(isKnown ? isRefused : false).toBe(causes.length > 0);
      });
      await fc.assert(property, { numRuns: 500, seed: SEED });
    });
  });
});
