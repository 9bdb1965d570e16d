import { ManagedIdentityCredential } from '@azure/identity';
import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose';
import { Agent, fetch as undiciFetch } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import '../network/dns.mjs';
import { createAuthority } from '../network/authority.ts';
import type { Authority } from '../network/authority.ts';
import { startTokens } from './service.ts';
import type { TokenService } from './service.ts';

const VAULT = 'https://vault.localhost';
let authority: Authority;
let tokens: TokenService;

beforeAll(async () => {
  authority = await createAuthority();
  tokens = await startTokens(authority);
});
afterAll(() => tokens.stop());
afterEach(() => vi.unstubAllEnvs());

function inAppService(): void {
  vi.stubEnv('IDENTITY_ENDPOINT', tokens.identityEndpoint);
  vi.stubEnv('IDENTITY_HEADER', tokens.identityHeader);
}

describe('the managed identity endpoint', () => {
  it('gives the real ManagedIdentityCredential a token for the resource it asked for', async () => {
    inAppService();
    const credential = new ManagedIdentityCredential({ clientId: 'client-1' });
    const { token, expiresOnTimestamp } = await credential.getToken(`${VAULT}/.default`);

    await expect(tokens.verify(token, [VAULT])).resolves.toEqual({ oid: tokens.objectId });
    expect(expiresOnTimestamp).toBeGreaterThan(Date.now() + 3_000_000);
    expect(tokens.requests.at(-1)).toMatchObject({ resource: VAULT, clientId: 'client-1' });
  });

  it('serves a system-assigned identity, which sends no client id', async () => {
    inAppService();
    const { token } = await new ManagedIdentityCredential().getToken(
      '6dae42f8-4368-4678-94ff-3960e28e3630/.default',
    );

    await expect(tokens.verify(token, ['6dae42f8-4368-4678-94ff-3960e28e3630'])).resolves.toBeDefined();
    expect(tokens.requests.at(-1)).not.toHaveProperty('clientId');
  });

  // By hand: MSAL keeps the endpoint and header it saw first for the whole process.
  it('refuses a wrong or missing identity header', async () => {
    const url = `${tokens.identityEndpoint}?resource=x&api-version=2019-08-01`;

    expect((await fetch(url, { headers: { 'x-identity-header': 'wrong' } })).status).toBe(401);
    expect((await fetch(url)).status).toBe(401);
  });

  it.each(['?resource=x', '?api-version=2019-08-01', '?resource=x&api-version=2017-09-01'])(
    'refuses %s',
    async (query) => {
      const headers = { 'x-identity-header': tokens.identityHeader };
      expect((await fetch(tokens.identityEndpoint + query, { headers })).status).toBe(400);
    },
  );
});

describe('the issuer', () => {
  it('is found through OIDC discovery over TLS by its name', async () => {
    const dispatcher = new Agent({ connect: { ca: authority.caPem } });
    const get = (url: string) => undiciFetch(url, { dispatcher });
    const found = await get(`${tokens.issuerUrl}/.well-known/openid-configuration`);
    const { issuer, jwks_uri: uri } = (await found.json()) as { issuer: string; jwks_uri: string };
    const keys = createRemoteJWKSet(new URL(uri), {
      [customFetch]: async (url) => new Response(await (await get(url)).text()),
    });
    const { payload } = await jwtVerify(await tokens.issue('cluster'), keys, {
      issuer: tokens.issuerUrl,
      audience: 'cluster',
    });

    expect(issuer).toBe(tokens.issuerUrl);
    expect(payload).toMatchObject({ oid: tokens.objectId, sub: tokens.objectId });
    await dispatcher.close();
  });

  it('issues tokens for other principals, too', async () => {
    const token = await tokens.issue(VAULT, { oid: 'somebody' });
    await expect(tokens.verify(token, [VAULT])).resolves.toEqual({ oid: 'somebody' });
  });

  it('does not accept an expired token, another audience, another issuer or a changed token', async () => {
    const other = await startTokens(authority);
    const foreign = await other.issue(VAULT);
    await other.stop();
    const bad = [
      await tokens.issue(VAULT, { expiresIn: -10 }),
      await tokens.issue('https://other'),
      foreign,
      'x.y.z',
      '',
    ];

    for (const token of bad) await expect(tokens.verify(token, [VAULT])).resolves.toBeUndefined();
  });
});
