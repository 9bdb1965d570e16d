import type { AsyncLocalStorage } from 'node:async_hooks';
import type { TokenCredential } from '@azure/identity';
import type { CertificateClient } from '@azure/keyvault-certificates';
import { SecretClient, type SecretClientOptions } from '@azure/keyvault-secrets';
import { VaultcastError } from '../../errors.ts';
import { createAzureHttp } from '../azure-http.ts';
import { boundCredential } from '../identity/tokens.ts';
import { createCallPolicy } from './policy.ts';
import type { VaultCall } from './policy.ts';

export interface KeyVaultOptions {
  /** Alias -> URL, from configuration: no vault is ever taken from anywhere else. */
  vaults: ReadonlyMap<string, string>;
  credential: TokenCredential;
  /** Authorities to trust instead of Node's, PEM: for tests against a server of their own. */
  ca?: string;
  /** For one answer, a page of a list or a read; further attempts begin within it, too. Default 5 s. */
  timeoutMs?: number;
  /** Told of a listing that took long: when, and how many secrets there were. */
  slow?: (listing: { vault: string; secrets: number; durationMs: number }) => void;
}

const TOKEN_TIMEOUT_MS = 10_000;
export const TIMEOUT_MS = 5000;
/** A page holds 25 secrets' properties, of which tags may take 15 KiB each; a value takes 25 KiB. */
const ANSWER = { bytes: 2 * 1024 * 1024, values: 20_000 };

/** The clients of one vault. That of certificates is loaded by the first who asks for one: hardly anybody does. */
export interface VaultClients {
  secrets: SecretClient;
  certificates: () => Promise<CertificateClient>;
}

/** One client of a kind, and so one token and one set of connections, per vault and process; made on first use. */
export function createVaultClients(
  { vaults, credential, ca, timeoutMs = TIMEOUT_MS }: KeyVaultOptions,
  calls: AsyncLocalStorage<VaultCall>,
): (vault: string) => VaultClients {
  const open = new Map<string, VaultClients>();
  const bounded = noticing(boundCredential(credential, TOKEN_TIMEOUT_MS), calls);
  const httpClient = createAzureHttp({ timeoutMs, ...ANSWER, ca });

  const create = (url: string): VaultClients => {
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

  return (vault) => {
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
