import type { AddCommand, Context } from './command.ts';
import { examples } from './command.ts';
import { readRegistry } from './connect/registry.ts';
import { pushOrder } from './run/orders.ts';
import { runInApp, withRun } from './run/run.ts';
import type { RunOptions } from './run/run.ts';
import type { ExitCode } from './terminal/io.ts';
import { oneSecret } from './terminal/words.ts';

const HELP = examples(
  'vaultcast push app-1--pg--password',
  'vaultcast push team/app-1--pg--password --no-wait',
  'vaultcast push app-1--pg--password --accept-older   # after STALE_READ: the vault was restored on purpose',
);

interface PushOptions extends RunOptions {
  acceptOlder?: boolean;
  removeNow?: boolean;
}

export const addPush: AddCommand = (command, context) => {
  command
    .argument('<[vault/]secret>', 'name in Key Vault; the vault by its alias, where routes do not tell')
    .option('--accept-older', 'deliver the latest version even if it is older than the one delivered')
    .option('--remove-now', 'remove what the route says is to go, without waiting for a second run');
  withRun(command)
    .addHelpText('after', HELP)
    .action(async (word: string, options: PushOptions) => {
      context.finish(await push(word, options, context));
    });
};

async function push(word: string, options: PushOptions, context: Context): Promise<ExitCode> {
  const { routes } = await readRegistry(options, context);
  const { vault, name } = oneSecret(word, routes);
  const { acceptOlder = false, removeNow = false } = options;
  const order = pushOrder({ vault, secret: name, acceptOlder, removeNow });
  return runInApp([order], options, context);
}
