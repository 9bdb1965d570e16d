import { Option } from 'commander';
import type { AddCommand } from '../command.ts';
import { examples } from '../command.ts';
import type { VaultOptions } from '../connect/vault.ts';
import { withVaults } from '../connect/vault.ts';
import type { ConnectOptions } from '../connect/settings.ts';
import { withRegistry } from '../connect/settings.ts';

const HELP = examples(
  'vaultcast explain app-1--pg--password',
  'vaultcast explain team/app-1--pg--password --vault-url team=https://team.vault.azure.net',
  'vaultcast explain app-1--pg--password -o json | jq .targets',
);

export interface ExplainOptions extends ConnectOptions, VaultOptions {
  output: 'table' | 'json';
}

export const addExplain: AddCommand = (program, context) => {
  const command = program
    .command('explain')
    .description(
      'Where is a secret, which version, since when, and what is wrong? Exit code 2 when something is',
    )
    .argument('<[vault/]secret>', 'name in Key Vault; the vault by its alias, where routes do not tell')
    .addOption(new Option('-o, --output <format>', 'format').choices(['table', 'json']).default('table'));
  withVaults(withRegistry(command))
    .addHelpText('after', HELP)
    .action(async (secret: string, options: ExplainOptions) => {
      const { explain } = await import('./run.ts');
      context.finish(await explain(secret, options, context));
    });
};
