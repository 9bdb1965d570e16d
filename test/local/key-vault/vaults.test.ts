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

  it('keeps vaults apart', async () => {
    vaults.set('team', NAME, 'one');
    expect(await errorOf(clientFor('other').getSecret(NAME))).toEqual(MISSING);
  });
});

describe('reading', () => {
  it('gives the latest version, or the one asked for', async () => {
    const first = vaults.set('team', NAME, 'one', { tags: { owner: 'app-1' }, contentType: 'text/plain' });
    const second = vaults.set('team', NAME, 'two');
    const latest = await team.getSecret(NAME);

    expect([latest.value, latest.properties.version]).toEqual(['two', second]);
    const older = await team.getSecret(NAME, { version: first });
    expect(older.value).toBe('one');
    expect(older.properties).toMatchObject({
      version: first,
      tags: { owner: 'app-1' },
      contentType: 'text/plain',
    });
    expect([first, second]).toEqual([
      expect.stringMatching(/^[0-9a-f]{32}$/),
      expect.stringMatching(/^[0-9a-f]{32}$/),
    ]);
  });

  it('gives attributes in Unix seconds and its own clock in the Date header', async () => {
    const [nbf, exp] = [NOON / 1000 - 60, NOON / 1000 + 60];
    vaults.set('team', NAME, 'one', { nbf, exp });
    clock += 5000;
    vaults.update('team', NAME, undefined, { tags: { a: 'b' } });
    let date: string | undefined;
    const { properties } = await team.getSecret(NAME, {
      onResponse: ({ headers }) => void (date = headers.get('date')),
    });

    expect(properties).toMatchObject({
      enabled: true,
      notBefore: new Date(nbf * 1000),
      expiresOn: new Date(exp * 1000),
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

  it('reads versions that are expired or not yet valid, as the service does', async () => {
    vaults.set('team', NAME, 'one', { exp: NOON / 1000 - 60 });
    vaults.set('team', 'later', 'two', { nbf: NOON / 1000 + 60 });

    expect((await team.getSecret(NAME)).value).toBe('one');
    expect((await team.getSecret('later')).value).toBe('two');
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
  it('404 SecretNotFound for a missing secret, a missing version and a deleted one', async () => {
    vaults.set('team', 'gone', 'x');
    vaults.delete('team', 'gone');

    expect(await errorOf(team.getSecret('missing'))).toEqual(MISSING);
    expect(await errorOf(team.getSecret('gone'))).toEqual(MISSING);
    vaults.recover('team', 'gone');
    expect(await errorOf(team.getSecret('gone', { version: 'f'.repeat(32) }))).toEqual(MISSING);
  });

  it('403 with inner code SecretDisabled for a disabled version, and for that one only', async () => {
    const first = vaults.set('team', NAME, 'one');
    vaults.set('team', NAME, 'two', { enabled: false });

    expect(await errorOf(team.getSecret(NAME))).toEqual({
      statusCode: 403,
      code: 'Forbidden',
      inner: 'SecretDisabled',
    });
    expect((await team.getSecret(NAME, { version: first })).value).toBe('one');
    vaults.enable('team', NAME);
    expect((await team.getSecret(NAME)).value).toBe('two');
    vaults.disable('team', NAME, first);
    expect((await team.getSecret(NAME)).value).toBe('two');
  });

  it.each([
    ['rbac', 'ForbiddenByRbac', /^Caller is not authorized/],
    ['firewall', 'ForbiddenByFirewall', /^Client address is not authorized/],
  ] as const)('403 for a whole vault: %s', async (kind, inner, message) => {
    vaults.set('team', NAME, 'one');
    const lift = vaults.forbid('team', kind);

    expect(await errorOf(team.getSecret(NAME))).toEqual({ statusCode: 403, code: 'Forbidden', inner });
    await expect(team.getSecret(NAME)).rejects.toThrow(message);
    await expect(all(team.listPropertiesOfSecrets())).rejects.toMatchObject({ statusCode: 403 });
    lift();
    expect((await team.getSecret(NAME)).value).toBe('one');
  });

  it('403 for one secret leaves the others and the list alone', async () => {
    vaults.set('team', NAME, 'one');
    vaults.set('team', 'free', 'two');
    vaults.forbid('team', 'rbac', NAME.toUpperCase());

    expect(await errorOf(team.getSecret(NAME))).toMatchObject({ statusCode: 403, inner: 'ForbiddenByRbac' });
    expect((await team.getSecret('free')).value).toBe('two');
    expect(await names(team.listPropertiesOfSecrets())).toEqual([NAME, 'free']);
  });

  it('400 for a name that no secret can have, and for a value of more than 25 kB', async () => {
    expect(await errorOf(team.getSecret('under_score'))).toMatchObject({
      statusCode: 400,
      code: 'BadParameter',
    });
    expect(await errorOf(team.setSecret(NAME, 'x'.repeat(25_601)))).toMatchObject({ statusCode: 400 });
    expect((await team.setSecret(NAME, 'x'.repeat(25_600))).name).toBe(NAME);
  });

  it('429 ends at once without Retry-After and is retried by the SDK with it', async () => {
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

  it('has neither version nor value, has disabled secrets and attributes of the latest version, has no deleted ones', async () => {
    vaults.set('team', 'a', 'one', { exp: 1_900_000_000, tags: { t: '1' }, contentType: 'text/plain' });
    vaults.set('team', 'b', 'old');
    vaults.set('team', 'b', 'new', { enabled: false });
    vaults.set('team', 'c', 'x');
    vaults.delete('team', 'c');

    const listed = await all(team.listPropertiesOfSecrets());
    expect(listed).toMatchObject([
      {
        name: 'a',
        enabled: true,
        expiresOn: new Date(1_900_000_000_000),
        tags: { t: '1' },
        contentType: 'text/plain',
      },
      { name: 'b', enabled: false, createdOn: new Date(NOON), updatedOn: new Date(NOON) },
    ]);
    expect(listed.map(({ version }) => version)).toEqual([undefined, undefined]);
    expect(JSON.stringify(listed)).not.toContain('one');
  });

  it('lists versions in no order of time, paged, each with its own attributes', async () => {
    const created = Array.from({ length: 30 }, (_, index) =>
      vaults.set('team', NAME, `v${index}`, { enabled: index > 0 }),
    );
    const pages = await all(team.listPropertiesOfSecretVersions(NAME).byPage());
    const listed = pages.flat();

    expect(pages.map((page) => page.length)).toEqual([25, 5]);
    expect(listed.map(({ version }) => version)).toEqual(created.toSorted());
    expect(listed.filter(({ enabled }) => !enabled).map(({ version }) => version)).toEqual([created[0]]);
    await expect(all(team.listPropertiesOfSecretVersions('missing'))).rejects.toMatchObject({
      statusCode: 404,
    });
  });
});
