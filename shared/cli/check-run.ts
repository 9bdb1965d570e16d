import type { CheckOptions } from './check.ts';
import type { Context } from './command.ts';
import { CliError } from './terminal/failure.ts';
import type { ExitCode } from './terminal/io.ts';
import { EXIT } from './terminal/io.ts';
import { named, readRegistry } from './connect/registry.ts';
import { carryOutRun } from './run/run.ts';
import { checkOrder } from './run/orders.ts';

/** Paused clusters, too, and those whose row is invalid: the app says what is wrong with them. */
export async function check(
  names: readonly string[],
  options: CheckOptions,
  context: Context,
): Promise<ExitCode> {
  if ((options.all === true) === names.length > 0)
    throw new CliError('which clusters?', 'Give either names or --all.', EXIT.usage);
  const { clusters, bad } = await readRegistry(options, context);
  const invalid = bad.flatMap(({ kind, name }) => (kind === 'Cluster' ? [{ metadata: { name } }] : []));
  const all = [...clusters, ...invalid];
  const chosen = names.length > 0 ? named('Cluster', all, names) : all;
  if (chosen.length === 0)
    throw new CliError('no cluster is registered', 'Register one with: vaultcast apply');
  return carryOutRun(
    [checkOrder([...new Set(chosen.map(({ metadata }) => metadata.name))])],
    options,
    context,
  );
}
