import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKeyVault } from './vaults.ts';
import type { KeyVaultStandIn } from './vaults.ts';
import { createAuthority } from '../network/authority.ts';
import { startTokens } from '../tokens/service.ts';
import type { TokenService } from '../tokens/service.ts';

// What an app in Azure would run: no option weakens or redirects anything.
const SCRIPT = `
  import { ManagedIdentityCredential } from '@azure/identity';
  import { SecretClient } from '@azure/keyvault-secrets';
  const client = new SecretClient(process.env.VAULT, new ManagedIdentityCredential({ clientId: 'app' }));
  console.log((await client.getSecret('app-1--pg')).value);
`;
const DNS = pathToFileURL(join(import.meta.dirname, '../network/dns.mjs')).href;
let folder: string;
let tokens: TokenService;
let vaults: KeyVaultStandIn;
let environment: Record<string, string>;

beforeAll(async () => {
  const authority = await createAuthority();
  tokens = await startTokens(authority);
  vaults = await startKeyVault({ authority, tokens, vaults: ['team'] });
  vaults.set('team', 'app-1--pg', 'hello');
  folder = await mkdtemp(join(tmpdir(), 'vaultcast-'));
  await writeFile(join(folder, 'ca.pem'), authority.caPem);
  environment = {
    VAULT: vaults.url('team'),
    IDENTITY_ENDPOINT: tokens.identityEndpoint,
    IDENTITY_HEADER: tokens.identityHeader,
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
    NODE_OPTIONS: `--import ${DNS}`,
  };
});
afterAll(async () => {
  await Promise.all([vaults.stop(), tokens.stop(), rm(folder, { recursive: true })]);
});

const run = (env: Record<string, string>) =>
  promisify(execFile)(process.execPath, ['--input-type=module', '-e', SCRIPT], { env, timeout: 15_000 });

describe('an app that knows nothing of the stand-ins', () => {
  it('reads a secret with its managed identity, given only its environment', async () => {
    expect((await run(environment)).stdout.trim()).toBe('hello');
    expect(tokens.requests).toMatchObject([{ resource: 'https://vault.localhost', clientId: 'app' }]);
  });

  it('gets nothing with a wrong identity header', async () => {
    const granted = tokens.requests.length;

    await expect(run({ ...environment, IDENTITY_HEADER: 'wrong' })).rejects.toThrow(
      /ManagedIdentityCredential/,
    );
    expect(tokens.requests).toHaveLength(granted);
  });
});
