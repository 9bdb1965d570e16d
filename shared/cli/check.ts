import type { AddCommand } from './command.ts';
import { examples } from './command.ts';
import { withRun } from './run/run.ts';
import type { RunOptions } from './run/run.ts';

const HELP = `${examples('vaultcast check weu-1', 'vaultcast check --all -o json')}

Exit codes: 0 all is well, 1 something is wrong, 2 something is dubious`;

export interface CheckOptions extends RunOptions {
  all?: boolean;
}

export const addCheck: AddCommand = (program, context) => {
  const command = program
    .command('check')
    .description(
      'Let the app check how it reaches clusters, and what it may do there; says how to mend what is wrong',
    )
    .argument('[clusters...]', 'names of clusters')
    .option('--all', 'every registered cluster');
  withRun(command)
    .addHelpText('after', HELP)
    .action(async (clusters: string[], options: CheckOptions) => {
      const { check } = await import('./check-run.ts');
      context.finish(await check(clusters, options, context));
    });
};
