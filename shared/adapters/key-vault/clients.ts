import type { AsyncLocalStorage } from 'node:async_hooks';
import type { TokenCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { VaultcastError } from '../../errors.ts';
import { boundCredential } from '../identity/tokens.ts';
import { createCallPolicy } from './policy.ts';
import type { VaultCall } from './policy.ts';

export interface KeyVaultOptions {
  /** Alias -> URL, from configuration: no vault is ever taken from anywhere else. */
  vaults: ReadonlyMap<string, string>;
  credential: TokenCredential;
  /** Authorities to trust instead of Node's, PEM: for tests against a server of their own. */
  ca?: string;
  /** Milliseconds for one read, and for a whole list; further attempts included. */
  timeouts?: { read: number; list: number };
}

const TOKEN_TIMEOUT_MS = 10_000;

/** One SecretClient, and so one token and one set of connections, per vault and process; made on first use. */
export function createVaultClients(
  { vaults, credential, ca }: KeyVaultOptions,
  calls: AsyncLocalStorage<VaultCall>,
): (vault: string) => SecretClient {
  const open = new Map<string, SecretClient>();
  const bounded = boundCredential(credential, TOKEN_TIMEOUT_MS);

  const create = (url: string): SecretClient =>
    new SecretClient(url, bounded, {
      retryOptions: { maxRetries: 0 },
      redirectOptions: { maxRetries: 0 },
      additionalPolicies: [{ policy: createCallPolicy(calls, url), position: 'perCall' }],
      ...(ca !== undefined && { tlsOptions: { ca } }),
    });

  return (vault) => {
    const url = vaults.get(vault);
    if (url === undefined)
      throw new VaultcastError('VAULT_FORBIDDEN', `vault ${vault} is not configured in VAULTS`);
    const client = open.get(vault) ?? create(url);
    open.set(vault, client);
    return client;
  };
}
