import { SecretClient } from '@azure/keyvault-secrets';
import { QueueClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyWhoDecides } from '../../infra/verify/aks.ts';
import { describe as describeError, fact } from '../../infra/verify/check.ts';
import { verifyEvents } from '../../infra/verify/events.ts';
import { refusal, verifyVault } from '../../infra/verify/vault.ts';
import { type LocalStorage, startAzurite } from '../local/azurite/storage.ts';
import '../local/network/dns.mjs';
import { type KeyVaultStandIn, startKeyVault, VAULT_RESOURCE } from '../local/key-vault/vaults.ts';
import { createAuthority } from '../local/network/authority.ts';
import { startTokens, type TokenService } from '../local/tokens/service.ts';

let tokens: TokenService;
let vaults: KeyVaultStandIn;
let client: SecretClient;
let storage: LocalStorage;

beforeAll(async () => {
  const authority = await createAuthority();
  tokens = await startTokens(authority);
  vaults = await startKeyVault({ authority, tokens, vaults: ['team'] });
  storage = await startAzurite();
  const credential = {
    getToken: async () => ({
      token: await tokens.issue(VAULT_RESOURCE),
      expiresOnTimestamp: Date.now() + 3_600_000,
    }),
  };
  client = new SecretClient(vaults.url('team'), credential, { tlsOptions: { ca: authority.caPem } });
});
afterAll(async () => {
  await storage.stop();
  await vaults.stop();
  await tokens.stop();
});

describe('verify:azure', () => {
  it('finds that every fact of the vault holds for a vault like the one assumed', async () => {
    const facts = await verifyVault(client, 'vaultcast-verify-1');

    expect(facts.filter((one) => !one.holds)).toEqual([]);
    expect(facts.length).toBeGreaterThan(6);
    expect(vaults.latest('team', 'vaultcast-verify-1')).toBeUndefined();
  });

  it('says what it found where a vault does something else', async () => {
    const forbid = vaults.forbid('team', 'firewall');
    const found = await refusal('a vault without a role refuses', 'ForbiddenByRbac', () =>
      client.getSecret('any'),
    );
    forbid();

    expect(found).toMatchObject({ holds: false, expected: 'ForbiddenByRbac' });
    expect(found.found).not.toBe('');
  });

  it('recognises the event of a new version, and that disabling raises none', async () => {
    const queue = new QueueClient(storage.connectionString, 'verify');
    await queue.create();
    const delivering = deliverOnce(queue, 'vaultcast-verify-2');

    const facts = await verifyEvents(client, queue, 'vaultcast-verify-2', 3000);
    await delivering;

    expect(facts.map((one) => one.holds)).toEqual([true, true]);
    expect(facts[0]?.found).toContain('accepted');
  });

  it.each([
    [
      'with Azure RBAC, refused by Azure',
      true,
      {
        allowed: false,
        reason: 'User does not have access to the resource in Azure. Update role assignment to allow access.',
      },
      true,
    ],
    ['with Azure RBAC, refused in other words', true, { allowed: false, reason: 'RBAC: forbidden' }, false],
    ['with Azure RBAC, for its administrator', true, { allowed: true }, true],
    ['without it', false, { allowed: false, reason: '' }, true],
    [
      'without it, and Azure refuses',
      false,
      { allowed: false, reason: 'User does not have access to the resource in Azure' },
      false,
    ],
  ])('knows who decides in a cluster %s', async (_, azureRbac, status, holds) => {
    expect(await verifyWhoDecides(azureRbac, () => Promise.resolve({ status }))).toMatchObject({ holds });
  });

  it('tells an error by its kind and never by its text', async () => {
    const failed = await fact('anything', 'nothing', () => Promise.reject(new RangeError('quotes a value')));
    expect(failed).toEqual({
      fact: 'anything',
      expected: 'nothing',
      found: 'failed: RangeError',
      holds: false,
    });
    expect(describeError('text')).toBe('string');
  });
});

/** What Event Grid does once the secret is there. */
async function deliverOnce(queue: QueueClient, name: string): Promise<void> {
  await expect.poll(() => vaults.latest('team', name), { timeout: 5000 }).toBeDefined();
  const event = vaults.eventFor('team', name, { schema: 'eventgrid', type: 'new-version' });
  await queue.sendMessage(Buffer.from(JSON.stringify(event)).toString('base64'));
}
