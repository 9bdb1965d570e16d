import { parseVaults } from '../../config/vaults.ts';
import type { VaultOptions } from './vault.ts';
import { CliError } from '../terminal/failure.ts';
import type { Io } from '../terminal/io.ts';
import { EXIT } from '../terminal/io.ts';

const ADVICE = 'Give --vault-url ALIAS=https://NAME.vault.azure.net, or set VAULTS as the app has it.';

/** Alias -> origin. Throws CliError: nothing says where vaults are, and a guess could ask somebody else's. */
export function vaultsOf({ vaultUrl = [] }: VaultOptions, env: Io['env']): ReadonlyMap<string, string> {
  const text = vaultUrl.length > 0 ? vaultUrl.join(',') : (env['VAULTS'] ?? '');
  const { value, problems } = parseVaults(text);
  const name = vaultUrl.length > 0 ? '--vault-url' : 'VAULTS';
  if (problems.length === 0) return value;
  throw new CliError(problems.map((problem) => `${name} ${problem}`).join('; '), ADVICE, EXIT.usage);
}
