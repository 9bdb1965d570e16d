import type { AddCommand, Context } from './command.ts';
import { examples } from './command.ts';
import { readRegistry, registered } from './connect/registry.ts';
import { checkOrder } from './run/orders.ts';
import { runInApp, withRun } from './run/run.ts';
import type { RunOptions } from './run/run.ts';
import { CliError } from './terminal/failure.ts';
import type { ExitCode } from './terminal/io.ts';
import { EXIT } from './terminal/io.ts';

const HELP = examples(
  'vaultcast check weu-1',
  'vaultcast check --all -o json   # exit code 1 when something is wrong, 2 when there are warnings only',
);

interface CheckOptions extends RunOptions {
  all?: boolean;
}

export const addCheck: AddCommand = (command, context) => {
  command.argument('[clusters...]', 'names of clusters').option('--all', 'every registered cluster');
  withRun(command)
    .addHelpText('after', HELP)
    .action(async (clusters: string[], options: CheckOptions) => {
      context.finish(await check(clusters, options, context));
    });
};

/** Paused clusters, too, and those whose row is invalid: the app says what is wrong with them. */
async function check(names: readonly string[], options: CheckOptions, context: Context): Promise<ExitCode> {
  if ((options.all === true) === names.length > 0)
    throw new CliError('it is not clear which clusters to check', 'Give either names or --all.', EXIT.usage);
  const { clusters, bad } = await readRegistry(options, context);
  const invalid = bad.flatMap(({ kind, name }) => (kind === 'Cluster' ? [{ metadata: { name } }] : []));
  const all = [...clusters, ...invalid];
  const chosen = names.length > 0 ? names.map((name) => registered('Cluster', all, name)) : all;
  if (chosen.length === 0)
    throw new CliError('no cluster is registered', 'Register one with: vaultcast apply');
  const order = checkOrder([...new Set(chosen.map(({ metadata }) => metadata.name))]);
  return runInApp([order], options, context);
}
