import { Argument, Option } from 'commander';
import type { AddCommand } from './command.ts';
import { examples } from './command.ts';
import { withRegistry } from './connect.ts';

const HELP = examples(
  'vaultcast get clusters',
  'vaultcast get route app-1 -o yaml > app-1.yaml   # goes back through apply unchanged',
  'vaultcast get routes -o json | jq -r .[].metadata.name',
);

export interface GetOptions {
  output: 'table' | 'json' | 'yaml';
  registry?: string;
  registryAccount?: string;
}

const KINDS = ['clusters', 'routes', 'cluster', 'route'];

export const addGet: AddCommand = (program, context) => {
  const command = program
    .command('get')
    .description('Show clusters or routes; exit code 2 when a row is invalid')
    .addArgument(new Argument('<kind>').choices(KINDS))
    .argument('[names...]', 'only these')
    .addOption(
      new Option('-o, --output <format>', 'format').choices(['table', 'json', 'yaml']).default('table'),
    );
  withRegistry(command)
    .addHelpText('after', HELP)
    .action(async (kind: string, names: string[], options: GetOptions) => {
      const { get } = await import('./get-run.ts');
      context.finish(await get(kind, names, options, context));
    });
};
