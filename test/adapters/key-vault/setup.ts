import type { TokenCredential } from '@azure/identity';
import '../../local/network/dns.mjs';
import { startKeyVault, VAULT_RESOURCE } from '../../local/key-vault/vaults.ts';
import type { KeyVaultStandIn } from '../../local/key-vault/vaults.ts';
import { createAuthority } from '../../local/network/authority.ts';
import type { Authority } from '../../local/network/authority.ts';
import { startTokens } from '../../local/tokens/service.ts';
import type { TokenService } from '../../local/tokens/service.ts';

export interface LocalVaults {
  authority: Authority;
  tokens: TokenService;
  standIn: KeyVaultStandIn;
  credential: TokenCredential;
  /** Alias -> URL. */
  vaults: ReadonlyMap<string, string>;
  stop(): Promise<void>;
}

/** The vaults `team` and `other` behind real TLS, and a credential for them. */
export async function startVaults(): Promise<LocalVaults> {
  const authority = await createAuthority();
  const tokens = await startTokens(authority);
  const standIn = await startKeyVault({ authority, tokens, vaults: ['team', 'other'] });
  const credential: TokenCredential = {
    getToken: async () => ({
      token: await tokens.issue(VAULT_RESOURCE),
      expiresOnTimestamp: Date.now() + 3_600_000,
    }),
  };
  return {
    authority,
    tokens,
    standIn,
    credential,
    vaults: new Map(['team', 'other'].map((name) => [name, standIn.url(name)])),
    stop: async () => {
      await Promise.all([standIn.stop(), tokens.stop()]);
    },
  };
}
