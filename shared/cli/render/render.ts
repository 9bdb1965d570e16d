import { Option } from 'commander';
import type { AddCommand } from '../command.ts';
import { examples } from '../command.ts';
import type { VaultOptions } from '../connect/vault.ts';
import { withVaults } from '../connect/vault.ts';
import type { ConnectOptions } from '../connect/settings.ts';
import { withRegistry } from '../connect/settings.ts';
import { collect, FILENAME } from '../terminal/options.ts';

const HELP = examples(
  'vaultcast render app-1                                   # values are read with your own sign-in, never shown',
  'vaultcast render app-1 --secret app-1--pg--password',
  'vaultcast render app-1 -f registry/ --from samples.yaml   # offline, before anything is applied',
  '# samples.yaml: [{name: app-1--pg--password, value: made-up}, …], perhaps with contentType and tags',
);

export interface RenderOptions extends ConnectOptions, VaultOptions {
  filename?: string[];
  from?: string;
  secret?: string;
  output: 'table' | 'json';
}

export const addRender: AddCommand = (program, context) => {
  const command = program
    .command('render')
    .description(
      'Show the Secrets a route makes: keys, sizes, sources and types, never values; exit code 2 when refused',
    )
    .argument('<route>', 'name of the route')
    .option(FILENAME, 'take the route from these files instead of the registry; repeatable', collect)
    .option('--from <file>', 'sample secrets (YAML or JSON) instead of the vault')
    .option('--secret <name>', 'only the Secrets this Key Vault secret feeds')
    .addOption(new Option('-o, --output <format>', 'format').choices(['table', 'json']).default('table'));
  withVaults(withRegistry(command))
    .addHelpText('after', HELP)
    .action(async (route: string, options: RenderOptions) => {
      const { render } = await import('./run.ts');
      context.finish(await render(route, options, context));
    });
};
