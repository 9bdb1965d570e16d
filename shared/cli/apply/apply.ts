import type { AddCommand } from '../command.ts';
import { examples } from '../command.ts';
import type { QueueOptions } from '../connect/queue.ts';
import { withQueue } from '../connect/queue.ts';
import type { VaultOptions } from '../connect/vault.ts';
import { withVaults } from '../connect/vault.ts';
import type { ConnectOptions } from '../connect/settings.ts';
import { withRegistry } from '../connect/settings.ts';
import { collect, FILENAME } from '../terminal/options.ts';

const HELP = examples(
  'vaultcast apply -f registry/ --dry-run     # what would change? exit code 2 when something does',
  'vaultcast apply -f registry/ --prune --yes # in a pipeline: the registry says what the files say',
  'vaultcast apply -f registry/app-1.yaml --wait # and deliver it now',
  'vaultcast get routes -o yaml | vaultcast apply -f - --yes',
);

export interface ApplyOptions extends ConnectOptions, QueueOptions, VaultOptions {
  filename: string[];
  prune?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  reconcile?: boolean;
  wait?: boolean;
}

export const addApply: AddCommand = (program, context) => {
  const command = program
    .command('apply')
    .description(
      'Make the registry say what files say: shows a plan, asks, writes, and starts a reconcile of it',
    )
    .requiredOption(
      FILENAME,
      'YAML or JSON file, folder (with all below), or - for stdin; repeatable',
      collect,
    )
    .option('--dry-run', 'show the plan only; exit code 2 when something differs')
    .option('--prune', 'also delete what is in the registry but not in the files')
    .option('-y, --yes', 'do not ask; needed where nobody can be asked')
    .option('--no-reconcile', 'leave what changed to the next run of the timer')
    .option('--wait', 'wait for the reconcile of what changed, and show what came of it');
  withVaults(withQueue(withRegistry(command)))
    .addHelpText('after', HELP)
    .action(async (options: ApplyOptions) => {
      const { apply } = await import('./run.ts');
      context.finish(await apply(options, context));
    });
};
