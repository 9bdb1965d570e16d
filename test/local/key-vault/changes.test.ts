import { SecretClient } from '@azure/keyvault-secrets';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import '../network/dns.mjs';
import { startKeyVault, VAULT_RESOURCE } from './vaults.ts';
import type { KeyVaultOptions, KeyVaultStandIn } from './vaults.ts';
import { createAuthority } from '../network/authority.ts';
import type { Authority } from '../network/authority.ts';
import { startTokens } from '../tokens/service.ts';
import type { TokenService } from '../tokens/service.ts';

const NAME = 'app-1--pg--password';
const NOON = Date.parse('2026-11-21T12:00:00Z');
const AT_ONCE = { intervalInMs: 1 };
let authority: Authority;
let tokens: TokenService;
let vaults: KeyVaultStandIn;
let clock: number;
let team: SecretClient;

beforeAll(async () => {
  authority = await createAuthority();
  tokens = await startTokens(authority);
  return () => tokens.stop();
});
beforeEach(() => {
  clock = NOON;
});
afterEach(() => vaults.stop());

async function start(options: Partial<KeyVaultOptions> = {}): Promise<void> {
  vaults = await startKeyVault({ authority, tokens, vaults: ['team'], now: () => clock, ...options });
  const getToken = async () => ({
    token: await tokens.issue(VAULT_RESOURCE),
    expiresOnTimestamp: Date.now() + 3_600_000,
  });
  const retryOptions = { maxRetries: 0 };
  team = new SecretClient(
    vaults.url('team'),
    { getToken },
    { tlsOptions: { ca: authority.caPem }, retryOptions },
  );
}

const valueOf = async (name = NAME) => (await team.getSecret(name)).value;

describe('changes over HTTP', () => {
  beforeEach(() => start());

  it('sets a secret with its properties', async () => {
    const notBefore = new Date(NOON - 1000);
    await team.setSecret(NAME, 'one', {
      tags: { a: 'b' },
      contentType: 'text/plain',
      enabled: true,
      notBefore,
    });
    const { version } = (await team.setSecret(NAME, 'two')).properties;

    expect(vaults.history('team', NAME)).toMatchObject([
      { value: 'one', tags: { a: 'b' }, contentType: 'text/plain', nbf: notBefore.getTime() / 1000 },
      { value: 'two', version, created: NOON / 1000 },
    ]);
  });

  it('updates attributes of one version, or of the latest, and never its value', async () => {
    const first = vaults.set('team', NAME, 'one');
    vaults.set('team', NAME, 'two', { tags: { keep: 'me' } });
    clock += 60_000;
    await team.updateSecretProperties(NAME, first, { tags: { old: 'yes' } });
    await team.updateSecretProperties(NAME, '', { enabled: false });

    expect(vaults.history('team', NAME)).toMatchObject([
      { value: 'one', enabled: true, tags: { old: 'yes' }, updated: NOON / 1000 + 60 },
      { value: 'two', enabled: false, tags: { keep: 'me' }, created: NOON / 1000, updated: NOON / 1000 + 60 },
    ]);
  });

  it('deletes softly, recovers everything as it was', async () => {
    const version = vaults.set('team', NAME, 'one', { tags: { a: 'b' } });
    const deletion = await team.beginDeleteSecret(NAME, AT_ONCE);

    expect(await deletion.pollUntilDone()).toMatchObject({ name: NAME, deletedOn: new Date(NOON) });
    await expect(valueOf()).rejects.toMatchObject({ code: 'SecretNotFound' });
    expect(vaults.latest('team', NAME)).toBeUndefined();
    expect(await team.getDeletedSecret(NAME)).toMatchObject({ name: NAME });
    const deleted: string[] = [];
    for await (const { name } of team.listDeletedSecrets()) deleted.push(name);
    expect(deleted).toEqual([NAME]);

    await (await team.beginRecoverDeletedSecret(NAME, AT_ONCE)).pollUntilDone();
    expect(await valueOf()).toBe('one');
    expect(vaults.latest('team', NAME)).toMatchObject({ version, tags: { a: 'b' }, updated: NOON / 1000 });
  });

  it('does not give the name of a deleted secret away until it is purged', async () => {
    vaults.set('team', NAME, 'one');
    vaults.delete('team', NAME);

    await expect(team.setSecret(NAME, 'two')).rejects.toMatchObject({ statusCode: 409, code: 'Conflict' });
    await team.purgeDeletedSecret(NAME);
    expect(vaults.history('team', NAME)).toEqual([]);
    await team.setSecret(NAME, 'two');
    expect(vaults.history('team', NAME)).toHaveLength(1);
  });

  it('refuses to recover, purge or update what is not there', async () => {
    await expect(team.beginRecoverDeletedSecret(NAME, AT_ONCE)).rejects.toMatchObject({ statusCode: 404 });
    await expect(team.purgeDeletedSecret(NAME)).rejects.toMatchObject({ statusCode: 404 });
    await expect(team.updateSecretProperties(NAME, '', {})).rejects.toMatchObject({ statusCode: 404 });
  });
});

