import type { AsyncLocalStorage } from 'node:async_hooks';
import type { HttpClient } from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/identity';
import type { CertificateClient } from '@azure/keyvault-certificates';
import { SecretClient, type SecretClientOptions } from '@azure/keyvault-secrets';
import { VaultcastError } from '../../errors.ts';
import { boundCredential } from '../identity/tokens.ts';
import { createCallPolicy } from './policy.ts';
import type { VaultCall } from './policy.ts';

const TOKEN_TIMEOUT_MS = 10_000;

/**
 * One client of a kind, and so one token and one set of connections, per vault and process; made on first use. That of
 * certificates is loaded by the first who asks for one: hardly anybody does.
 *
 * @param vaults alias -> URL, from configuration: no vault is ever taken from anywhere else
 */
export function createVaultClients(
  vaults: ReadonlyMap<string, string>,
  credential: TokenCredential,
  httpClient: HttpClient,
  calls: AsyncLocalStorage<VaultCall>,
) {
  const bounded = noticing(boundCredential(credential, TOKEN_TIMEOUT_MS), calls);

  const create = (url: string) => {
    const options: Omit<SecretClientOptions, 'serviceVersion'> = {
      retryOptions: { maxRetries: 0 },
      redirectOptions: { maxRetries: 0 },
      additionalPolicies: [{ policy: createCallPolicy(calls, url), position: 'perCall' }],
      httpClient,
    };
    let certificates: Promise<CertificateClient> | undefined;
    return {
      secrets: new SecretClient(url, bounded, options),
      certificates: () =>
        (certificates ??= import('@azure/keyvault-certificates').then(
          (loaded) => new loaded.CertificateClient(url, bounded, options),
        )),
    };
  };

  const open = new Map<string, ReturnType<typeof create>>();
  return (vault: string) => {
    const url = vaults.get(vault);
    if (url === undefined)
      throw new VaultcastError('BAD_SETTING', `vault ${vault} is not configured in VAULTS`);
    const client = open.get(vault) ?? create(url);
    open.set(vault, client);
    return client;
  };
}

/** A call that waits for a token has asked the vault for nothing yet. */
function noticing(credential: TokenCredential, calls: AsyncLocalStorage<VaultCall>): TokenCredential {
  return {
    async getToken(scopes, options) {
      const call = calls.getStore();
      if (call !== undefined) call.awaitsToken = true;
      const token = await credential.getToken(scopes, options);
      if (call !== undefined) call.awaitsToken = false;
      return token;
    },
  };
}
