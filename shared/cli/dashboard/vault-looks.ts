import type { SecretRef } from '../../names.ts';
import type { Context } from '../command.ts';
import type { VaultOptions } from '../connect/flags.ts';
import { lookIntoVault, type VaultLook } from '../explain/vault.ts';

/** What the vault shows of a secret to the person, not asked more often than makes sense. */
type VaultLooks = (secret: SecretRef) => Promise<VaultLook>;

const FRESH_MS = 4000;
/** Who may not look, or has not signed in, will not a moment later; and finding that out takes seconds. */
const REFUSED_MS = 60_000;
const KEPT = 50;

/** Whoever has not signed in, or asks a vault that does not answer, sees what the tables say meanwhile. */
const PATIENCE_MS = 1500;
const NOT_YET: VaultLook = {
  view: { state: 'unknown', message: 'it has not answered yet' },
  tags: undefined,
  versions: [],
};

export function createVaultLooks(options: VaultOptions, context: Context): VaultLooks {
  const looks = createLooks(options, context);
  return (secret) => {
    const patience = new Promise<VaultLook>((resolve) => {
      setTimeout(() => resolve(NOT_YET), PATIENCE_MS).unref();
    });
    return Promise.race([looks(secret), patience]);
  };
}

function createLooks(options: VaultOptions, context: Context): VaultLooks {
  const known = new Map<string, { look: Promise<VaultLook>; until: number }>();
  return (secret) => {
    const key = `${secret.vault}/${secret.name}`;
    const before = known.get(key);
    if (before !== undefined && Date.now() < before.until) return before.look;
    if (known.size >= KEPT) known.clear();
    const look = lookIntoVault(secret, options, context);
    const entry = { look, until: Date.now() + FRESH_MS };
    known.set(key, entry);
    void look.then(
      ({ view }) => {
        if (view.state === 'unknown') entry.until = Date.now() + REFUSED_MS;
      },
      () => known.delete(key),
    );
    return look;
  };
}
