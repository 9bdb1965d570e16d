import type { AddCommand } from './command.ts';
import { examples } from './command.ts';
import { withRegistry } from './connect.ts';
import { collect, FILENAME } from './options.ts';

const HELP = examples(
  'vaultcast apply -f registry/ --dry-run     # what would change? exit code 2 when something does',
  'vaultcast apply -f registry/ --prune --yes # in a pipeline: the registry says what the files say',
  'vaultcast get routes -o yaml | vaultcast apply -f - --yes',
);

export interface ApplyOptions {
  filename: string[];
  prune?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  registry?: string;
  registryAccount?: string;
}

export const addApply: AddCommand = (program, context) => {
  const command = program
    .command('apply')
    .description('Make the registry say what files say: shows a plan, asks, then writes')
    .requiredOption(
      FILENAME,
      'YAML or JSON file, folder (with all below), or - for stdin; repeatable',
      collect,
    )
    .option('--dry-run', 'show the plan only; exit code 2 when something differs')
    .option('--prune', 'also delete what is in the registry but not in the files')
    .option('-y, --yes', 'do not ask; needed where nobody can be asked');
  withRegistry(command)
    .addHelpText('after', HELP)
    .action(async (options: ApplyOptions) => {
      const { apply } = await import('./apply-run.ts');
      context.finish(await apply(options, context));
    });
};
