import { Argument } from 'commander';
import type { AddCommand } from './command.ts';
import { examples } from './command.ts';
import type { VaultOptions } from './connect/vault.ts';
import { withVaults } from './connect/vault.ts';
import type { ConnectOptions } from './connect/settings.ts';
import { withRegistry } from './connect/settings.ts';
import { collect, FILENAME } from './terminal/options.ts';

const HELP = examples('vaultcast delete route app-1', 'vaultcast delete -f old/ --dry-run');

export interface DeleteOptions extends ConnectOptions, VaultOptions {
  filename?: string[];
  dryRun?: boolean;
  yes?: boolean;
  ignoreNotFound?: boolean;
}

export const addDelete: AddCommand = (program, context) => {
  const command = program
    .command('delete')
    .description('Delete clusters or routes from the registry: says what that strands, asks, then deletes')
    .addArgument(new Argument('[kind]').choices(['cluster', 'route', 'clusters', 'routes']))
    .argument('[names...]')
    .option(FILENAME, 'delete what these files name: file, folder, or - for stdin; repeatable', collect)
    .option('--dry-run', 'show what would go only; exit code 2 when something would')
    .option('--ignore-not-found', 'what is not registered is no error')
    .option('-y, --yes', 'do not ask; needed where nobody can be asked');
  withVaults(withRegistry(command))
    .addHelpText('after', HELP)
    .action(async (kind: string | undefined, names: string[], options: DeleteOptions) => {
      const { deleteFrom } = await import('./delete-run.ts');
      context.finish(await deleteFrom(kind, names, options, context));
    });
};