describe('changes by people', () => {
  beforeEach(() => start());

  it('people set a version and times of their own, so that a test can tell any story', async () => {
    const version = 'a'.repeat(32);
    vaults.set('team', NAME, 'one', { version, created: NOON / 1000 - 3600 });
    const { properties } = await team.getSecret(NAME);

    expect(properties).toMatchObject({ version, createdOn: new Date(NOON - 3_600_000) });
  });

  it('people take a date away again', () => {
    vaults.set('team', NAME, 'one', { nbf: 1, exp: 2 });
    vaults.update('team', NAME, undefined, { nbf: null });

    expect(vaults.latest('team', NAME)).not.toHaveProperty('nbf');
    expect(vaults.latest('team', NAME)).toMatchObject({ exp: 2 });
  });

  it('two rotations in one second have two versions and one time', () => {
    vaults.set('team', NAME, 'one');
    vaults.set('team', NAME, 'one');
    const [first, second] = vaults.history('team', NAME);

    expect(first?.created).toBe(second?.created);
    expect(first?.version).not.toBe(second?.version);
  });

  it('a change of a vault that is not served fails', () => {
    expect(() => vaults.set('nowhere', NAME, 'one')).toThrow('no vault nowhere');
  });
});

describe('replicas', () => {
  it('a replica lacks a secret that is newer than it is, and refuses writes, while people go on', async () => {
    await start();
    vaults.set('team', NAME, 'one');
    vaults.serveStale('team', true);
    vaults.set('team', NAME, 'two');
    vaults.set('team', 'new', 'x');

    await expect(valueOf('new')).rejects.toMatchObject({ code: 'SecretNotFound' });
    await expect(team.setSecret(NAME, 'three')).rejects.toMatchObject({ statusCode: 503 });
    expect(vaults.latest('team', NAME)?.value).toBe('two');

    vaults.serveStale('team', false);
    expect(await valueOf('new')).toBe('x');
  });

  it('a replica that lags shows a change only after the lag, and changes in their order', async () => {
    await start({ replicaLagMs: 5000 });
    vaults.set('team', NAME, 'one');
    await expect(valueOf()).rejects.toMatchObject({ code: 'SecretNotFound' });
    clock += 3000;
    vaults.set('team', NAME, 'two');
    clock += 2000;
    expect(await valueOf()).toBe('one');
    clock += 3000;
    expect(await valueOf()).toBe('two');
  });
});

describe('outages', () => {
  it('refuses connections while down and keeps its secrets', async () => {
    await start();
    vaults.set('team', NAME, 'one');
    await vaults.server.down();
    await expect(valueOf()).rejects.toMatchObject({ code: 'ECONNREFUSED' });

    await vaults.server.up();
    expect(await valueOf()).toBe('one');
  });
});
