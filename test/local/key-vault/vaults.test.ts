import { SecretClient } from '@azure/keyvault-secrets';
import type { SecretProperties } from '@azure/keyvault-secrets';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import '../network/dns.mjs';
import { startKeyVault, VAULT_RESOURCE } from './vaults.ts';
import type { KeyVaultOptions, KeyVaultStandIn } from './vaults.ts';
import { createAuthority } from '../network/authority.ts';
import type { Authority } from '../network/authority.ts';
import { startTokens } from '../tokens/service.ts';
import type { TokenService } from '../tokens/service.ts';

const NAME = 'app-1--postgres972--connectionstring';
const NOON = Date.parse('2026-11-21T12:00:00Z');
let authority: Authority;
let tokens: TokenService;
let vaults: KeyVaultStandIn;
let clock: number;
let team: SecretClient;
let scopes: string[];

beforeAll(async () => {
  authority = await createAuthority();
  tokens = await startTokens(authority);
  return () => tokens.stop();
});
beforeEach(async () => {
  scopes = [];
  clock = NOON;
  await start({});
});
afterEach(() => vaults.stop());

async function start(options: Partial<KeyVaultOptions>): Promise<void> {
  await vaults?.stop();
  vaults = await startKeyVault({
    authority,
    tokens,
    vaults: ['team', 'other'],
    now: () => clock,
    ...options,
  });
  team = clientFor('team');
}

