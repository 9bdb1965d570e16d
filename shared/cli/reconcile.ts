import type { Command } from 'commander';
import type { AddCommand, Context } from './command.ts';
import { examples } from './command.ts';
import { collect } from './terminal/options.ts';
import { withRun } from './run/run.ts';
import type { RunOptions } from './run/run.ts';

export interface ReconcileOptions extends RunOptions {
  cluster?: string[];
  route?: string;
  confirmRemovals?: string;
}

const EXITS =
  '\nExit codes: 0 all is well, 1 failed or still running, 2 differences (plan), or problems to look at';

function scoped(command: Command): Command {
  return command
    .option('--cluster <name>', 'only this cluster; repeatable', collect)
    .option('--route <name>', 'only the targets of this route');
}

async function run(options: ReconcileOptions, dryRun: boolean, context: Context): Promise<void> {
  const { reconcile } = await import('./reconcile-run.ts');
  context.finish(await reconcile(options, dryRun, context));
}

export const addPlan: AddCommand = (program, context) => {
  const command = program
    .command('plan')
    .description(
      'Ask the app what a reconcile would do now; writes nothing, exit code 2 when there is something',
    );
  withRun(scoped(command))
    .addHelpText(
      'after',
      examples('vaultcast plan', 'vaultcast plan --cluster weu-1', 'vaultcast plan --route app-1 -o json') +
        EXITS,
    )
    .action((options: ReconcileOptions) => run(options, true, context));
};

export const addReconcile: AddCommand = (program, context) => {
  const command = program
    .command('reconcile')
    .description('Let the app bring all targets up to date now, without waiting for its timer');
  withRun(scoped(command))
    .option('--confirm-removals <run>', 'let go what that run of the cluster held back (REMOVAL_HELD)')
    .addHelpText(
      'after',
      examples(
        'vaultcast reconcile',
        'vaultcast reconcile --cluster weu-1 --route app-1',
        'vaultcast reconcile --cluster weu-1 --confirm-removals 20261121T101500Z-3fa9c1',
      ) + EXITS,
    )
    .action((options: ReconcileOptions) => run(options, false, context));
};
