// Key Vault, Entra and the managed identity in a process of their own.
import { startKeyVault, VAULT_RESOURCE } from '../../local/key-vault/vaults.ts';
import { AUDIENCE } from '../../local/stack/sites.ts';
import { createAuthority } from '../../local/network/authority.ts';
import { startTokens } from '../../local/tokens/service.ts';
import { offer } from '../world/remote.ts';

const VAULT = 'team';

const authority = await createAuthority();
const tokens = await startTokens(authority);
const vault = await startKeyVault({ authority, tokens, vaults: [VAULT] });

/** Long ago: a row that was read long after its secret was set is trusted by the next run. */
const AGE_SECONDS = 24 * 3600;

let since = 0;

const api = {
  trust: async () => ({
    caPem: authority.caPem,
    vaultUrl: vault.url(VAULT),
    vaultToken: await tokens.issue(VAULT_RESOURCE),
    clusterToken: await tokens.issue(AUDIENCE),
    identityEndpoint: tokens.identityEndpoint,
    identityHeader: tokens.identityHeader,
    objectId: tokens.objectId,
  }),
  /** Sets secrets as somebody did a day ago. */
  seed(values: Readonly<Record<string, string>>): void {
    const created = Math.floor(Date.now() / 1000) - AGE_SECONDS;
    for (const [name, value] of Object.entries(values)) vault.set(VAULT, name, value, { created });
  },
  /** Sets new versions now; the events of them, in their order. */
  rotate(values: Readonly<Record<string, string>>): Record<string, unknown>[] {
    return Object.entries(values).map(([name, value]) => {
      vault.set(VAULT, name, value);
      return vault.eventFor(VAULT, name, { schema: 'eventgrid', type: 'new-version' });
    });
  },
  /** Answered requests since the last look, and when the first of them came. */
  counted() {
    const asked = vault.server.requests.slice(since).filter(({ status }) => status === 200);
    since = vault.server.requests.length;
    const pages = asked.filter(({ path }) => /^\/secrets\/?$/.test(path)).length;
    return { pages, values: asked.length - pages, firstAt: asked[0]?.at ?? 0 };
  },
};

export type VaultApi = typeof api;
export type Trust = Awaited<ReturnType<typeof api.trust>>;

offer(api);
