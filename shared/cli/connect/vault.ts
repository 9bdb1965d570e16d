import type { Command } from 'commander';
import type { KeyVault } from '../../ports.ts';
import type { Io } from '../terminal/io.ts';
import { collect } from '../terminal/options.ts';
import { signIn } from './open.ts';

export interface VaultOptions {
  vaultUrl?: string[];
}

export type OpenVault = (options: VaultOptions, io: Io) => Promise<KeyVault>;

export function withVaults(command: Command): Command {
  return command.option(
    '--vault-url <alias=url>',
    'where a vault is, by the alias that routes use; repeatable; default: VAULTS',
    collect,
  );
}

/** The vaults with the person's own rights: what they may not see, no command shows them. */
export const openVault: OpenVault = async (options, { env }) => {
  const { vaultsOf } = await import('./vault-setting.ts');
  const vaults = vaultsOf(options, env);
  const { createKeyVault } = await import('../../adapters/key-vault/vault.ts');
  const timeouts = { read: 20_000, list: 120_000 };
  return createKeyVault({ vaults, credential: await signIn(), timeouts });
};
