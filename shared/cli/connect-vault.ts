import type { Command } from 'commander';
import { parseVaults } from '../config-vaults.ts';
import type { KeyVault } from '../ports.ts';
import { CliError } from './failure.ts';
import type { Io } from './io.ts';
import { EXIT } from './io.ts';
import { collect } from './options.ts';
import { signIn } from './sign-in.ts';

export interface VaultOptions {
  vaultUrl?: string[];
}

export type OpenVault = (options: VaultOptions, io: Io) => Promise<KeyVault>;

const ADVICE = 'Give --vault-url ALIAS=https://NAME.vault.azure.net, or set VAULTS as the app has it.';

export function withVaults(command: Command): Command {
  return command.option(
    '--vault-url <alias=url>',
    'where a vault is, by the alias that routes use; repeatable; default: VAULTS',
    collect,
  );
}

/** Alias -> origin. Throws CliError: nothing says where vaults are, and a guess could ask somebody else's. */
export function vaultsOf({ vaultUrl = [] }: VaultOptions, env: Io['env']): ReadonlyMap<string, string> {
  const text = vaultUrl.length > 0 ? vaultUrl.join(',') : (env['VAULTS'] ?? '');
  const { value, problems } = parseVaults(text);
  const name = vaultUrl.length > 0 ? '--vault-url' : 'VAULTS';
  if (problems.length === 0) return value;
  throw new CliError(problems.map((problem) => `${name} ${problem}`).join('; '), ADVICE, EXIT.usage);
}

/** The vaults with the person's own rights: what they may not see, no command shows them. */
export const openVault: OpenVault = async (options, { env }) => {
  const vaults = vaultsOf(options, env);
  const { createKeyVault } = await import('../adapters/key-vault.ts');
  const timeouts = { read: 20_000, list: 120_000 };
  return createKeyVault({ vaults, credential: await signIn(), timeouts });
};