function clientFor(vault: string, getToken = () => tokens.issue(VAULT_RESOURCE)): SecretClient {
  const credential = {
    getToken: async (scope: string | string[]) => {
      scopes.push(...[scope].flat());
      return { token: await getToken(), expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };
  const retryOptions = { maxRetries: 1, retryDelayInMs: 1 };
  return new SecretClient(vaults.url(vault), credential, {
    tlsOptions: { ca: authority.caPem },
    retryOptions,
  });
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const names = async (list: AsyncIterable<SecretProperties>) => (await all(list)).map(({ name }) => name);
const errorOf = (answer: Promise<unknown>) =>
  answer.then(
    () => 'no error',
    ({ statusCode, code, details }) => ({ statusCode, code, inner: details?.error?.innerError?.code }),
  );
const MISSING = { statusCode: 404, code: 'SecretNotFound', inner: undefined };

describe('signing in', () => {
  it('challenges the first request and then takes the token for the challenged resource', async () => {
    vaults.set('team', NAME, 'one');
    await team.getSecret(NAME);
    await team.getSecret(NAME);

    expect(scopes).toEqual([`${VAULT_RESOURCE}/.default`]);
    expect(vaults.server.requests.map(({ status, user }) => [status, user])).toEqual([
      [401, undefined],
      [200, tokens.objectId],
      [200, tokens.objectId],
    ]);
  });

  it.each([
    ['of another audience', () => tokens.issue('https://graph.localhost')],
    ['that has expired', () => tokens.issue(VAULT_RESOURCE, { expiresIn: -60 })],
    ['that is none', () => Promise.resolve('x.y.z')],
  ])('refuses a token %s', async (_, getToken) => {
    vaults.set('team', NAME, 'one');
    expect(await errorOf(clientFor('team', getToken).getSecret(NAME))).toMatchObject({ statusCode: 401 });
  });
});

describe('reading', () => {
  it('names a version by 32 hexadecimal digits', async () => {
    const version = vaults.set('team', NAME, 'one');

    expect(version).toMatch(/^[0-9a-f]{32}$/);
    expect((await team.getSecret(NAME)).properties.version).toBe(version);
  });

  it('tells when a secret was made and changed, how it recovers, and its own time in the Date header', async () => {
    vaults.set('team', NAME, 'one');
    clock += 5000;
    vaults.update('team', NAME, undefined, { tags: { a: 'b' } });
    let date: string | undefined;
    const { properties } = await team.getSecret(NAME, {
      onResponse: ({ headers }) => void (date = headers.get('date')),
    });

    expect(properties).toMatchObject({
      createdOn: new Date(NOON),
      updatedOn: new Date(NOON + 5000),
      recoveryLevel: 'Recoverable+Purgeable',
    });
    expect(date).toBe(new Date(clock).toUTCString());
  });

  it('ignores the case of names and keeps the first one', async () => {
    vaults.set('team', 'App-1--Pg', 'one');
    vaults.set('team', 'APP-1--PG', 'two');
    const { name, value } = await team.getSecret('app-1--pg');

    expect([name, value]).toEqual(['App-1--Pg', 'two']);
    expect(await names(team.listPropertiesOfSecrets())).toEqual(['App-1--Pg']);
  });

  it('marks a secret that a certificate backs', async () => {
    const version = vaults.set('team', 'web', 'MII', { managed: true, contentType: 'application/x-pkcs12' });
    const { properties } = await team.getSecret('web');

    expect(properties).toMatchObject({
      managed: true,
      certificateKeyId: `${vaults.url('team')}/keys/web/${version}`,
    });
  });
});

describe('refusals', () => {
  it('answers 404 SecretNotFound for a version that a living secret lacks', async () => {
    vaults.set('team', NAME, 'one');

    expect(await errorOf(team.getSecret(NAME, { version: 'f'.repeat(32) }))).toEqual(MISSING);
  });

  it('refuses a disabled version with inner code SecretDisabled, and no other version', async () => {
    const first = vaults.set('team', NAME, 'one');
    const second = vaults.set('team', NAME, 'two', { enabled: false });

    expect(await errorOf(team.getSecret(NAME, { version: second }))).toEqual({
      statusCode: 403,
      code: 'Forbidden',
      inner: 'SecretDisabled',
    });
    expect((await team.getSecret(NAME, { version: first })).value).toBe('one');
    vaults.enable('team', NAME);
    vaults.disable('team', NAME, first);
    expect((await team.getSecret(NAME)).value).toBe('two');
  });

  it.each([
    ['rbac', 'ForbiddenByRbac', /^Caller is not authorized/],
    ['firewall', 'ForbiddenByFirewall', /^Client address is not authorized/],
  ] as const)('words the 403 of a whole vault as the service does (%s)', async (kind, inner, message) => {
    vaults.set('team', NAME, 'one');
    vaults.forbid('team', kind);

    expect(await errorOf(team.getSecret(NAME))).toEqual({ statusCode: 403, code: 'Forbidden', inner });
    await expect(team.getSecret(NAME)).rejects.toThrow(message);
  });

  it('leaves the other secrets and the list alone when one secret answers 403', async () => {
    vaults.set('team', NAME, 'one');
    vaults.set('team', 'free', 'two');
    vaults.forbid('team', 'rbac', NAME.toUpperCase());

    expect(await errorOf(team.getSecret(NAME))).toMatchObject({ statusCode: 403, inner: 'ForbiddenByRbac' });
    expect((await team.getSecret('free')).value).toBe('two');
    expect(await names(team.listPropertiesOfSecrets())).toEqual([NAME, 'free']);
  });

  it('answers 400 to a name that no secret can have, and to a value of more than 25 kB', async () => {
    expect(await errorOf(team.getSecret('under_score'))).toMatchObject({
      statusCode: 400,
      code: 'BadParameter',
    });
    expect(await errorOf(team.setSecret(NAME, 'x'.repeat(25_601)))).toMatchObject({ statusCode: 400 });
    expect((await team.setSecret(NAME, 'x'.repeat(25_600))).name).toBe(NAME);
  });

  it('answers 429, which the SDK tries again with Retry-After only', async () => {
    vaults.set('team', NAME, 'one');
    const body = '{"error":{"code":"Throttled","message":"slow down"}}';
    const stop = vaults.server.inject({ fault: { kind: 'status', status: 429, body } });
    expect(await errorOf(team.getSecret(NAME))).toMatchObject({ statusCode: 429, code: 'Throttled' });
    expect(vaults.server.requests).toHaveLength(1);
    stop();
    vaults.server.inject({
      fault: { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
      times: 1,
    });

    expect((await team.getSecret(NAME)).value).toBe('one');
  });
});

describe('listing', () => {
  const many = Array.from({ length: 60 }, (_, index) => `s-${String(index).padStart(2, '0')}`);

  it('pages by 25 and by less when asked', async () => {
    for (const name of many) vaults.set('team', name, 'x');

    const pages = await all(team.listPropertiesOfSecrets().byPage());
    expect(pages.map((page) => page.length)).toEqual([25, 25, 10]);
    expect(pages.flat().map(({ name }) => name)).toEqual(many);
    const small = await all(team.listPropertiesOfSecrets().byPage({ maxPageSize: 20 }));
    expect(small.map((page) => page.length)).toEqual([20, 20, 20]);
    await expect(all(team.listPropertiesOfSecrets().byPage({ maxPageSize: 26 }))).rejects.toMatchObject({
      statusCode: 400,
    });
  });

  it('stays whole when secrets come and go between two pages', async () => {
    for (const name of many) vaults.set('team', name, 'x');
    const pages = team.listPropertiesOfSecrets().byPage();
    const first = await pages.next();
    vaults.delete('team', 's-00');
    vaults.set('team', 'a-new', 'x');

    const rest = (await all(pages)).flat().map(({ name }) => name);
    expect([...first.value.map(({ name }: SecretProperties) => name), ...rest]).toEqual(many);
  });

  it('fails as a whole when one page fails', async () => {
    for (const name of many) vaults.set('team', name, 'x');
    vaults.server.inject({
      fault: { kind: 'status', status: 403, body: '{"error":{"code":"Forbidden","message":""}}' },
      when: ({ query }) => query.has('$skiptoken'),
    });

    await expect(all(team.listPropertiesOfSecrets())).rejects.toMatchObject({ statusCode: 403 });
  });

  it('lists versions in pages of 25 and in no order of time', async () => {
    const created = Array.from({ length: 30 }, (_, index) => vaults.set('team', NAME, `v${index}`));
    const pages = await all(team.listPropertiesOfSecretVersions(NAME).byPage());
    const listed = pages.flat();

    expect(pages.map((page) => page.length)).toEqual([25, 5]);
    expect(listed.map(({ version }) => version)).toEqual(created.toSorted());
    await expect(all(team.listPropertiesOfSecretVersions('missing'))).rejects.toMatchObject({
      statusCode: 404,
    });
  });
});
