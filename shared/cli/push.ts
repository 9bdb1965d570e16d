import type { AddCommand } from './command.ts';
import { examples } from './command.ts';
import { withRun } from './run/run.ts';
import type { RunOptions } from './run/run.ts';

const HELP = examples(
  'vaultcast push app-1--pg--password',
  'vaultcast push team/app-1--pg--password --no-wait',
  'vaultcast push app-1--pg--password --accept-older   # after STALE_READ: the vault was restored on purpose',
);

export interface PushOptions extends RunOptions {
  acceptOlder?: boolean;
  removeNow?: boolean;
}

export const addPush: AddCommand = (program, context) => {
  const command = program
    .command('push')
    .description('Let the app deliver one secret now, as if it had just changed')
    .argument('<[vault/]secret>', 'name in Key Vault; the vault by its alias, where routes do not tell')
    .option('--accept-older', 'deliver the latest version even if it is older than the one delivered')
    .option('--remove-now', 'remove what the route says is to go, without waiting for a second run');
  withRun(command)
    .addHelpText('after', HELP)
    .action(async (secret: string, options: PushOptions) => {
      const { push } = await import('./push-run.ts');
      context.finish(await push(secret, options, context));
    });
};
